import Campaigns

/// How far the search for a smaller scenario is, on the last line of the terminal that standard error is.
final class ShrinkProgressLine {
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant?

  /// Nil where nobody looks at it: no terminal, or one that is to show plain lines only.
  init?() {
    guard StandardError.isTerminal, !Terminal.isPlain else { return nil }
  }

  func show(_ progress: ShrinkProgress) {
    let now = ContinuousClock.now
    guard (now - (shown ?? start)) / .seconds(1) >= (shown == nil ? 1 : 0.25) else { return }
    shown = now
    let rate = Int(Double(progress.counts.runs) / ((now - start) / .seconds(1)))
    StandardError.operate(
      "\r\(progress.counts.runs) runs, \(rate) a second; \(progress.counts.taken) times smaller, now "
        + "\(progress.bytes) bytes\u{1b}[K")
  }

  func clear() {
    if shown != nil { StandardError.operate("\r\u{1b}[K") }
  }
}
