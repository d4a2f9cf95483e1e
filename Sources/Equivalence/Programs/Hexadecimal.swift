/// Two hexadecimal digits.
func hexadecimalByte(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

/// Two digits for each byte, with blanks between them.
func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map { hexadecimalByte($0) }.joined(separator: " ") }

func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
