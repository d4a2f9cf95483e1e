/// A local APIC in xAPIC or x2APIC mode (SDM vol. 3, chapter "Advanced Programmable Interrupt Controller").
///
/// It has no clock: whoever owns it calls ``advance(to:)`` before anything else that depends on time, and looks at
/// ``nextDeadline`` to know when the timer will want it again. It is alone: messages to other processors go nowhere.
public struct LocalAPIC: Equatable, Sendable {
  public static let defaultAddress: UInt64 = 0xfee0_0000
  /// The bytes that its registers occupy.
  public static let size: UInt64 = 0x1000

  /// Bits of IA32_APIC_BASE.
  public enum Base {
    public static let bootstrapProcessor: UInt64 = 1 << 8
    public static let x2APIC: UInt64 = 1 << 10
    public static let enabled: UInt64 = 1 << 11
    /// The bits that say which mode the APIC is in: disabled, xAPIC, x2APIC.
    @usableFromInline static let mode = enabled | x2APIC
    /// Physical addresses have 40 bits.
    @usableFromInline static let address: UInt64 = 0xff_ffff_f000
  }

  /// The entries of the local vector table, as version 0x14 has them.
  public enum LocalVector: Int, CaseIterable, Sendable {
    case timer, thermal, performance, line0, line1, error

    /// The bits that software may write.
    var writable: UInt32 {
      switch self {
      case .timer: 0x7_00ff
      case .thermal, .performance: 0x1_07ff
      case .line0, .line1: 0x1_a7ff
      case .error: 0x1_00ff
      }
    }
  }

  /// What the processor has to do, beyond taking vectors when it can.
  public enum Effect: Equatable, Sendable {
    /// The end of a level-triggered interrupt: I/O APICs are told its vector.
    case endOfInterrupt(vector: UInt8)
    case nonMaskableInterrupt
    /// INIT: the processor is reset and waits for a start-up message.
    case initialize
  }

  /// Bit 16 of a local vector: nothing is delivered.
  @usableFromInline static let masked: UInt32 = 1 << 16
  /// Bit 14 of the local vectors of level-triggered lines: accepted, and not yet ended.
  static let remoteRequest: UInt32 = 1 << 14
  @usableFromInline static let softwareEnabled: UInt32 = 1 << 8
  /// Version 0x14 with six local vectors.
  static let version: UInt32 = 0x0005_0014

  public var state: State
  /// CPUID announces the TSC-deadline mode; without it that mode cannot be chosen.
  public let hasTimeStampDeadline: Bool

  public init(state: State = State(), hasTimeStampDeadline: Bool = false) {
    self.state = state
    self.hasTimeStampDeadline = hasTimeStampDeadline
  }

  /// The state after power-up or INIT, except for what INIT keeps: the base register, the ID and the clock.
  public mutating func reset() {
    var fresh = State()
    fresh.base = state.base
    fresh.id = state.id
    fresh.now = state.now
    fresh.timeStampOffset = state.timeStampOffset
    fresh.lines = state.lines
    state = fresh
  }

  /// IA32_APIC_BASE.EN: without it the processor has no APIC at all.
  @inlinable @inline(__always) public var isEnabled: Bool { state.base & Base.enabled != 0 }

  /// The registers are in memory: xAPIC mode.
  @inlinable @inline(__always) public var isMemoryMapped: Bool { state.base & Base.mode == Base.enabled }

  /// The registers are MSRs: x2APIC mode.
  public var isInX2APICMode: Bool { state.base & Base.mode == Base.mode }

  /// Enabled by the base register and by the spurious-interrupt vector register.
  @inlinable @inline(__always) public var isAccepting: Bool { isEnabled && state.spurious & Self.softwareEnabled != 0 }

  /// Where the registers are in xAPIC mode.
  @inlinable @inline(__always) public var address: UInt64 { state.base & Base.address }

  /// Writes IA32_APIC_BASE. False, with nothing changed, means #GP: a reserved bit, or a mode that cannot be entered from
  /// the present one (SDM vol. 3, figure 11-27).
  public mutating func writeBase(_ value: UInt64) -> Bool {
    guard value & ~(Base.address | Base.mode | Base.bootstrapProcessor) == 0 else { return false }
    let (old, new) = (state.base & Base.mode, value & Base.mode)
    // x2APIC mode is entered from xAPIC mode only, and left by disabling the APIC only.
    let isLegal =
      switch new {
      case 0: true
      case Base.enabled: old != Base.mode
      case Base.mode: old != 0
      default: false
      }
    guard isLegal else { return false }
    state.base = value
    if old != 0, new == 0 { reset() }
    if old == Base.enabled, new == Base.mode { enterX2APIC() }
    return true
  }

  // MARK: Priorities

  /// CR8: the class of the task priority, 0…15. Other bits of a new value are ignored.
  public var cr8: UInt64 {
    get { UInt64(state.taskPriority >> 4) }
    set { state.taskPriority = UInt8(truncatingIfNeeded: newValue &<< 4) }
  }

  /// The processor priority: the higher of the task's and of the interrupt in service.
  @inline(__always) public var processorPriority: UInt8 {
    let inService = state.inService.highest ?? 0
    return state.taskPriority >> 4 >= inService >> 4 ? state.taskPriority : inService & 0xf0
  }

  /// The vector that the processor would get now, if its interrupts are enabled.
  @inline(__always) public var pendingVector: UInt8? {
    guard isAccepting, let vector = state.requested.highest, vector >> 4 > processorPriority >> 4 else { return nil }
    return vector
  }

  /// The processor takes an interrupt. When its priority meanwhile forbids all, it gets the spurious vector, for which
  /// there is no end of interrupt.
  public mutating func acknowledge() -> UInt8 {
    guard let vector = pendingVector else { return UInt8(truncatingIfNeeded: state.spurious) }
    state.requested.remove(vector)
    state.inService.insert(vector)
    return vector
  }

  /// The end of the interrupt with the highest priority in service.
  public mutating func eoi() -> Effect? {
    guard let vector = state.inService.highest else { return nil }
    state.inService.remove(vector)
    guard state.levelTriggered.contains(vector) else { return nil }
    endLocalLines(vector)
    return .endOfInterrupt(vector: vector)
  }

  // MARK: Acceptance

  /// Takes a fixed interrupt message. False when the APIC is disabled or the vector is illegal.
  public mutating func accept(_ vector: UInt8, levelTriggered: Bool) -> Bool {
    guard isAccepting else { return false }
    guard vector >= 16 else {
      note(.receivedIllegalVector)
      return false
    }
    state.requested.insert(vector)
    if levelTriggered { state.levelTriggered.insert(vector) } else { state.levelTriggered.remove(vector) }
    return true
  }

  /// Whether a message to `destination` is for this APIC.
  public func isAddressed(by destination: UInt8, logical: Bool) -> Bool {
    if isInX2APICMode { return isAddressed(by: destination == 0xff ? .max : UInt32(destination), logical: logical) }
    guard logical else { return destination == state.id || destination == 0xff }
    let ours = UInt8(truncatingIfNeeded: state.logicalDestination >> 24)
    if state.destinationFormat >> 28 == 0xf { return ours & destination != 0 }
    let isOurCluster = destination >> 4 == ours >> 4 || destination >> 4 == 15
    return isOurCluster && ours & destination & 15 != 0
  }

  // MARK: Errors

  /// Bits of the error status register.
  enum ErrorBit: UInt32 {
    case sentIllegalVector = 0x20
    case receivedIllegalVector = 0x40
    case illegalRegister = 0x80
  }

  mutating func note(_ error: ErrorBit) {
    let isNew = state.errorsSince & error.rawValue == 0
    state.errorsSince |= error.rawValue
    let entry = state.localVectors[LocalVector.error.rawValue]
    // An illegal vector in the entry itself must not report itself for ever.
    guard isNew, entry & Self.masked == 0, entry & 0xff >= 16 else { return }
    _ = accept(UInt8(truncatingIfNeeded: entry), levelTriggered: false)
  }
}
