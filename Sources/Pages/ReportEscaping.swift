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
      escaped += scalar == "'" ? "&#39;" : scalar.markupEscape ?? String(scalar)
    }
    return escaped
  }
}
