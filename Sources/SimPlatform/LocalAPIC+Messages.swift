/// Interprocessor interrupts, and the pins LINT0 and LINT1.
extension LocalAPIC {
  /// The bits of the low command word that software writes; delivery status (bit 12) always reads 0, idle.
  static let commandMask: UInt32 = 0x000c_cfff

  enum DeliveryMode: UInt32 {
    case fixed = 0
    case lowestPriority = 1
    case systemManagement = 2
    case nonMaskable = 4
    case initialize = 5
    case startUp = 6
    case external = 7
  }

  /// A write of the low command word sends a message. The only processor that can receive it is this one.
  mutating func send(_ command: UInt32) -> Effect? {
    state.commandLow = command & Self.commandMask
    let isForUs: Bool =
      switch (command >> 18) & 3 {
      case 0 where isInX2APICMode: isAddressed(by: state.commandHigh, logical: command & 0x800 != 0)
      case 0:
        isAddressed(by: UInt8(truncatingIfNeeded: state.commandHigh >> 24), logical: command & 0x800 != 0)
      case 1, 2: true
      default: false
      }
    switch DeliveryMode(rawValue: (command >> 8) & 7) {
    case .fixed, .lowestPriority:
      let vector = UInt8(truncatingIfNeeded: command)
      if vector < 16 { note(.sentIllegalVector) }
      if isForUs { _ = accept(vector, levelTriggered: false) }
      return nil
    case .nonMaskable:
      return isForUs ? .nonMaskableInterrupt : nil
    case .initialize:
      // A level-triggered INIT with level 0 is the de-assert message of old buses: processors ignore it.
      let isDeassert = command & 0x8000 != 0 && command & 0x4000 == 0
      return isForUs && !isDeassert ? .initialize : nil
    case .systemManagement, .startUp, .external, nil:
      // No system-management mode here; a running processor ignores start-up messages.
      return nil
    }
  }

  /// Whether an external interrupt controller at LINT0 reaches the processor: the entry is unmasked and programmed as
  /// ExtINT, or the APIC is disabled and LINT0 is the processor's INTR pin (SDM vol. 3, 11.4.3).
  @inline(__always) public var acceptsExternalInterrupts: Bool {
    let entry = state.localVectors[LocalVector.line0.rawValue]
    return !isEnabled || entry & (Self.masked | 0x700) == 0x700
  }

  /// What firmware leaves behind: the external interrupt controller is connected ("virtual wire" mode).
  public mutating func connectExternalInterrupts() {
    state.localVectors[LocalVector.line0.rawValue] = 0x700
  }

  /// Sets the level at LINT0 or LINT1; other entries have no pin.
  public mutating func setLine(_ line: LocalVector, high: Bool) -> Effect? {
    guard line == .line0 || line == .line1 else { return nil }
    let bit: UInt8 = line == .line0 ? 1 : 2
    let wasHigh = state.lines & bit != 0
    state.lines = high ? state.lines | bit : state.lines & ~bit
    let entry = state.localVectors[line.rawValue]
    guard entry & Self.masked == 0, isAccepting else { return nil }
    switch DeliveryMode(rawValue: (entry >> 8) & 7) {
    case .fixed:
      if entry & 0x8000 != 0 {
        requestLevelOfLine(line)
      } else if high, !wasHigh {
        _ = accept(UInt8(truncatingIfNeeded: entry), levelTriggered: false)
      }
      return nil
    case .nonMaskable:
      return high && !wasHigh ? .nonMaskableInterrupt : nil
    default:
      return nil
    }
  }

  /// A level-triggered line that is high requests its vector, unless it did already and that has not ended.
  mutating func requestLevelOfLine(_ line: LocalVector) {
    let entry = state.localVectors[line.rawValue]
    let bit: UInt8 = line == .line0 ? 1 : 2
    // Not masked, fixed delivery, level-triggered, no remote IRR.
    guard state.lines & bit != 0, entry & (Self.masked | 0x700 | 0x8000 | Self.remoteRequest) == 0x8000 else { return }
    guard accept(UInt8(truncatingIfNeeded: entry), levelTriggered: true) else { return }
    state.localVectors[line.rawValue] |= Self.remoteRequest
  }

  /// After the end of `vector`, lines that are still high request it again.
  mutating func endLocalLines(_ vector: UInt8) {
    for line in [LocalVector.line0, .line1] {
      let entry = state.localVectors[line.rawValue]
      guard entry & Self.remoteRequest != 0, UInt8(truncatingIfNeeded: entry) == vector else { continue }
      state.localVectors[line.rawValue] &= ~Self.remoteRequest
      requestLevelOfLine(line)
    }
  }
}
