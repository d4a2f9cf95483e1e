import SimCPU
import SimEvents
import SimVirtio

/// Everything of a machine but its memory, between two instructions: plain data, the same whatever engine and build made
/// it. docs/snapshot-format.md lists its fields.
public struct MachineState: Equatable, Sendable, Codable {
  public var configuration: MachineConfiguration
  public var cpu: EngineState
  /// `words` of the local APIC's state (SimPlatform).
  public var localAPIC: [UInt64]
  public var ioapic: [UInt64]
  public var uart: [UInt64]
  public var pit: [UInt64]
  public var pics: [UInt64]
  public var rtc: [UInt64]
  /// The bits of port 61H that have no effect.
  public var systemControl: UInt8
  public var isNonMaskableInterruptPending: Bool
  /// IA32_MISC_ENABLE.
  public var miscellaneousEnable: UInt64
  /// The MSRs of the CPU's vendor.
  public var vendorMSRs: [UInt64]
  /// `words` of the performance counters' state (SimPlatform).
  public var performanceMonitor: [UInt64]
  /// Absent from machines without one.
  public var testDevice: TestDevice?
  /// The virtio slots with their devices, in the order of the configuration's devices.
  public var slots: [TransportState]
  /// Of the stream that RDRAND draws from.
  public var randomCounter: UInt64
  /// The beginning of a record that the guest is writing to the trace port.
  public var traceRecord: [UInt8]
  /// Who writes it.
  public var traceRecordActor: Actor
  /// Who acts, and who waits for that; absent where nobody can tell.
  var witness: ActorTracker?
  /// Cycles beyond those of instructions.
  public var extraCycles: UInt64
  /// A stop was asked for and not yet given.
  public var stopRequested: Bool
  /// The moment of the script's appointment has come, and it was not told yet.
  public var isAppointmentReached: Bool
  /// HLT was executed, and nothing has woken the CPU yet.
  public var isHalted: Bool
  /// Why the machine has ended for good.
  public var end: MachineStop?
}

extension MachineState {
  /// Virtual time in cycles.
  public var time: UInt64 {
    configuration.costs.instruction.cycles(for: cpu.instructionsRetired) &+ extraCycles
  }
}
