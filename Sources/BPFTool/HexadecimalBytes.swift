/// Bytes written as pairs of hexadecimal digits, with or without blanks between them.
enum HexadecimalBytes {
  /// `nil` when a character is neither a digit nor a blank, or a digit is left over.
  static func parse(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text {
      let digit: UInt8
      switch character {
      case 48...57: digit = character - 48
      case 97...102: digit = character - 87
      case 65...70: digit = character - 55
      case 9, 10, 13, 32:
        guard high == nil else { return nil }
        continue
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? bytes : nil
  }
}
