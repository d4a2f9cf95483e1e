import Hexadecimal

extension Unicode.Scalar {
  /// Whether the character can do something to a terminal, or to the order in which people read, instead of being seen: Unicode's
  /// controls (Cc: C0, DEL, C1, of which some terminals take U+009B for ESC [), format characters (Cf: bidirectional
  /// overrides, characters without width), separators of lines and paragraphs (Zl, Zp).
  public var operatesTerminals: Bool {
    if value < 0x7f { return value < 0x20 }
    if value < 0xa0 { return true }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// Written out as in a JSON string (RFC 8259, section 7): `\u001b`; beyond U+FFFF as two surrogates.
  public var writtenOut: String {
    UTF16.encode(self).map { $0.map { "\\u" + $0.hexadecimalDigits(4) }.joined() } ?? ""
  }
}
