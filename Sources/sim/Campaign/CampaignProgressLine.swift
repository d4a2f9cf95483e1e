import Campaigns

/// How far a campaign is, on the last line of the terminal that standard error is.
final class CampaignProgressLine {
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant?

  /// Nil where nobody looks at it: no terminal, or one that is to show plain lines only.
  init?() {
    guard StandardError.isTerminal, !Terminal.isPlain else { return nil }
  }

  func show(_ progress: CampaignRun.Progress) {
    let now = ContinuousClock.now
    guard (now - (shown ?? start)) / .seconds(1) >= (shown == nil ? 1 : 0.25) else { return }
    shown = now
    let seconds = (now - start) / .seconds(1)
    let rate = Double(progress.fresh) / seconds
    let left = rate > 0 ? "\(Int(Double(progress.total - progress.done) / rate)) s left" : "time left unknown"
    let classes = FaultClass.allCases.compactMap { faultClass in
      progress.classes[faultClass].map { "\(faultClass.rawValue) \($0)" }
    }
    StandardError.operate(
      "\r\(progress.done) of \(progress.total), \(Int(rate)) a second, \(left); \(classes.joined(separator: ", "))\u{1b}[K"
    )
  }

  func clear() {
    if shown != nil { StandardError.operate("\r\u{1b}[K") }
  }
}
