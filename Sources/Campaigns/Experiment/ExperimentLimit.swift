import Scenarios
import SimMachine

/// What an experiment may use, relative to the fault-free run: virtual, so that the host's speed decides nothing.
public struct ExperimentLimit: Equatable, Sendable {
  /// Times the fault-free run's instructions and time.
  public var factor: UInt64
  /// Instructions on top of that.
  public var instructions: UInt64
  /// Virtual time on top of that.
  public var time: VirtualDuration

  public init(
    factor: UInt64 = 2, instructions: UInt64 = 200_000,
    time: VirtualDuration = VirtualDuration(nanoseconds: 10_000_000_000)
  ) {
    self.factor = factor
    self.instructions = instructions
    self.time = time
  }

  struct Absolute: Equatable, Sendable {
    var instructions: UInt64
    var nanoseconds: UInt64
  }

  func absolute(for result: RunResult) -> Absolute {
    func scaled(_ value: UInt64, _ more: UInt64) -> UInt64 {
      let product = value.multipliedReportingOverflow(by: factor)
      let sum = product.partialValue.addingReportingOverflow(more)
      return product.overflow || sum.overflow ? .max : sum.partialValue
    }
    return Absolute(
      instructions: scaled(result.instructions, instructions),
      nanoseconds: scaled(result.virtualTimeNs, time.nanoseconds))
  }
}

/// Ends a run at its limit. Nothing in the run tells of the limit until then.
final class LimitWatch {
  private let limit: ExperimentLimit.Absolute
  /// The limit that was reached, in words.
  private(set) var exhausted: String?

  init(_ limit: ExperimentLimit.Absolute) { self.limit = limit }

  func watch(_ run: ScenarioRun) {
    run.appoint(at: .instruction(limit.instructions)) { [self, unowned run] _ in
      end(run, "it used up its limit of \(limit.instructions) instructions")
    }
    // Where time does not fit into cycles, it does not end.
    guard limit.nanoseconds <= VirtualDuration.max.nanoseconds else { return }
    let time = VirtualDuration(nanoseconds: limit.nanoseconds)
    run.appoint(at: .time(time.cycles(hertz: run.clockHertz))) { [self, unowned run] _ in
      end(run, "it used up its limit of \(time) virtual time")
    }
  }

  private func end(_ run: ScenarioRun, _ limit: String) -> Moment? {
    exhausted = exhausted ?? limit
    run.abandon()
    return nil
  }
}
