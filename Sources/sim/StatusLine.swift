/// How far a long command is, on the last line of the terminal that standard error is: from its second second on, four times a
/// second at most.
final class StatusLine {
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant?

  /// Nil where nobody looks at it: no terminal, or one that is to show plain lines only.
  init?() {
    guard StandardError.isTerminal, !Terminal.isPlain else { return nil }
  }

  /// - Parameter text: of the line, after so many seconds; asked only where it is shown.
  func show(_ text: (_ seconds: Double) -> String) {
    let now = ContinuousClock.now
    guard (now - (shown ?? start)) / .seconds(1) >= (shown == nil ? 1 : 0.25) else { return }
    shown = now
    StandardError.operate("\r\(text((now - start) / .seconds(1)))\u{1b}[K")
  }

  func clear() {
    if shown != nil { StandardError.operate("\r\u{1b}[K") }
  }
}
