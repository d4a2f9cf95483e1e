extension Explorer {
  /// Applies `instruction` to the state.
  mutating func execute(_ instruction: Instruction, at index: Int) throws(Reason) -> Step {
    switch instruction.operation {
    case .arithmetic(.move, let width, let destination, let operand): try move(width, destination, operand)
    case .arithmetic(let operation, .bits64, let destination, .immediate(32)) where operation.isShift:
      if let number = cut {
        cut = nil
        state.frame[destination] = operation == .shiftRight ? lowHalf(number) : signedLowHalf(number)
      } else {
        if isCutting(operation, destination, at: index) { cut = state.frame[destination] }
        try arithmetic(operation, .bits64, destination, .immediate(32))
      }
    case .arithmetic(let operation, let width, let destination, let operand):
      try arithmetic(operation, width, destination, operand)
    case .negate(let width, let register):
      let source = try scalar(register)
      state.frame[register] = newNumber(source.scalar.negated(width), of: source)
    case .moveSignExtended(let width, let bits, let destination, let source):
      let source = try scalar(source)
      state.frame[destination] = newNumber(source.scalar.signExtended(fromBits: bits, width), of: source)
    case .byteOrder(let order, let bits, let register):
      let source = try scalar(register)
      state.frame[register] = newNumber(source.scalar.converted(order, bits: bits), of: source)
    case .loadWide(let destination, let immediate):
      let value = try environment.resolve(immediate)
      state.frame[destination] = value.isScalar ? newNumber(value.scalar) : value
    case .load(let size, let signed, let destination, let base, let offset):
      try load(size, signed, destination, base: base, offset: offset)
    case .store(let size, let base, let offset, let value):
      try store(size, base: base, offset: offset, value)
    case .loadAcquire(let size, let destination, let base, let offset):
      try load(size, false, destination, base: base, offset: offset)
    case .storeRelease(let size, let base, let offset, let source):
      try store(size, base: base, offset: offset, .register(source))
    case .atomic(let operation, let width, let base, let offset, let source):
      try atomic(operation, width, base: base, offset: offset, source)
    case .loadPacket(let size, let index, _): try loadPacket(size, index)
    case .jump(let target, _): return .jump(self.index(ofSlot: target))
    case .branch(let condition, let width, let register, let operand, let target):
      return try branch(condition, width, register, operand, target: self.index(ofSlot: target), at: index)
    case .mayGoto(let target):
      // The run's count of loops ends it.
      report.isBounded = false
      try postpone(state, at: self.index(ofSlot: target))
    case .callHelper(let number): return try callHelper(number, at: index)
    case .callRegister(let register):
      let value = try read(register)
      guard let number = value.scalarConstant else { throw .helperNumber(register) }
      require(value)
      guard let helper = Int32(exactly: Int64(bitPattern: number)) else {
        throw .unknownHelper(Int64(bitPattern: number))
      }
      // The engine calls functions of the program only where it sees the number.
      if let effect = environment.helpers[helper]?.effect, effect == .callsRounds || effect == .callsVisits {
        throw .helperNumber(register)
      }
      return try callHelper(helper, at: index)
    case .callLocal(let target):
      try callLocal(returnIndex: index + 1)
      return .jump(self.index(ofSlot: target))
    case .exit: return try exit()
    }
    return .next
  }

  /// The number in a register that may not hold a pointer.
  func scalar(_ register: Register) throws(Reason) -> RegisterState {
    let value = try read(register)
    guard value.isScalar else { throw .pointerArithmetic(register, value.kind) }
    return value
  }

  func value(_ operand: Operand) throws(Reason) -> RegisterState {
    switch operand {
    case .register(let register): try read(register)
    case .immediate(let number): RegisterState(Scalar(UInt64(bitPattern: Int64(number))))
    }
  }

  private mutating func move(_ width: Width, _ destination: Register, _ operand: Operand) throws(Reason) {
    let value = try value(operand)
    guard case .register(let source) = operand else {
      state.frame[destination] = newNumber(Scalar.apply(.move, width, value.scalar, value.scalar))
      return
    }
    if width == .bits32 {
      guard value.isScalar else {
        guard environment.allowsLeaks else { throw .partialCopy(source) }
        state.frame[destination] = newNumber(Scalar(bytes: 4))
        return
      }
      state.frame[destination] = lowHalf(value)
    } else {
      state.frame[destination] = value
    }
  }

  /// The lower 32 bits of a number, zero-extended: the number itself where its upper half is zero.
  mutating func lowHalf(_ value: RegisterState) -> RegisterState {
    let low = value.scalar.truncated(toBits: 32)
    guard low != value.scalar else { return value }
    var result = newNumber(low, of: value)
    result.lowHalfOf = value.id
    return result
  }

  /// The lower 32 bits of a number, sign-extended.
  private mutating func signedLowHalf(_ value: RegisterState) -> RegisterState {
    let low = value.scalar.signExtended(fromBits: 32, .bits64)
    return low == value.scalar ? value : newNumber(low, of: value)
  }

  /// Whether a shift of a number to the left is followed by one back, and nothing else leads there: together they cut off
  /// the upper half, as compilers do before version 4 of the instruction set, and what is left may be the number itself.
  private func isCutting(_ operation: ArithmeticOperation, _ register: Register, at index: Int) -> Bool {
    guard operation == .shiftLeft, state.frame[register].isScalar, index + 1 < program.instructions.count,
      !flow.isJoin[index + 1]
    else { return false }
    switch program.instructions[index + 1].operation {
    case .arithmetic(.shiftRight, .bits64, register, .immediate(32)),
      .arithmetic(.arithmeticShiftRight, .bits64, register, .immediate(32)):
      return true
    default: return false
    }
  }

  private mutating func arithmetic(
    _ operation: ArithmeticOperation, _ width: Width, _ destination: Register, _ operand: Operand
  ) throws(Reason) {
    let left = try read(destination)
    let right = try value(operand)
    if case .immediate(let number) = operand { try checkImmediate(operation, width, number) }
    if left.isScalar && right.isScalar {
      var result = Scalar.apply(operation, width, left.scalar, right.scalar)
      if left.id == right.id && (operation == .subtract || operation == .xor) { result = Scalar(0) }
      if case .immediate(let number) = operand, let distance = left.distance(operation, width, number) {
        state.frame[destination] = RegisterState(result, id: values.add(left.value, distance: distance))
      } else {
        state.frame[destination] = newNumber(result, of: left, right)
      }
      return
    }
    let culprit = left.isPointer ? destination : operand.register ?? destination
    let pointer = left.isPointer ? left : right
    if operation == .subtract && left.isPointer && right.isPointer && areDistant(left, right, width) {
      state.frame[destination] = newNumber(Scalar(bytes: width == .bits64 ? 8 : 4))
      return
    }
    guard width == .bits64, pointer.kind.allowsArithmetic else { throw .pointerArithmetic(culprit, pointer.kind) }
    // What is known of the offset decides about every access.
    require(left)
    require(right)
    switch (operation, left.isPointer, right.isPointer) {
    case (.add, true, false), (.add, false, true), (.subtract, true, false):
      if pointer.kind.isPacket {
        state.frame[destination] = moved(pointer, operation, by: left.isPointer ? right.scalar : left.scalar)
        return
      }
      var result = pointer
      result.scalar = Scalar.apply(operation, .bits64, left.scalar, right.scalar)
      state.frame[destination] = result
    case (.subtract, true, true):
      // Anything else would tell where objects are.
      guard areOfOneObject(left, right) else { throw .pointerArithmetic(destination, left.kind) }
      state.frame[destination] = newNumber(Scalar.apply(.subtract, .bits64, left.scalar, right.scalar))
    default: throw .pointerArithmetic(culprit, pointer.kind)
    }
  }

  /// Whether the difference of two pointers is just some number: of places in a packet, whose distance from each other
  /// says nothing about where it is, or of anything where addresses may leak.
  private func areDistant(_ left: RegisterState, _ right: RegisterState, _ width: Width) -> Bool {
    if environment.allowsLeaks { return !(areOfOneObject(left, right) && width == .bits64) }
    let isOfPacket = { (kind: RegisterKind) in kind.isPacket || kind == .packetEnd }
    return width == .bits64 && isOfPacket(left.kind) && isOfPacket(right.kind) && !areOfOneObject(left, right)
  }

  /// A place in a packet, moved. By a number that is not known it begins to count anew: from a place of which only is
  /// known how far it lies behind the start at most.
  private mutating func moved(
    _ pointer: RegisterState, _ operation: ArithmeticOperation, by amount: Scalar
  ) -> RegisterState {
    var result = pointer
    guard amount.constant == nil else {
      result.scalar = Scalar.apply(operation, .bits64, pointer.scalar, amount)
      return result
    }
    let most = operation == .add ? amount.wide.unsigned.max : .max
    let limit = UInt64(Self.maximumPacketSize + 1)
    result.object = Int32(truncatingIfNeeded: min(UInt64(UInt32(bitPattern: pointer.object)) + min(most, limit), limit))
    result.id = values.add()
    result.reach = 0
    return result
  }

  /// Bytes that a packet may have (Linux's MAX_PACKET_OFF): so few that no address in it wraps around.
  static var maximumPacketSize: Int { 0xffff }

  /// What Linux refuses although the instruction set defines it: it is never meant.
  private func checkImmediate(_ operation: ArithmeticOperation, _ width: Width, _ number: Int32) throws(Reason) {
    switch operation {
    case .divide, .modulo, .signedDivide, .signedModulo:
      guard number != 0 else { throw .divisionByZero }
    case .shiftLeft, .shiftRight, .arithmeticShiftRight:
      guard number >= 0 && number < Int32(width.rawValue) else { throw .shiftCount(number) }
    default: break
    }
  }
}

extension RegisterKind {
  /// Whether a number may be added.
  var allowsArithmetic: Bool {
    switch self {
    case .context, .stack, .mapValue, .region, .record, .mapKey, .packet, .packetMeta: true
    case .uninitialised, .scalar, .map, .mapValueOrNull, .recordOrNull, .mapOrNull, .function, .packetEnd: false
    }
  }
}

extension RegisterState {
  /// The number, when the register holds one and it is known.
  var scalarConstant: UInt64? { isScalar ? scalar.constant : nil }

  /// How far an operation with an immediate certainly moves the number, as a signed one of 64 bits.
  fileprivate func distance(_ operation: ArithmeticOperation, _ width: Width, _ immediate: Int32) -> Int64? {
    guard operation == .add || operation == .subtract else { return nil }
    let distance = operation == .add ? Int64(immediate) : -Int64(immediate)
    let range = scalar.wide.signed
    let (low, high) = (range.min.addingReportingOverflow(distance), range.max.addingReportingOverflow(distance))
    guard !low.overflow && !high.overflow else { return nil }
    guard width == .bits32 else { return distance }
    let narrow = 0...Int64(UInt32.max)
    return range.min >= 0 && range.max <= narrow.upperBound && narrow.contains(low.partialValue)
      && narrow.contains(high.partialValue) ? distance : nil
  }
}

extension ArithmeticOperation {
  fileprivate var isShift: Bool { self == .shiftLeft || self == .shiftRight || self == .arithmeticShiftRight }
}

extension Operand {
  var register: Register? {
    if case .register(let register) = self { return register }
    return nil
  }
}
