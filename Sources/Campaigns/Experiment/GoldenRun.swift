import GuestOS
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
  /// The names of addresses from each instruction on at which they change.
  private let names: [(from: UInt64, names: AddressNames)]
  /// The instructions in which faults happen.
  let window: ClosedRange<UInt64>
  /// What experiments show has to be what this run shows. Where the application has only to go on when the faults have ended, it has not.
  var comparesOutput: Bool { prepared.inputs.scenario.liveness == nil }
  /// What experiments may use.
  let limit: ExperimentLimit.Absolute

  public var instructions: UInt64 { result.instructions }

  /// Why the run is not what its scenario expects, in one line; nil if it is.
  public var failure: String? { result.passed ? nil : result.failures.first ?? result.reason }

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
    self.window = window ?? 0...result.instructions
    if prepared.inputs.scenario.liveness != nil, result.outcome == .hung {
      throw CampaignError("the fault-free run makes no progress itself: \(result.reason)")
    }
    if result.outcome == .simulatorDefect { throw CampaignError("the fault-free run is a defect: \(result.reason)") }
    guard let last else { throw CampaignError("the fault-free run's state at its end can't be kept") }
    events = recorder.events
    rungs = climb.snapshots
    names = Self.names(events, prepared.inputs.image)
    end = last.snapshot
    output = RunOutput(result, share: last.share, disk: last.disk)
    var absolute = limit.absolute(for: result)
    // Progress has its own limit, which must not be cut short.
    if let liveness = prepared.inputs.scenario.liveness {
      absolute.nanoseconds = max(absolute.nanoseconds, liveness.from.nanoseconds + liveness.within.nanoseconds + 1)
      // A guest that looks each millisecond whether what it waits for has come takes some hundred instructions for it.
      absolute.instructions += liveness.within.nanoseconds / 1_000_000 * Self.instructionsOfALook
    }
    self.limit = absolute
  }

  private static let instructionsOfALook: UInt64 = 2_000

  /// Rungs lie at even distances in the window, and after it ever farther from each other.
  private static func next(_ instruction: UInt64, window: ClosedRange<UInt64>?, rungCount: Int) -> UInt64? {
    guard let window else { return nil }
    if instruction < window.lowerBound { return window.lowerBound }
    let spacing = max((window.upperBound - window.lowerBound) / UInt64(rungCount - 1), 1)
    if instruction < window.upperBound { return min(instruction + spacing, window.upperBound) }
    return instruction + max(spacing, (instruction - window.upperBound) / 2)
  }

  private static func names(_ events: [Event], _ image: GuestImage) -> [(from: UInt64, names: AddressNames)] {
    var current = AddressNames(image)
    var all = [(from: UInt64(0), names: current)]
    for event in events where !event.actor.isExtension {
      guard let record = event.payload.guestRecord, current.note(record) else { continue }
      all.append((event.instruction, current))
    }
    return all
  }

  /// The name of an address: the symbol, or the program that the guest has loaded there before an instruction; nil if it has none.
  public func place(_ address: UInt64, at instruction: UInt64) -> String? {
    names[names.partitioningIndex { $0.from > instruction } - 1].names.place(address)
  }

  /// The last snapshot at or before an instruction.
  func rung(atOrBefore instruction: UInt64) -> RunSnapshot {
    rungs[max(firstRung(after: instruction) - 1, 0)]
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
