/// Builds one line of printable ASCII without the machinery of String, which the guest does not carry.
struct ASCIILine {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Appends a name from outside: what is not printable becomes "?", what is longer than `max` ends in "...".
  mutating func append(printable name: [UInt8], max: Int) {
    for byte in name.prefix(max) {
      bytes.append((0x20...0x7e).contains(byte) ? byte : UInt8(ascii: "?"))
    }
    if name.count > max { append("...") }
  }

  mutating func append(decimal value: UInt64) { append(value, radix: 10) }

  mutating func append(hexadecimal value: UInt64) { append(value, radix: 16) }

  private mutating func append(_ value: UInt64, radix: UInt64) {
    var rest = value
    let start = bytes.count
    repeat {
      let digit = UInt8(truncatingIfNeeded: rest % radix)
      bytes.append(digit < 10 ? digit &+ UInt8(ascii: "0") : digit &- 10 &+ UInt8(ascii: "a"))
      rest /= radix
    } while rest != 0
    bytes[start...].reverse()
  }
}
