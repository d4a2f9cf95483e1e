/// The registers as MSRs 800H-8FFH (SDM vol. 3, 11.12 "Extended xAPIC (x2APIC)", table 11-6).
extension LocalAPIC {
  /// The MSRs that belong to the local APIC in x2APIC mode. Those without a register raise #GP.
  public static let registersAsMSRs: ClosedRange<UInt32> = 0x800...0x8ff

  /// MSRs that have no counterpart in memory, or another form than there.
  private enum X2 {
    static let endOfInterrupt: UInt32 = 0x80b
    static let destinationFormat: UInt32 = 0x80e
    static let command: UInt32 = 0x830
    static let commandHigh: UInt32 = 0x831
    static let selfInterrupt: UInt32 = 0x83f
  }

  /// What changes when x2APIC mode is entered (SDM vol. 3, 11.12.5.1): the ID is the processor's own again.
  mutating func enterX2APIC() {
    state.id = 0
    state.commandHigh = 0
  }

  /// The logical ID: cluster in the upper half, one bit in the lower (SDM vol. 3, 11.12.10.2).
  var x2APICLogicalID: UInt32 { UInt32(state.id >> 4) << 16 | 1 << UInt32(state.id & 15) }

  /// Whether a message to the 32-bit `destination` is for this APIC.
  func isAddressed(by destination: UInt32, logical: Bool) -> Bool {
    if destination == .max { return true }
    guard logical else { return destination == UInt32(state.id) }
    let ours = x2APICLogicalID
    return destination >> 16 == ours >> 16 && destination & ours & 0xffff != 0
  }

  /// The register at `offset` in memory that an MSR stands for.
  private func register(_ msr: UInt32) -> Register? {
    msr == X2.destinationFormat || msr == X2.commandHigh ? nil : Register(rawValue: UInt64(msr & 0xff) << 4)
  }

  /// RDMSR of 800H-8FFH. Nil means #GP: not in x2APIC mode, no such register, or one that can only be written.
  public mutating func readMSR(_ index: UInt32) -> UInt64? {
    guard isInX2APICMode else { return nil }
    let vectors = Int(index & 7)
    switch index {
    case 0x810...0x817: return UInt64(state.inService.register(vectors))
    case 0x818...0x81f: return UInt64(state.levelTriggered.register(vectors))
    case 0x820...0x827: return UInt64(state.requested.register(vectors))
    case X2.command: return UInt64(state.commandHigh) << 32 | UInt64(state.commandLow)
    default: break
    }
    switch register(index) {
    case .endOfInterrupt, .arbitrationPriority, .remoteRead, nil: return nil
    case .id: return UInt64(state.id)
    case .logicalDestination: return UInt64(x2APICLogicalID)
    case .some(let register): return UInt64(value(of: register))
    }
  }

  /// The bits that software may set in each register that it may write; the others are reserved (SDM vol. 3, 11.12.1.3).
  /// Bits 12 and 14 of local vectors are read-only, so that software may write back what it has read.
  private static func writable(_ register: Register) -> UInt64? {
    if let entry = register.localVector { return UInt64(entry.writable) | 0x1000 | UInt64(remoteRequest) }
    return switch register {
    case .taskPriority: 0xff
    case .endOfInterrupt, .errorStatus: 0
    case .spurious: 0x1ff
    case .initialCount: 0xffff_ffff
    case .divideConfiguration: 0xb
    default: nil
    }
  }

  /// WRMSR of 800H-8FFH.
  ///
  /// - Returns: false means #GP: not in x2APIC mode, no such register, one that can only be read, or a reserved bit.
  public mutating func writeMSR(_ index: UInt32, _ value: UInt64) -> (isTaken: Bool, effect: Effect?) {
    guard isInX2APICMode else { return (false, nil) }
    if index == X2.command {
      // There is no delivery status here: bit 12 is reserved.
      guard UInt32(truncatingIfNeeded: value) & ~Self.commandMask == 0 else { return (false, nil) }
      state.commandHigh = UInt32(truncatingIfNeeded: value >> 32)
      return (true, send(UInt32(truncatingIfNeeded: value)))
    }
    if index == X2.selfInterrupt {
      guard value <= 0xff else { return (false, nil) }
      if value < 16 { note(.sentIllegalVector) }
      _ = accept(UInt8(value), levelTriggered: false)
      return (true, nil)
    }
    guard let register = register(index), let writable = Self.writable(register), value & ~writable == 0 else {
      return (false, nil)
    }
    return (true, set(register, UInt32(truncatingIfNeeded: value)))
  }
}
