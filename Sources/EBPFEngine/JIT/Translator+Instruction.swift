extension Translator {
  /// Writes the code of one instruction; `known` is what the flags tell before it.
  mutating func write(_ operation: MicroOperation, at index: Int, _ known: (register: UInt8, isWide: Bool)?) {
    let destination = NativeRegister.of(operation.destination)
    let source = NativeRegister.of(operation.source)
    switch operation.code {
    case _ where operation.code.rawValue < Code.firstBranch.rawValue: arithmetic(operation)
    case _ where operation.code.isBranch: branch(operation, at: index, known)
    case .neg64: code.neg(.bits64, destination)
    case .neg32: code.neg(.bits32, destination)
    case .movsx8To64: code.extend(.bits64, 1, signed: true, destination, source)
    case .movsx16To64: code.extend(.bits64, 2, signed: true, destination, source)
    case .movsx32To64: code.extend(.bits64, 4, signed: true, destination, source)
    case .movsx8To32: code.extend(.bits32, 1, signed: true, destination, source)
    case .movsx16To32: code.extend(.bits32, 2, signed: true, destination, source)
    case .swap16:
      code.shift(0, .bits16, destination, by: 8)
      code.extend(.bits32, 2, signed: false, destination, destination)
    case .swap32: code.bswap(.bits32, destination)
    case .swap64: code.bswap(.bits64, destination)
    case .truncate16: code.extend(.bits32, 2, signed: false, destination, destination)
    case .truncate32: code.mov(.bits32, destination, destination)
    case .wide: code.mov(destination, operation.immediate)

    case .load8: load(1, signed: false, operation, index)
    case .load16: load(2, signed: false, operation, index)
    case .load32: load(4, signed: false, operation, index)
    case .load64: load(8, signed: false, operation, index)
    case .loadSigned8: load(1, signed: true, operation, index)
    case .loadSigned16: load(2, signed: true, operation, index)
    case .loadSigned32: load(4, signed: true, operation, index)
    case .store8: store(1, operation, index)
    case .store16: store(2, operation, index)
    case .store32: store(4, operation, index)
    case .store64: store(8, operation, index)
    case .storeImmediate8: storeImmediate(1, operation, index)
    case .storeImmediate16: storeImmediate(2, operation, index)
    case .storeImmediate32: storeImmediate(4, operation, index)
    case .storeImmediate64: storeImmediate(8, operation, index)
    case .atomic32: atomic(4, operation, index)
    case .atomic64: atomic(8, operation, index)

    case .loadPacket: loadPacket(operation, index)
    case .jump: jump(nil, from: index, to: Int(operation.auxiliary))
    case .mayGoto: mayGoto(operation, at: index)
    case .callLocal: callLocal(operation, at: index)
    case .callLoop, .callElements: callBack(operation, at: index)
    case .callHelper:
      code.mov(.bits64, .state(RunState.helperNumber), Int32(truncatingIfNeeded: operation.immediate))
      callHelper(at: index)
    case .callRegister:
      code.mov(.bits64, .state(RunState.helperNumber), destination)
      callHelper(at: index)
    case .exit: code.ret()
    default: break
    }
  }

  // MARK: Branches

  /// Conditions in the order of `Condition`.
  private static func native(_ condition: UInt8) -> NativeCondition {
    switch condition {
    case 0: .equal
    case 1: .above
    case 2: .aboveOrEqual
    case 3, 4: .notEqual
    case 5: .greater
    case 6: .greaterOrEqual
    case 7: .below
    case 8: .belowOrEqual
    case 9: .less
    default: .lessOrEqual
    }
  }

  private mutating func branch(
    _ operation: MicroOperation, at index: Int, _ known: (register: UInt8, isWide: Bool)?
  ) {
    let variant = operation.code.rawValue - Code.firstBranch.rawValue
    let condition = Self.native(variant / 4)
    let isBitTest = variant / 4 == 3
    let isWide = variant & 2 == 0
    let size: CodeWriter.OperandSize = isWide ? .bits64 : .bits32
    let left = NativeRegister.of(operation.destination)
    if variant & 1 == 1 {
      let right = NativeRegister.of(operation.source)
      if isBitTest { code.test(size, left, right) } else { code.arithmetic(.cmp, size, left, right) }
    } else {
      let value = Int32(truncatingIfNeeded: operation.immediate)
      let isZeroTest = condition == .equal || (condition == .notEqual && !isBitTest)
      if isBitTest {
        code.test(size, left, value)
      } else if value != 0 {
        code.arithmetic(.cmp, size, left, value)
      } else if let known, isZeroTest, known.register == operation.destination, known.isWide == isWide {
        // The instruction before has set the flag.
      } else {
        code.test(size, left, left)
      }
    }
    jump(condition, from: index, to: Int(operation.auxiliary))
  }

  /// Jumps when no more loops are left to the run.
  private mutating func mayGoto(_ operation: MicroOperation, at index: Int) {
    code.arithmetic(.cmp, .bits64, .state(RunState.loopsLeft), 0)
    jump(.equal, from: index, to: Int(operation.auxiliary))
    code.arithmetic(.sub, .bits64, .state(RunState.loopsLeft), 1)
  }

  // MARK: Calls

  mutating func callHelper(at index: Int) {
    if isChecked {
      code.call(backTo: routines.callHelper)
    } else {
      code.mov(.bits64, .address, .state(RunState.helperFunction))
      code.call(.address)
      code.mov(.bits64, .state, NativeMemory(.rsp, 8))
    }
    code.arithmetic(.cmp, .bits64, .state(RunState.helperFault), 0)
    stub(.notEqual, .end(.helperFault, site: site(index)))
  }

  /// The callee's frame is below the caller's, which gets r6 to r9 back.
  private mutating func callLocal(_ operation: MicroOperation, at index: Int) {
    let saved: [NativeRegister] = [.of(6), .of(7), .of(8), .of(9)]
    let size = Int32(AddressSpace.frameSize)
    if isChecked {
      code.arithmetic(.sub, .bits64, .state(RunState.callsLeft), 1)
      stub(.below, .end(.callDepth, site: site(index)))
      code.call(backTo: routines.enterFrame)
    }
    for register in saved { code.push(register) }
    code.push(.state)
    code.arithmetic(.sub, .bits64, .of(10), size)
    call(Int(operation.auxiliary))
    code.arithmetic(.add, .bits64, .of(10), size)
    code.arithmetic(.add, .bits64, .rsp, 8)
    for register in saved.reversed() { code.pop(register) }
    if isChecked {
      code.call(backTo: routines.leaveFrame)
      code.arithmetic(.add, .bits64, .state(RunState.callsLeft), 1)
    }
  }
}
