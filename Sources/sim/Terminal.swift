import Foundation
import TerminalText

/// Colours, where a person sees them and wants them.
enum Terminal {
  private static let isColoured = StandardOutput.isTerminal && !isPlain

  /// Whether nothing but lines of text is wanted, even on a terminal.
  static let isPlain: Bool = {
    let environment = ProcessInfo.processInfo.environment
    return !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
  }()

  private static let colours = ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[0m"]

  /// A text with everything written out that would operate the terminal, but for the colours of ``paint(_:_:)``.
  static func shown(_ text: String) -> String {
    guard isColoured else { return text.terminalText }
    var shown = ""
    var rest = text[...]
    while let escape = rest.firstIndex(of: "\u{1b}") {
      shown += String(rest[..<escape]).terminalText
      let colour = colours.first { rest[escape...].hasPrefix($0) }
      shown += colour ?? "\u{1b}".terminalText
      rest = rest[escape...].dropFirst(colour?.count ?? 1)
    }
    return shown + String(rest).terminalText
  }

  static func paint(_ text: String, _ isGood: Bool) -> String {
    isColoured ? "\u{1b}[\(isGood ? 32 : 31)m\(text)\u{1b}[0m" : text
  }
}
