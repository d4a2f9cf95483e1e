import Mustache
import TerminalText

/// How a report writes what comes from a database: characters that operate terminals, or turn the order in which people read, are written
/// out, and those that mean something to HTML are escaped.
///
/// The library's own escaping looks at characters as people see them: of a quotation mark with a combining accent it takes no
/// notice, and a browser would see the end of an attribute. This one looks at scalars.
struct ReportEscaping: MustacheContentType {
  static let name = "REPORT"

  func escapeText(_ text: String) -> String {
    var escaped = ""
    for scalar in text.terminalLine.unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      // No character, and none that XML allows.
      case "\u{fffe}", "\u{ffff}": escaped += scalar.writtenOut
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
