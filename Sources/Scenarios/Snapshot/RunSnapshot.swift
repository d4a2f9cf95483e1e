import GuestOS
import SimCPU
import SimEvents
import SimMachine

/// A run of a scenario at one moment: the machine, and how the script and all folds over the events got there.
///
/// The position in the script and the state of the folds are not saved: the events so far are, and what the script got as
/// an answer each time it asked something of the machine. Going on means to play the same script to the same answers and
/// events again, and then to the machine. So no state of theirs can be forgotten.
public struct RunSnapshot: Sendable {
  public var machine: MachineSnapshot
  public var calls: [ScriptCall]
  /// All events so far, in canonical form.
  public var events: [UInt8]
  public var eventCount: UInt64

  public init(machine: MachineSnapshot, calls: [ScriptCall], events: [UInt8], eventCount: UInt64) {
    self.machine = machine
    self.calls = calls
    self.events = events
    self.eventCount = eventCount
  }

  /// Virtual time in cycles.
  public var time: UInt64 {
    machine.state.time
  }

  public var instructions: UInt64 { machine.state.cpu.instructionsRetired }
}

/// Something that a script has asked of its machine and that is over.
public struct ScriptCall: Equatable, Sendable, Codable {
  public enum Kind: UInt8, Sendable, Codable {
    case run = 1
    case type = 2
    case record = 3
    case sync = 4
  }

  public var kind: Kind
  /// Why the machine stopped, if it was asked to run.
  public var stop: MachineStop?
  /// The events, cycles and instructions of the whole run when the call was over.
  public var eventCount: UInt64
  public var time: UInt64
  public var instructions: UInt64
}

/// A point that a run does not come to.
public struct PointNotReached: Error, Equatable, CustomStringConvertible {
  public var description: String
}

/// Why there can be no snapshot, or no way on from one.
public struct RunSnapshotError: Error, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) {
    self.description = description
  }
}

extension RunSnapshot {
  /// Runs a scenario up to `point`, and holds it there: nothing in the run tells that it was.
  ///
  /// - Parameters:
  ///   - start: the snapshot from which the run goes on; nil: it begins at the beginning.
  ///   - engine: makes the CPU, which must be able to give and take over its state.
  /// - Throws: ``PointNotReached``, ``ScenarioProblems``, or ``RunSnapshotError``.
  public init(of inputs: RunInputs, at point: Moment, from start: RunSnapshot? = nil, engine: EngineMaker) throws {
    if case .symbol(let name, _) = point, inputs.image.symbol(named: name) == nil {
      let remedy = remedyForName(name, among: inputs.image.symbols.map(\.name), noun: "symbol")
      throw RunSnapshotError("the guest's image has no symbol \"\(name)\"; \(remedy)")
    }
    let maker = SnapshotMachineMaker(start: start, point: point, engine: engine)
    let result = try ScenarioRun(inputs, on: maker).run()
    let findings = maker.findings
    if let problem = findings.problem { throw RunSnapshotError(problem) }
    guard let snapshot = findings.snapshot else {
      throw PointNotReached(
        description:
          "the run ends before that, after \(result.instructions) instructions and \(result.eventCount) events: "
          + result.reason)
    }
    self = snapshot
  }

  /// Goes on from here to the end of the run.
  ///
  /// - Parameters:
  ///   - inputs: those of the run that the snapshot is of.
  ///   - observers: further folds; they see all events of the run, the earlier ones first.
  ///   - engine: makes the CPU.
  /// - Throws: ``ScenarioProblems``, or ``RunSnapshotError`` if the snapshot is not of this scenario.
  public func resume(
    _ inputs: RunInputs, observers: [any EventSink] = [], engine: EngineMaker
  ) throws -> RunResult {
    let maker = SnapshotMachineMaker(start: self, point: nil, engine: engine)
    let result = try ScenarioRun(inputs, on: maker).run(observers: observers)
    if let problem = maker.findings.problem { throw RunSnapshotError(problem) }
    return result
  }
}

extension RunResult {
  var eventCount: UInt64 { events.reduce(0) { $0 &+ $1.count } }
}
