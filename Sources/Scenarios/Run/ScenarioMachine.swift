import SimEvents
import SimMachine

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
  /// The address at which `run` stops with ``MachineStop/breakpoint``, before the instruction there; nil: none.
  func setBreakpoint(_ address: UInt64?)
  /// Adds an event of the script's own to the stream.
  func record(_ payload: EventPayload)
  /// Guest memory by virtual address; nil where nothing is mapped.
  func readMemory(at address: UInt64, count: Int) -> [UInt8]?
}

extension MachineStop {
  /// Whether the machine can't go on.
  var isFinal: Bool {
    switch self {
    case .deadline, .requested, .breakpoint: false
    case .exited, .tripleFault, .halted, .defect: true
    }
  }
}
