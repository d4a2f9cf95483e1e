import Scenarios
import SimCPU
import SimEvents
import SimMachine
import SimMemory

/// The fault-free run that experiments are held against, with the snapshots that they fork from.
public final class GoldenRun: Sendable {
  public let prepared: PreparedRun
  public let result: RunResult
  let output: RunOutput
  public let events: [Event]
  /// In the order of their instructions; the first one is at the beginning.
  public let rungs: [RunSnapshot]
  /// The machine when the script was done.
  let end: MachineSnapshot
  /// What experiments may use.
  let limit: ExperimentLimit.Absolute

  public var instructions: UInt64 { result.instructions }

  /// - Parameters:
  ///   - window: the instructions in which faults will happen: snapshots lie close together there.
  ///   - rungCount: the most snapshots in the window, at least 2.
  /// - Throws: ``ScenarioProblems``, or ``CampaignError`` if the run can't be the base of experiments.
  public init(
    _ prepared: PreparedRun, window: ClosedRange<UInt64>? = nil, rungCount: Int = 64, limit: ExperimentLimit = .init(),
    engine: EngineMaker
  ) throws {
    precondition(rungCount >= 2, "a ladder of nothing")
    self.prepared = prepared
    let recorder = EventRecorder()
    let climb = RunClimb { Self.next($0, window: window, rungCount: rungCount) }
    var last: (snapshot: MachineSnapshot, share: String?, disk: String?)?
    result = try prepared.climb(climb, observers: [recorder], engine: engine) { machine in
      guard let simulated = machine.simulated, let snapshot = try? simulated.snapshot() else { return }
      last = (snapshot, OutputDigests.share(of: machine), OutputDigests.disk(of: machine))
    }
    if result.outcome == .simulatorDefect { throw CampaignError("the fault-free run is a defect: \(result.reason)") }
    guard let last else { throw CampaignError("the fault-free run's state at its end can't be kept") }
    events = recorder.events
    rungs = climb.snapshots
    end = last.snapshot
    output = RunOutput(result, share: last.share, disk: last.disk)
    self.limit = limit.absolute(for: result)
  }

  /// Rungs lie at even distances in the window, and after it ever farther from each other.
  private static func next(_ instruction: UInt64, window: ClosedRange<UInt64>?, rungCount: Int) -> UInt64? {
    guard let window else { return nil }
    if instruction < window.lowerBound { return window.lowerBound }
    let spacing = max((window.upperBound - window.lowerBound) / UInt64(rungCount - 1), 1)
    if instruction < window.upperBound { return min(instruction + spacing, window.upperBound) }
    return instruction + max(spacing, (instruction - window.upperBound) / 2)
  }

  /// The last snapshot at or before an instruction.
  func rung(atOrBefore instruction: UInt64) -> RunSnapshot {
    var (low, high) = (0, rungs.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if rungs[middle].instructions <= instruction { low = middle } else { high = middle }
    }
    return rungs[low]
  }

  /// The first snapshot after an instruction; its place among ``rungs``.
  func firstRung(after instruction: UInt64) -> Int {
    rungs.partitioningIndex { $0.instructions > instruction }
  }
}

extension Array {
  /// The first place from which on `belongs` holds, where it holds for all after one for which it holds.
  func partitioningIndex(_ belongs: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

private final class EventRecorder: EventSink {
  var events: [Event] = []
  func record(_ event: Event) { events.append(event) }
}
