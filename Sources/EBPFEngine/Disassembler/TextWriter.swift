/// Builds text as bytes, without the weight of strings.
public struct TextWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func write(_ text: StaticString) {
    for offset in 0..<text.utf8CodeUnitCount { bytes.append(text.utf8Start[offset]) }
  }

  /// Bytes as they are.
  public mutating func write(_ text: [UInt8]) { bytes += text }

  /// Decimal, with a minus sign where needed.
  public mutating func write(_ number: Int64) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    write(number.magnitude, radix: 10)
  }

  /// Decimal with either sign, as offsets and distances are written.
  mutating func writeSigned(_ number: Int64) {
    if number >= 0 { bytes.append(UInt8(ascii: "+")) }
    write(number)
  }

  /// `0x` and hexadecimal digits.
  public mutating func writeHexadecimal(_ number: UInt64) {
    write("0x")
    write(number, radix: 16)
  }

  private mutating func write(_ number: UInt64, radix: UInt64) {
    let start = bytes.count
    var rest = number
    repeat {
      let digit = UInt8(truncatingIfNeeded: rest % radix)
      bytes.append(digit < 10 ? 48 + digit : 87 + digit)
      rest /= radix
    } while rest != 0
    bytes[start...].reverse()
  }

  public var string: String { String(decoding: bytes, as: UTF8.self) }
}
