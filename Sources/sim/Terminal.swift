import Foundation

/// Colours, where a person sees them and wants them.
enum Terminal {
  private static let isColoured = StandardOutput.isTerminal && !isPlain

  /// Whether nothing but lines of text is wanted, even on a terminal.
  static let isPlain: Bool = {
    let environment = ProcessInfo.processInfo.environment
    return !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
  }()

  static func paint(_ text: String, _ isGood: Bool) -> String {
    isColoured ? "\u{1b}[\(isGood ? 32 : 31)m\(text)\u{1b}[0m" : text
  }
}
