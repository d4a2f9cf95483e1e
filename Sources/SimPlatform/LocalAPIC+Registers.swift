/// The registers in memory: 32 bits each, 16 bytes apart (SDM vol. 3, table "Local APIC Register Address Map").
extension LocalAPIC {
  enum Register: UInt64 {
    case id = 0x20
    case version = 0x30
    case taskPriority = 0x80
    case arbitrationPriority = 0x90
    case processorPriority = 0xa0
    case endOfInterrupt = 0xb0
    case remoteRead = 0xc0
    case logicalDestination = 0xd0
    case destinationFormat = 0xe0
    case spurious = 0xf0
    case errorStatus = 0x280
    case commandLow = 0x300
    case commandHigh = 0x310
    case timer = 0x320
    case thermal = 0x330
    case performance = 0x340
    case line0 = 0x350
    case line1 = 0x360
    case error = 0x370
    case initialCount = 0x380
    case currentCount = 0x390
    case divideConfiguration = 0x3e0

    var localVector: LocalVector? {
      switch self {
      case .timer: .timer
      case .thermal: .thermal
      case .performance: .performance
      case .line0: .line0
      case .line1: .line1
      case .error: .error
      default: nil
      }
    }
  }

  /// Reads `size` bytes at `offset`. Accesses that are not of 4 bytes at the start of a register give 0; a register that
  /// does not exist is an error for the error status register.
  public mutating func read(_ offset: UInt64, size: Int) -> UInt64 {
    guard isMemoryMapped, size == 4, offset & 15 == 0, offset < Self.size else { return 0 }
    let index = Int(offset >> 4) & 7
    switch offset {
    case 0x100..<0x180: return UInt64(state.inService.register(index))
    case 0x180..<0x200: return UInt64(state.levelTriggered.register(index))
    case 0x200..<0x280: return UInt64(state.requested.register(index))
    default: break
    }
    guard let register = Register(rawValue: offset) else {
      note(.illegalRegister)
      return 0
    }
    return UInt64(value(of: register))
  }

  /// The register at `offset`, if reading it changes nothing and gives the same however much time has passed; otherwise nil.
  @inline(__always)
  public func steadyRegister(_ offset: UInt64, size: Int) -> UInt32? {
    guard isMemoryMapped, size == 4, let register = Register(rawValue: offset), register != .currentCount else {
      return nil
    }
    return value(of: register)
  }

  func value(of register: Register) -> UInt32 {
    if let entry = register.localVector { return state.localVectors[entry.rawValue] }
    return switch register {
    case .id: UInt32(state.id) << 24
    case .version: Self.version
    case .taskPriority: UInt32(state.taskPriority)
    case .processorPriority: UInt32(processorPriority)
    case .logicalDestination: state.logicalDestination
    case .destinationFormat: state.destinationFormat
    case .spurious: state.spurious
    case .errorStatus: state.errorStatus
    case .commandLow: state.commandLow
    case .commandHigh: state.commandHigh
    case .initialCount: state.initialCount
    case .currentCount: currentCount
    case .divideConfiguration: state.divideConfiguration
    default: 0
    }
  }

  /// Writes `size` bytes at `offset`, with the same restrictions as a read.
  public mutating func write(_ offset: UInt64, _ value: UInt64, size: Int) -> Effect? {
    guard isMemoryMapped, size == 4, offset & 15 == 0, offset < Self.size else { return nil }
    // ISR, TMR and IRR are read-only.
    guard !(0x100..<0x280).contains(offset) else { return nil }
    guard let register = Register(rawValue: offset) else {
      note(.illegalRegister)
      return nil
    }
    return set(register, UInt32(truncatingIfNeeded: value))
  }

  mutating func set(_ register: Register, _ value: UInt32) -> Effect? {
    if let entry = register.localVector {
      setLocalVector(entry, value)
      return nil
    }
    switch register {
    case .id: state.id = UInt8(truncatingIfNeeded: value >> 24)
    case .taskPriority: state.taskPriority = UInt8(truncatingIfNeeded: value)
    case .endOfInterrupt: return eoi()
    case .logicalDestination: state.logicalDestination = value & 0xff00_0000
    case .destinationFormat: state.destinationFormat = value | 0x0fff_ffff
    case .spurious:
      state.spurious = value & 0x1ff
      if state.spurious & Self.softwareEnabled == 0 { maskAll() }
    case .errorStatus:
      state.errorStatus = state.errorsSince
      state.errorsSince = 0
    case .commandLow: return send(value)
    case .commandHigh: state.commandHigh = value & 0xff00_0000
    case .initialCount: startTimer(count: value)
    case .divideConfiguration: setDivideConfiguration(value)
    default: break
    }
    return nil
  }

  /// While software has the APIC disabled, the mask bits are set and stay so.
  private mutating func maskAll() {
    for entry in LocalVector.allCases { state.localVectors[entry.rawValue] |= Self.masked }
  }

  private mutating func setLocalVector(_ entry: LocalVector, _ value: UInt32) {
    var new = (value & entry.writable) | (state.localVectors[entry.rawValue] & Self.remoteRequest)
    if state.spurious & Self.softwareEnabled == 0 { new |= Self.masked }
    switch entry {
    case .timer: setTimerEntry(new)
    case .line0, .line1:
      // Remote IRR belongs to level-triggered fixed interrupts.
      if new & 0x8000 == 0 { new &= ~Self.remoteRequest }
      state.localVectors[entry.rawValue] = new
      requestLevelOfLine(entry)
    default: state.localVectors[entry.rawValue] = new
    }
  }
}
