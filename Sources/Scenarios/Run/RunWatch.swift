/// How far a run is.
public struct RunProgress: Equatable, Sendable {
  public var virtualTimeNs: UInt64
  public var instructions: UInt64
}

/// Who is told how far runs are.
public struct ProgressObserver: Sendable {
  /// Told every so often while a run is under way, and nil when it has ended.
  public let show: @Sendable (RunProgress?) -> Void

  public init(_ show: @escaping @Sendable (RunProgress?) -> Void) {
    self.show = show
  }
}

/// Looks at a run every so often. The host's clock decides when, which the run must not be able to tell.
final class RunWatch {
  /// In cycles: a few milliseconds of the host where the guest computes.
  private static let stepMin: UInt64 = 1 << 16
  private static let stepMax: UInt64 = 1 << 26

  private let look: (RunProgress) -> Bool
  private let clock = ContinuousClock()
  private var step = RunWatch.stepMin
  private var last: ContinuousClock.Instant

  init(_ look: @escaping (RunProgress) -> Bool) {
    self.look = look
    last = clock.now
  }

  /// - Returns: the cycle of the next look, or nil if the run shall end.
  func look(at machine: any ScenarioMachine) -> UInt64? {
    let now = clock.now
    let passed = now - last
    last = now
    if passed < .milliseconds(10) { step = min(step * 2, Self.stepMax) }
    if passed > .milliseconds(30) { step = max(step / 2, Self.stepMin) }
    let progress = RunProgress(
      virtualTimeNs: nanoseconds(cycles: machine.time, hertz: machine.clockHertz), instructions: machine.instructions)
    return look(progress) ? machine.time &+ step : nil
  }
}
