extension Unicode.Scalar {
  /// How HTML and XML write the character, in text and between quotation marks; nil: as it is. U+FFFE and U+FFFF are no characters, and
  /// XML allows neither.
  public var markupEscape: String? {
    switch self {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "\u{fffe}", "\u{ffff}": writtenOut
    default: nil
    }
  }
}
