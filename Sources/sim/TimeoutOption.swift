import ArgumentParser
import Scenarios

/// `--timeout`: patience in the host's time, where a budget is one of virtual time.
struct TimeoutOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "End each run that takes longer than this on the host, such as 30s or 500ms; exit code \(ExitStatus.timeout).",
      valueName: "duration"),
    transform: Self.duration)
  var timeout: VirtualDuration?

  static func duration(_ text: String) throws -> VirtualDuration {
    guard let duration = VirtualDuration(text), duration.nanoseconds > 0 else {
      throw ValidationError("write a whole number from 1 with ns, us, ms or s, at most a day: 500ms, 30s")
    }
    return duration
  }

  /// Makes `run` end when the time is over; told by ``Deadline/failure(_:)`` then.
  func watch(_ run: ScenarioRun) -> Deadline? {
    guard let timeout else { return nil }
    let deadline = Deadline(timeout)
    run.watch(deadline.goesOn)
    return deadline
  }

  /// When a run must be done by the host's clock.
  final class Deadline {
    private let limit: VirtualDuration
    private let end: ContinuousClock.Instant
    private var missed: RunProgress?

    fileprivate init(_ limit: VirtualDuration) {
      self.limit = limit
      end = .now + .nanoseconds(Int64(limit.nanoseconds))
    }

    fileprivate func goesOn(_ progress: RunProgress) -> Bool {
      if ContinuousClock.now >= end { missed = progress }
      return missed == nil
    }

    /// Why a run has no result, or nil if it was done in time.
    func failure(_ file: String) -> CommandFailure? {
      missed.map { progress in
        CommandFailure(
          file: file,
          message: "not done within \(limit) of the host's time: \(milliseconds(progress.virtualTimeNs)) ms virtual "
            + "time and \(progress.instructions) instructions so far",
          remedy: "raise --timeout, or lower the scenario's budget", status: ExitStatus.timeout)
      }
    }
  }
}

/// With three digits after the point.
func milliseconds(_ nanoseconds: UInt64) -> String {
  let fraction = "\(nanoseconds / 1_000 % 1_000)"
  return "\(nanoseconds / 1_000_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
}
