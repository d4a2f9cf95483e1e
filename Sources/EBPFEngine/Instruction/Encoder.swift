extension Instruction {
  /// The one or two slots of the instruction. `nil` when a target is too far for the field that holds its distance.
  public var encoded: (EncodedSlot, EncodedSlot?)? {
    switch operation {
    case .arithmetic(let operation, let width, let destination, let operand):
      let code = operation.code
      let base = code.opcode | Self.arithmeticClass(width)
      return (Self.slot(base, destination, operand, offset: code.offset), nil)
    case .negate(let width, let register):
      let opcode = OpcodeField.negate | Self.arithmeticClass(width)
      return (EncodedSlot(opcode: opcode, destination: register.index), nil)
    case .moveSignExtended(let width, let bits, let destination, let source):
      let opcode = ArithmeticOperation.move.code.opcode | Self.arithmeticClass(width)
      return (Self.slot(opcode, destination, .register(source), offset: Int16(bits)), nil)
    case .byteOrder(let order, let bits, let register):
      let flags: UInt8 =
        switch order {
        case .little: InstructionClass.alu
        case .big: InstructionClass.alu | OpcodeField.register
        case .swap: InstructionClass.alu64
        }
      let opcode = OpcodeField.end | flags
      return (EncodedSlot(opcode: opcode, destination: register.index, immediate: Int32(bits)), nil)
    case .loadWide(let register, let immediate): return encodedWide(register, immediate)
    case .load(let size, let signExtended, let destination, let base, let offset):
      let mode = signExtended ? OpcodeField.modeSignExtended : OpcodeField.modeMemory
      let opcode = mode | size.code | InstructionClass.ldx
      return (
        EncodedSlot(opcode: opcode, destination: destination.index, source: base.index, offset: offset), nil
      )
    case .store(let size, let base, let offset, let value):
      let opcode = OpcodeField.modeMemory | size.code
      switch value {
      case .register(let source):
        let opcode = opcode | InstructionClass.stx
        return (EncodedSlot(opcode: opcode, destination: base.index, source: source.index, offset: offset), nil)
      case .immediate(let immediate):
        let opcode = opcode | InstructionClass.st
        return (EncodedSlot(opcode: opcode, destination: base.index, offset: offset, immediate: immediate), nil)
      }
    case .atomic(let operation, let width, let base, let offset, let source):
      let size: AccessSize = width == .bits32 ? .word : .doubleWord
      let opcode = OpcodeField.modeAtomic | size.code | InstructionClass.stx
      let slot = EncodedSlot(
        opcode: opcode, destination: base.index, source: source.index, offset: offset, immediate: operation.code)
      return (slot, nil)
    case .loadAcquire(let size, let destination, let base, let offset):
      let slot = EncodedSlot(
        opcode: OpcodeField.modeAtomic | size.code | InstructionClass.stx, destination: destination.index,
        source: base.index, offset: offset, immediate: AtomicOrder.loadAcquire)
      return (slot, nil)
    case .storeRelease(let size, let base, let offset, let source):
      let slot = EncodedSlot(
        opcode: OpcodeField.modeAtomic | size.code | InstructionClass.stx, destination: base.index,
        source: source.index, offset: offset, immediate: AtomicOrder.storeRelease)
      return (slot, nil)
    case .loadPacket(let size, let index, let offset):
      let mode = index == nil ? OpcodeField.modeAbsolute : OpcodeField.modeIndirect
      let opcode = mode | size.code | InstructionClass.ld
      return (EncodedSlot(opcode: opcode, source: index?.index ?? 0, immediate: offset), nil)
    case .mayGoto(let target):
      guard let offset = Int16(exactly: distance(to: target)) else { return nil }
      return (EncodedSlot(opcode: OpcodeField.mayGoto | InstructionClass.jmp, offset: offset), nil)
    case .jump(let target, let wide):
      if wide {
        return (EncodedSlot(opcode: InstructionClass.jmp32, immediate: distance(to: target)), nil)
      }
      guard let offset = Int16(exactly: distance(to: target)) else { return nil }
      return (EncodedSlot(opcode: InstructionClass.jmp, offset: offset), nil)
    case .branch(let condition, let width, let register, let operand, let target):
      guard let offset = Int16(exactly: distance(to: target)) else { return nil }
      let opcode = condition.code | (width == .bits64 ? InstructionClass.jmp : InstructionClass.jmp32)
      return (Self.slot(opcode, register, operand, offset: offset), nil)
    case .callHelper(let number):
      return (EncodedSlot(opcode: OpcodeField.call | InstructionClass.jmp, immediate: number), nil)
    case .callLocal(let target):
      let opcode = OpcodeField.call | InstructionClass.jmp
      return (EncodedSlot(opcode: opcode, source: 1, immediate: distance(to: target)), nil)
    case .callRegister(let register):
      let opcode = OpcodeField.call | OpcodeField.register | InstructionClass.jmp
      return (EncodedSlot(opcode: opcode, destination: register.index), nil)
    case .exit: return (EncodedSlot(opcode: OpcodeField.exit | InstructionClass.jmp), nil)
    }
  }

  private static func arithmeticClass(_ width: Width) -> UInt8 {
    width == .bits64 ? InstructionClass.alu64 : InstructionClass.alu
  }

  private static func slot(
    _ opcode: UInt8, _ destination: Register, _ operand: Operand, offset: Int16
  ) -> EncodedSlot {
    switch operand {
    case .register(let source):
      EncodedSlot(
        opcode: opcode | OpcodeField.register, destination: destination.index, source: source.index,
        offset: offset)
    case .immediate(let immediate):
      EncodedSlot(opcode: opcode, destination: destination.index, offset: offset, immediate: immediate)
    }
  }

  private func distance(to target: Int32) -> Int32 { target &- slot &- 1 }

  private func encodedWide(_ register: Register, _ immediate: WideImmediate) -> (EncodedSlot, EncodedSlot?) {
    let (kind, low, high): (UInt8, Int32, Int32) =
      switch immediate {
      case .constant(let value): (0, Int32(truncatingIfNeeded: value), Int32(truncatingIfNeeded: value >> 32))
      case .mapByDescriptor(let number): (1, number, 0)
      case .mapValueByDescriptor(let number, let offset): (2, number, offset)
      case .variable(let number): (3, number, 0)
      case .code(let target): (4, distance(to: target), 0)
      case .mapByIndex(let number): (5, number, 0)
      case .mapValueByIndex(let number, let offset): (6, number, offset)
      }
    let first = EncodedSlot(
      opcode: OpcodeField.loadWide, destination: register.index, source: kind, immediate: low)
    return (first, EncodedSlot(opcode: 0, immediate: high))
  }
}
