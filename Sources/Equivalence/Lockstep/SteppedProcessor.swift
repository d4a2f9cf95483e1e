import SimCPU
import SimKVM
import SimMemory

/// The processor that the simulator is held against, one instruction at a time. Tests put faulty ones here.
protocol SteppedProcessor: AnyObject {
  var memory: GuestMemory { get }
  /// Executes one instruction. `horizon` if nothing else stopped it.
  func step() -> EngineStop
  /// Runs to the instruction at `address`, which it does not execute: `breakpoint` if it gets there.
  func run(to address: UInt64) -> EngineStop
  /// Runs to the next HLT, or until it has taken far longer than a generated program may.
  func runToHalt() -> EngineStop
  /// The last stop came from an instruction that this processor cannot execute at all.
  var hasEmulationGap: Bool { get }
  func inject(interrupt vector: UInt8)
  func injectNonMaskableInterrupt()
  /// General, segment, control and table registers; the rest may be empty.
  var generalState: CPUState { get set }
  /// All registers.
  var state: CPUState { get set }
}

extension KVMEngine: SteppedProcessor {
  /// Cycles of its clock.
  private static let cyclesMax: UInt64 = 20_000_000

  func run(to address: UInt64) -> EngineStop {
    addBreakpoint(address)
    defer { removeBreakpoint(address) }
    setHorizon(instructionsRetired &+ Self.cyclesMax)
    return run()
  }

  func runToHalt() -> EngineStop {
    setHorizon(instructionsRetired &+ Self.cyclesMax)
    return run()
  }
}
