import SimEvents
import SimMachine
import SimVirtio

/// What a script needs of a machine; tests put a scripted one behind it.
///
/// Events reach the runner while `run` is under way, in order, each with its time.
public protocol ScenarioMachine: AnyObject {
  /// The virtual time in cycles.
  var time: UInt64 { get }
  /// Instructions retired.
  var instructions: UInt64 { get }
  var clockHertz: UInt64 { get }

  /// Runs until something stops the machine, at the latest at `deadline` (absolute, in cycles).
  func run(until deadline: UInt64) -> MachineStop
  /// Called while an event is being recorded: the machine stops right after what caused the event.
  func requestStop()
  func type(_ bytes: [UInt8], into console: Console)
  /// Makes `run` stop with ``MachineStop/appointment`` each time that `moment` comes; nil: not any more.
  func stop(at moment: Moment?) throws(MachineError)
  /// Adds an event of the script's own to the stream.
  func record(_ payload: EventPayload)
  /// Guest memory by virtual address; nil where nothing is mapped.
  func readMemory(at address: UInt64, count: Int) -> [UInt8]?
  /// Adds digests of CPU and memory to the stream, where the machine can tell them exactly.
  func recordSync()

  /// The share as the guest has left it so far; nil if nobody shares it.
  var shareTree: ShareTree? { get }
  /// The disk as the guest has left it so far; nil if there is none.
  var diskImage: [UInt8]? { get }
  /// Kinds of events that happen here without being seen: how often they occur says nothing.
  var hiddenEvents: Set<EventKind> { get }
  /// How many times as long as the scenario says its limits and budget are here. They tell when to give up, so a run
  /// that succeeds does not depend on them; where time is the host's, a busy host must not make one fail.
  var patience: UInt64 { get }
  /// The script is done: what the machine has shown by now, it records before anybody looks at its memory.
  func settle()
  /// The run is over: what the machine holds outside of this process, it gives back.
  func close()
  /// The simulator's machine behind this one, which can be looked at between two instructions without the run noticing;
  /// nil if there is none.
  var simulated: Machine? { get }
  /// What a reader of the result must know about this engine, a line each.
  var limitations: [String] { get }
}

extension ScenarioMachine {
  public func recordSync() {}
  public var shareTree: ShareTree? { nil }
  public var diskImage: [UInt8]? { nil }
  public var hiddenEvents: Set<EventKind> { [] }
  public var patience: UInt64 { 1 }
  public func settle() {}
  public func close() {}
  public var simulated: Machine? { nil }
  public var limitations: [String] { [] }
}

extension ScenarioMachine {
  /// The project's own machine, whatever its engine: this one, or the one behind it.
  var ownMachine: Machine? { self as? Machine ?? simulated }
}

extension MachineStop {
  /// Whether the machine can't go on.
  var isFinal: Bool {
    switch self {
    case .deadline, .requested, .appointment: false
    // Whoever holds a run has no use for the rest of its script.
    case .exited, .tripleFault, .reset, .halted, .held, .defect: true
    }
  }
}
