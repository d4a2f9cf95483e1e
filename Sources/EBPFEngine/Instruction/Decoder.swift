/// Turns encoded slots into operations and refuses everything that RFC 9669 does not define: unknown opcodes, reserved
/// fields that are not zero, registers above r10, writes to r10.
struct Decoder {
  typealias Reason = DecodingError.Reason

  /// Decodes the instruction at `slot`. Targets are not yet known to be the start of an instruction.
  static func decode(_ slots: [EncodedSlot], at slot: Int) throws(DecodingError) -> Operation {
    do throws(Reason) {
      let encoded = slots[slot]
      guard encoded.destination <= 10 else { throw .registerAbove10 }
      switch encoded.opcode & 7 {
      case InstructionClass.ld: return try wide(slots, at: slot)
      case InstructionClass.ldx: return try load(encoded)
      case InstructionClass.st, InstructionClass.stx: return try store(encoded)
      case InstructionClass.alu, InstructionClass.alu64: return try arithmetic(encoded)
      default: return try jump(encoded, at: slot, count: slots.count)
      }
    } catch {
      throw DecodingError(slot: slot, reason: error)
    }
  }

  private static func register(_ field: UInt8) throws(Reason) -> Register {
    guard let register = Register(field) else { throw .registerAbove10 }
    return register
  }

  private static func writable(_ field: UInt8) throws(Reason) -> Register {
    let register = try register(field)
    guard register != .framePointer else { throw .frameWrite }
    return register
  }

  private static func require(_ isZero: Bool, _ reason: Reason) throws(Reason) {
    guard isZero else { throw reason }
  }

  /// The operand that the source bit selects; the field that is not used must be zero.
  private static func operand(_ slot: EncodedSlot) throws(Reason) -> Operand {
    if slot.opcode & OpcodeField.register != 0 {
      try require(slot.immediate == 0, .reservedImmediate)
      return .register(try register(slot.source))
    }
    try require(slot.source == 0, .reservedSource)
    return .immediate(slot.immediate)
  }

  // MARK: Arithmetic

  private static func arithmetic(_ slot: EncodedSlot) throws(Reason) -> Operation {
    let width: Width = slot.opcode & 7 == InstructionClass.alu64 ? .bits64 : .bits32
    let code = slot.opcode & 0xf0
    if code == OpcodeField.end { return try byteOrder(slot, width) }
    if code == OpcodeField.negate {
      try require(slot.opcode & OpcodeField.register == 0, .unknownOpcode)
      try require(slot.source == 0, .reservedSource)
      try require(slot.offset == 0, .reservedOffset)
      try require(slot.immediate == 0, .reservedImmediate)
      return .negate(width, try writable(slot.destination))
    }
    let signed = slot.offset == 1
    guard let operation = ArithmeticOperation(code: code, signed: signed) else { throw .unknownOpcode }
    let destination = try writable(slot.destination)
    let isCast = operation == .move && width == .bits64 && slot.opcode & OpcodeField.register != 0
    guard !isCast || slot.offset != 1 || slot.immediate == 0 else { throw .arenaCast }
    let operand = try operand(slot)
    switch operation {
    case .divide, .modulo, .signedDivide, .signedModulo:
      try require(slot.offset == 0 || signed, .signedOffset)
    case .move:
      if slot.offset != 0 { return try signExtension(slot, width, destination, operand) }
    default:
      try require(slot.offset == 0, .reservedOffset)
    }
    return .arithmetic(operation, width, destination, operand)
  }

  private static func signExtension(
    _ slot: EncodedSlot, _ width: Width, _ destination: Register, _ operand: Operand
  ) throws(Reason) -> Operation {
    guard case .register(let source) = operand else { throw .reservedOffset }
    switch (slot.offset, width) {
    case (8, _), (16, _), (32, .bits64):
      return .moveSignExtended(width, fromBits: UInt8(truncatingIfNeeded: slot.offset), destination, source)
    default: throw .signExtensionWidth
    }
  }

  private static func byteOrder(_ slot: EncodedSlot, _ width: Width) throws(Reason) -> Operation {
    let toBig = slot.opcode & OpcodeField.register != 0
    try require(!(toBig && width == .bits64), .unknownOpcode)
    try require(slot.source == 0, .reservedSource)
    try require(slot.offset == 0, .reservedOffset)
    let destination = try writable(slot.destination)
    guard slot.immediate == 16 || slot.immediate == 32 || slot.immediate == 64 else { throw .byteOrderWidth }
    let order: ByteOrder = width == .bits64 ? .swap : toBig ? .big : .little
    return .byteOrder(order, bits: UInt8(truncatingIfNeeded: slot.immediate), destination)
  }

  // MARK: Memory

  private static func load(_ slot: EncodedSlot) throws(Reason) -> Operation {
    let size = AccessSize(code: slot.opcode)
    let mode = slot.opcode & 0xe0
    let signed = mode == OpcodeField.modeSignExtended
    guard mode == OpcodeField.modeMemory || (signed && size != .doubleWord) else { throw .unknownOpcode }
    try require(slot.immediate == 0, .reservedImmediate)
    let destination = try writable(slot.destination)
    return .load(size, signExtended: signed, destination, base: try register(slot.source), offset: slot.offset)
  }

  private static func store(_ slot: EncodedSlot) throws(Reason) -> Operation {
    let size = AccessSize(code: slot.opcode)
    let mode = slot.opcode & 0xe0
    let fromRegister = slot.opcode & 7 == InstructionClass.stx
    let base = try register(slot.destination)
    if mode == OpcodeField.modeAtomic && fromRegister { return try atomic(slot, size, base) }
    guard mode == OpcodeField.modeMemory else { throw .unknownOpcode }
    if fromRegister {
      try require(slot.immediate == 0, .reservedImmediate)
      return .store(size, base: base, offset: slot.offset, value: .register(try register(slot.source)))
    }
    try require(slot.source == 0, .reservedSource)
    return .store(size, base: base, offset: slot.offset, value: .immediate(slot.immediate))
  }

  private static func atomic(_ slot: EncodedSlot, _ size: AccessSize, _ base: Register) throws(Reason) -> Operation {
    if slot.immediate == AtomicOrder.loadAcquire {
      return .loadAcquire(
        size, try writable(slot.destination), base: try register(slot.source), offset: slot.offset)
    }
    if slot.immediate == AtomicOrder.storeRelease {
      return .storeRelease(size, base: base, offset: slot.offset, source: try register(slot.source))
    }
    guard size == .word || size == .doubleWord else { throw .atomicSize }
    guard let operation = AtomicOperation(code: slot.immediate) else { throw .atomicOperation }
    let writesSource = operation.fetches && operation != .compareExchange
    let source = writesSource ? try writable(slot.source) : try register(slot.source)
    return .atomic(
      operation, size == .word ? .bits32 : .bits64, base: base, offset: slot.offset, source: source)
  }

  private static func packetLoad(_ slot: EncodedSlot) throws(Reason) -> Operation {
    let mode = slot.opcode & 0xe0
    let size = AccessSize(code: slot.opcode)
    let isIndirect = mode == OpcodeField.modeIndirect
    guard (isIndirect || mode == OpcodeField.modeAbsolute) && size != .doubleWord else { throw .unknownOpcode }
    try require(slot.destination == 0, .reservedDestination)
    try require(slot.offset == 0, .reservedOffset)
    try require(isIndirect || slot.source == 0, .reservedSource)
    return .loadPacket(size, index: isIndirect ? try register(slot.source) : nil, offset: slot.immediate)
  }

  // MARK: 64-bit immediates

  private static func wide(_ slots: [EncodedSlot], at index: Int) throws(Reason) -> Operation {
    let slot = slots[index]
    guard slot.opcode == OpcodeField.loadWide else { return try packetLoad(slot) }
    guard index + 1 < slots.count else { throw .missingSecondSlot }
    let next = slots[index + 1]
    try require(slot.offset == 0, .reservedOffset)
    let destination = try writable(slot.destination)
    try require(
      next.opcode == 0 && next.destination == 0 && next.source == 0 && next.offset == 0, .badSecondSlot)
    let immediate = slot.immediate
    let usesNext = slot.source == 0 || slot.source == 2 || slot.source == 6
    try require(usesNext || slot.source > 6 || next.immediate == 0, .reservedImmediate)
    switch slot.source {
    case 0:
      let high = UInt64(UInt32(bitPattern: next.immediate)) << 32
      return .loadWide(destination, .constant(high | UInt64(UInt32(bitPattern: immediate))))
    case 1: return .loadWide(destination, .mapByDescriptor(immediate))
    case 2: return .loadWide(destination, .mapValueByDescriptor(immediate, offset: next.immediate))
    case 3: return .loadWide(destination, .variable(immediate))
    case 4: return .loadWide(destination, .code(slot: try target(immediate, from: index, count: slots.count)))
    case 5: return .loadWide(destination, .mapByIndex(immediate))
    case 6: return .loadWide(destination, .mapValueByIndex(immediate, offset: next.immediate))
    default: throw .wideImmediateKind
    }
  }

  // MARK: Jumps and calls

  /// Slot that `distance`, counted from the slot after `index`, leads to.
  private static func target(_ distance: Int32, from index: Int, count: Int) throws(Reason) -> Int32 {
    let slot = index + 1 + Int(distance)
    guard slot >= 0 && slot < count else { throw .targetOutside }
    return Int32(truncatingIfNeeded: slot)
  }

  private static func jump(_ slot: EncodedSlot, at index: Int, count: Int) throws(Reason) -> Operation {
    let width: Width = slot.opcode & 7 == InstructionClass.jmp ? .bits64 : .bits32
    let byRegister = slot.opcode & OpcodeField.register != 0
    switch slot.opcode & 0xf0 {
    case OpcodeField.jump:
      guard !byRegister else { throw .unknownOpcode }
      try require(slot.destination == 0, .reservedDestination)
      try require(slot.source == 0, .reservedSource)
      if width == .bits64 {
        try require(slot.immediate == 0, .reservedImmediate)
        return .jump(target: try target(Int32(slot.offset), from: index, count: count), wide: false)
      }
      try require(slot.offset == 0, .reservedOffset)
      return .jump(target: try target(slot.immediate, from: index, count: count), wide: true)
    case OpcodeField.call:
      guard width == .bits64 else { throw .unknownOpcode }
      return byRegister ? try callRegister(slot) : try call(slot, at: index, count: count)
    case OpcodeField.mayGoto where width == .bits64 && !byRegister:
      try require(slot.destination == 0, .reservedDestination)
      try require(slot.source == 0, .reservedSource)
      try require(slot.immediate == 0, .reservedImmediate)
      return .mayGoto(target: try target(Int32(slot.offset), from: index, count: count))
    case OpcodeField.exit:
      guard width == .bits64 && !byRegister else { throw .unknownOpcode }
      try require(slot.destination == 0, .reservedDestination)
      try require(slot.source == 0, .reservedSource)
      try require(slot.offset == 0, .reservedOffset)
      try require(slot.immediate == 0, .reservedImmediate)
      return .exit
    default:
      guard let condition = Condition(code: slot.opcode & 0xf0) else { throw .unknownOpcode }
      let operand = try operand(slot)
      let destination = try register(slot.destination)
      let target = try target(Int32(slot.offset), from: index, count: count)
      return .branch(condition, width, destination, operand, target: target)
    }
  }

  private static func call(_ slot: EncodedSlot, at index: Int, count: Int) throws(Reason) -> Operation {
    guard slot.source <= 2 else { throw .callKind }
    guard slot.source != 2 else { throw .callByTypeID }
    try require(slot.destination == 0, .reservedDestination)
    try require(slot.offset == 0, .reservedOffset)
    if slot.source == 0 { return .callHelper(slot.immediate) }
    return .callLocal(target: try target(slot.immediate, from: index, count: count))
  }

  private static func callRegister(_ slot: EncodedSlot) throws(Reason) -> Operation {
    try require(slot.source == 0, .reservedSource)
    try require(slot.offset == 0, .reservedOffset)
    try require(slot.immediate == 0, .reservedImmediate)
    return .callRegister(try register(slot.destination))
  }
}

extension DecodingError.Reason: Error {}
