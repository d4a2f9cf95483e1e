/// Something that takes text byte by byte. A generic constraint, never an existential: Embedded Swift specialises it.
protocol ByteSink {
  mutating func put(_ byte: UInt8)
}

extension ByteSink {
  mutating func text(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { put(text.utf8Start[index]) }
  }

  mutating func bytes(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { put(byte) }
  }

  /// What comes from outside, as one line: every byte that is not printable ASCII becomes "?".
  mutating func printable(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { put((0x20...0x7e).contains(byte) ? byte : UInt8(ascii: "?")) }
  }

  /// The same, over as many lines as it has.
  mutating func printableLines(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { put((0x20...0x7e).contains(byte) || byte == 0x0a ? byte : UInt8(ascii: "?")) }
  }

  mutating func decimal(_ value: UInt64) { number(value, radix: 10) }

  mutating func signed(_ value: Int64) {
    if value < 0 { put(UInt8(ascii: "-")) }
    decimal(value.magnitude)
  }

  /// Hexadecimal, lower case, without a prefix and leading zeros.
  mutating func hexadecimal(_ value: UInt64) { number(value, radix: 16) }

  mutating func address(_ value: UInt64) {
    text("0x")
    hexadecimal(value)
  }

  private mutating func number(_ value: UInt64, radix: UInt64) {
    var divisor: UInt64 = 1
    while value / divisor >= radix { divisor &*= radix }
    while divisor != 0 {
      let digit = UInt8(truncatingIfNeeded: value / divisor % radix)
      put(digit < 10 ? digit &+ UInt8(ascii: "0") : digit &- 10 &+ UInt8(ascii: "a"))
      divisor /= radix
    }
  }
}

/// Text that is put together before it is written.
struct TextBuffer: ByteSink {
  private(set) var contents: [UInt8] = []

  mutating func put(_ byte: UInt8) { contents.append(byte) }
}
