extension Translator {
  /// Which limits of a region an access needs.
  private enum Rights { case read, write, both }

  /// Writes what the access needs before it and gives the operand for it.
  private mutating func operand(
    _ base: UInt8, offset: Int32, bytes: Int, _ rights: Rights, _ index: Int
  ) -> NativeMemory {
    let register = NativeRegister.of(base)
    let isInFrame =
      base == 10 && offset >= -Int32(AddressSpace.frameSize) && offset <= -Int32(truncatingIfNeeded: bytes)
    if !isChecked || (isInFrame && hasRealAddresses) { return NativeMemory(register, offset) }
    if isInFrame {
      // The current frame is always there: only the address has to become one of storage.
      code.mov(.bits64, .address, .state(RunState.stackDelta))
      return NativeMemory(register, offset, index: .address)
    }
    let site = site(index)
    code.mov(.bits64, .scratch, .state(RunState.cache(site)))
    code.lea(.address, NativeMemory(register, offset))
    code.arithmetic(.sub, .bits64, .address, NativeMemory(.scratch, RegionEntry.baseOffset))
    var misses: [Int] = []
    if rights != .read {
      let limit = NativeMemory(.scratch, RegionEntry.limitOffset(bytes: bytes, writes: true))
      code.arithmetic(.cmp, .bits64, .address, limit)
      misses.append(code.jumpForward32(.aboveOrEqual))
    }
    if rights != .write {
      let limit = NativeMemory(.scratch, RegionEntry.limitOffset(bytes: bytes, writes: false))
      code.arithmetic(.cmp, .bits64, .address, limit)
      misses.append(code.jumpForward32(.aboveOrEqual))
    }
    if !hasRealAddresses {
      code.arithmetic(.add, .bits64, .address, NativeMemory(.scratch, RegionEntry.storageOffset))
    }
    for miss in misses { search(from: miss, site: site, back: code.count) }
    return hasRealAddresses ? NativeMemory(register, offset) : NativeMemory(.address)
  }

  mutating func load(_ bytes: Int, signed: Bool, _ operation: MicroOperation, _ index: Int) {
    let offset = Int32(truncatingIfNeeded: operation.immediate)
    let memory = operand(operation.source, offset: offset, bytes: bytes, .read, index)
    code.load(bytes, signed: signed, .of(operation.destination), memory)
  }

  mutating func store(_ bytes: Int, _ operation: MicroOperation, _ index: Int) {
    let offset = Int32(truncatingIfNeeded: operation.immediate)
    let memory = operand(operation.destination, offset: offset, bytes: bytes, .write, index)
    code.mov(.init(bytes), memory, .of(operation.source))
  }

  mutating func storeImmediate(_ bytes: Int, _ operation: MicroOperation, _ index: Int) {
    let offset = Int32(truncatingIfNeeded: operation.immediate >> 32)
    let memory = operand(operation.destination, offset: offset, bytes: bytes, .write, index)
    code.mov(.init(bytes), memory, Int32(truncatingIfNeeded: operation.immediate))
  }

  /// Without LOCK: programs are never preempted by others of the same memory, and an instruction is not interrupted
  /// halfway.
  mutating func atomic(_ bytes: Int, _ operation: MicroOperation, _ index: Int) {
    let size = CodeWriter.OperandSize(bytes)
    let source = NativeRegister.of(operation.source)
    let offset = Int32(truncatingIfNeeded: operation.immediate)
    let memory = operand(operation.destination, offset: offset, bytes: bytes, .both, index)
    switch AtomicOperation(rawValue: operation.detail) ?? .exchange {
    case .add: code.arithmetic(.add, size, memory, source)
    case .or: code.arithmetic(.or, size, memory, source)
    case .and: code.arithmetic(.and, size, memory, source)
    case .xor: code.arithmetic(.xor, size, memory, source)
    case .fetchAdd: code.xadd(size, memory, source)
    case .fetchOr: fetch(.or, size, memory, source)
    case .fetchAnd: fetch(.and, size, memory, source)
    case .fetchXor: fetch(.xor, size, memory, source)
    case .exchange:
      code.mov(size, .scratch, memory)
      code.mov(size, memory, source)
      code.mov(size, source, .scratch)
    case .compareExchange:
      code.cmpxchg(size, memory, source)
      // Where both were equal the upper half of RAX is still the old one.
      if bytes == 4 { code.mov(.bits32, .rax, .rax) }
    }
  }

  /// Asks the host, as for a helper's result. A program that was not verified may rely on r1 to r5 afterwards, as it can
  /// in the interpreter.
  mutating func loadPacket(_ operation: MicroOperation, _ index: Int) {
    let offset = Int32(truncatingIfNeeded: operation.immediate)
    if operation.detail & PacketLoad.indexFlag == 0 {
      code.mov(.scratch, Int64(offset))
    } else {
      code.mov(.bits32, .scratch, .of(operation.source))
      code.arithmetic(.add, .bits32, .scratch, offset)
      code.extend(.bits64, 4, signed: true, .scratch, .scratch)
    }
    // An even number of words: calls need a stack that is aligned to 16 bytes.
    let saved: [NativeRegister] = isChecked ? [.rdi, .rsi, .rdx, .rcx, .r8, .state] : []
    for register in saved { code.push(register) }
    code.mov(.bits64, .state(RunState.helperNumber), PacketLoad.number)
    code.mov(.bits64, .rdi, .scratch)
    code.mov(.rsi, Int64(PacketLoad.size(operation)))
    code.mov(.bits64, .address, .state(RunState.helperFunction))
    code.call(.address)
    if isChecked {
      for register in saved.reversed() { code.pop(register) }
    } else {
      code.mov(.bits64, .state, NativeMemory(.rsp, 8))
    }
    code.arithmetic(.cmp, .bits64, .state(RunState.helperFault), 0)
    stub(.notEqual, .end(.helperFault, site: site(index)))
  }

  private mutating func fetch(
    _ operation: NativeArithmetic, _ size: CodeWriter.OperandSize, _ memory: NativeMemory, _ source: NativeRegister
  ) {
    code.mov(size, .scratch, memory)
    code.arithmetic(operation, size, memory, source)
    code.mov(size, source, .scratch)
  }
}
