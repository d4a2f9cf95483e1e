// The code before the program: entry and end, and what all instructions share. In the program, whatever the depth of
// its calls, RSP is a multiple of 16, so that functions can be called (System V ABI, 3.2.2), and above the return
// address lies the state's, for after a call. Nothing is kept below RSP: the guest has no red zone.
extension Translator {
  private static let preserved: [NativeRegister] = [.rbp, .rbx, .r12, .r13, .r14, .r15]

  /// Entry: a C function of the state's address. Gives the end of the call of the program.
  mutating func writeEntry() -> Int {
    for register in Self.preserved { code.push(register) }
    code.push(.rdi)
    code.push(.rdi)
    code.mov(.bits64, .state, .rdi)
    code.mov(.bits64, .state(RunState.stackPointer), .rsp)
    code.mov(.bits64, .remaining, .state(RunState.remaining))
    for index in UInt8(0)...10 { code.mov(.bits64, .of(index), .state(RunState.register(index))) }
    let call = code.callForward()
    routines.leave = code.count
    code.mov(.bits64, .state(RunState.remaining), .remaining)
    for index in UInt8(0)...10 { code.mov(.bits64, .state(RunState.register(index)), .of(index)) }
    code.arithmetic(.add, .bits64, .rsp, 16)
    for register in Self.preserved.reversed() { code.pop(register) }
    code.ret()
    return call
  }

  mutating func writeRoutines() {
    routines.end = code.count
    code.mov(.bits64, .state(RunState.place), .scratch)
    code.mov(.bits64, .rsp, .state(RunState.stackPointer))
    code.jump(nil, backTo: routines.leave)
    guard isChecked else { return }
    writeSearch()
    writeCallHelper()
    routines.enterFrame = code.count
    writeFrameChange(entering: true)
    routines.leaveFrame = code.count
    writeFrameChange(entering: false)
  }

  /// Site in the scratch register and the program's address in the address register; storage there afterwards.
  private mutating func writeSearch() {
    routines.search = code.count
    let saved: [NativeRegister] = [.rax, .rdi, .rsi, .rdx, .rcx, .r8, .state]
    for register in saved { code.push(register) }
    code.mov(.bits64, .rdi, .state)
    code.mov(.bits64, .rsi, .address)
    code.mov(.bits64, .rdx, .scratch)
    code.mov(.bits64, .scratch, .state(RunState.searchFunction))
    code.call(.scratch)
    code.mov(.bits64, .address, .rax)
    for register in saved.reversed() { code.pop(register) }
    code.test(.bits64, .address, .address)
    let refused = code.jumpForward8(.equal)
    code.ret()
    // The search has noted site and end already.
    code.patch8(endingAt: refused)
    code.mov(.bits64, .rsp, .state(RunState.stackPointer))
    code.jump(nil, backTo: routines.leave)
  }

  /// Calls the helper whose number is in the state. A program that was not verified may rely on r1 to r5 afterwards,
  /// as it can in the interpreter.
  private mutating func writeCallHelper() {
    routines.callHelper = code.count
    let saved: [NativeRegister] = [.rdi, .rsi, .rdx, .rcx, .r8]
    for register in saved { code.push(register) }
    code.mov(.bits64, .address, .state(RunState.helperFunction))
    code.call(.address)
    for register in saved.reversed() { code.pop(register) }
    code.mov(.bits64, .state, NativeMemory(.rsp, 16))
    code.ret()
  }

  /// Grows or shrinks the stack's region by one frame, as `AddressSpace.setStackDepth` does.
  private mutating func writeFrameChange(entering: Bool) {
    let size = Int32(AddressSpace.frameSize)
    code.mov(.bits64, .scratch, .state(RunState.entries))
    for offset in [RegionEntry.baseOffset, RegionEntry.storageOffset] {
      code.arithmetic(entering ? .sub : .add, .bits64, NativeMemory(.scratch, offset), size)
    }
    var growing = [RegionEntry.sizeOffset]
    for bytes in [1, 2, 4, 8] {
      growing.append(RegionEntry.limitOffset(bytes: bytes, writes: false))
      growing.append(RegionEntry.limitOffset(bytes: bytes, writes: true))
    }
    for offset in growing {
      code.arithmetic(entering ? .add : .sub, .bits64, NativeMemory(.scratch, offset), size)
    }
    code.ret()
  }
}

/// Byte offsets in a region entry, for translated code.
extension RegionEntry {
  static let baseOffset: Int32 = 0
  static let storageOffset: Int32 = 8
  static let sizeOffset: Int32 = 80

  /// Offset of the limit for accesses of 1, 2, 4 or 8 bytes.
  static func limitOffset(bytes: Int, writes: Bool) -> Int32 {
    (writes ? 48 : 16) + Int32(truncatingIfNeeded: bytes.trailingZeroBitCount) * 8
  }
}
