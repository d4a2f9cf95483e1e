extension UnsignedInteger where Self: FixedWidthInteger {
  /// The number as people write it in programs: `0x2a`.
  public var hexadecimal: String { "0x" + String(self, radix: 16) }

  /// At least `count` digits in lower case, with zeros in front: `002a`.
  public func hexadecimalDigits(_ count: Int) -> String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: Swift.max(count - digits.count, 0)) + digits
  }
}

extension Sequence<UInt8> {
  /// Two digits for each byte: `0f 2a`.
  public func hexadecimal(separator: String = " ") -> String {
    map { $0.hexadecimalDigits(2) }.joined(separator: separator)
  }
}
