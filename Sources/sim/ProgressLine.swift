import Scenarios
import Synchronization

/// How far a run is, on the last line of the terminal that standard error is: from a run's second second on, for as long as
/// it takes.
final class ProgressLine: Sendable {
  private struct State {
    var start: ContinuousClock.Instant?
    var shown: (at: ContinuousClock.Instant, instructions: UInt64)?
  }

  private let state = Mutex(State())

  /// Nil where nobody looks at it: no terminal, or one that is to show plain lines only.
  init?() {
    guard StandardError.isTerminal, !Terminal.isPlain else { return nil }
  }

  /// - Parameter progress: nil when the run has ended.
  func show(_ progress: RunProgress?) {
    state.withLock { state in
      guard let progress else {
        if state.shown != nil { StandardError.operate("\r\u{1b}[K") }
        state = State()
        return
      }
      let now = ContinuousClock.now
      guard let start = state.start else {
        state.start = now
        return
      }
      let last = state.shown ?? (at: start, instructions: 0)
      let passed = (now - last.at) / .seconds(1)
      guard passed >= (state.shown == nil ? 1 : 0.2) else { return }
      let rate = Double(progress.instructions &- last.instructions) / passed / 1_000_000
      StandardError.operate(
        "\r\(milliseconds(progress.virtualTimeNs)) ms virtual time, \(progress.instructions) instructions, "
          + "\(Int(rate)) million a second\u{1b}[K")
      state.shown = (now, progress.instructions)
    }
  }
}
