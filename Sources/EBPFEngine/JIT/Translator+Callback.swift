// Helpers that call functions of the program: the rounds are a loop of machine code around the call of the function.
extension Translator {
  /// Bytes from RSP, while rounds go on, to what they need. The state's address lies where helpers' calls look for it.
  private enum Record {
    static let rounds: Int32 = 0
    static let function: Int32 = 16
    static let entry: Int32 = 24
    /// The number of rounds, or the map.
    static let limit: Int32 = 32
    static let context: Int32 = 40
    static let key: Int32 = 48
    /// With one word that keeps RSP a multiple of 16.
    static let size: Int32 = 64
  }

  private func record(_ offset: Int32) -> NativeMemory { NativeMemory(.rsp, offset) }

  mutating func callBack(_ operation: MicroOperation, at index: Int) {
    let isLoop = operation.code == .callLoop
    let number = Int32(truncatingIfNeeded: operation.immediate)
    checkFunction(number, at: index)
    guard !functions.isEmpty else { return }
    // The error numbers of Linux: EINVAL for flags, E2BIG for too many rounds.
    code.test(.bits64, .of(4), .of(4))
    var ends = [skip(unless: .notEqual, result: -22)]
    if isLoop {
      code.arithmetic(.cmp, .bits64, .of(1), Int32(CallbackHelper.maximumRounds))
      ends.append(skip(unless: .above, result: -7))
    }
    enterRounds(at: index)
    let top = code.count
    let last = isLoop ? nextRound() : nextElement(at: index)
    code.mov(.of(0), 0)
    callFunction()
    code.arithmetic(.add, .bits64, record(Record.rounds), 1)
    code.test(.bits64, .of(0), .of(0))
    code.jump(.equal, backTo: top)
    code.patch32(endingAt: last, to: code.count)
    leaveRounds()
    for end in ends { code.patch32(endingAt: end, to: code.count) }
  }

  /// The index of the function in the scratch register; a fault where the program loads no such address.
  private mutating func checkFunction(_ number: Int32, at index: Int) {
    code.mov(.bits64, .scratch, .of(2))
    code.mov(.address, Int64(bitPattern: Executable.functionBase))
    code.arithmetic(.sub, .bits64, .scratch, .address)
    var known: [Int] = []
    for function in functions {
      code.arithmetic(.cmp, .bits64, .scratch, function)
      known.append(code.jumpForward32(.equal))
    }
    code.mov(.bits64, .state(RunState.helperNumber), number)
    code.mov(.bits64, .state(RunState.helperFault), Int32(HelperFault.badFunction.rawValue) + 1)
    stub(nil, .end(.helperFault, site: site(index)))
    for jump in known { code.patch32(endingAt: jump, to: code.count) }
  }

  /// Where the condition holds, gives a result without any round. Gives the end of the jump behind them.
  private mutating func skip(unless condition: NativeCondition, result: Int64) -> Int {
    let failing = code.jumpForward32(condition)
    let passing = code.jumpForward32(nil)
    code.patch32(endingAt: failing, to: code.count)
    code.mov(.of(0), result)
    let end = code.jumpForward32(nil)
    code.patch32(endingAt: passing, to: code.count)
    return end
  }

  private mutating func enterRounds(at index: Int) {
    if isChecked {
      code.push(.scratch)
      code.arithmetic(.sub, .bits64, .state(RunState.callsLeft), 1)
      stub(.below, .end(.callDepth, site: site(index)))
      code.call(backTo: routines.enterFrame)
      code.pop(.scratch)
    }
    for index in UInt8(6)...9 { code.push(.of(index)) }
    code.mov(.address, 0)
    for register in [.address, .address, .of(3), .of(1), .address, .scratch, .state, .address] as [NativeRegister] {
      code.push(register)
    }
    code.arithmetic(.sub, .bits64, .of(10), Int32(AddressSpace.frameSize))
  }

  private mutating func leaveRounds() {
    code.mov(.bits64, .of(0), record(Record.rounds))
    code.arithmetic(.add, .bits64, .of(10), Int32(AddressSpace.frameSize))
    code.arithmetic(.add, .bits64, .rsp, Record.size)
    for index in (UInt8(6)...9).reversed() { code.pop(.of(index)) }
    guard isChecked else { return }
    code.call(backTo: routines.leaveFrame)
    code.arithmetic(.add, .bits64, .state(RunState.callsLeft), 1)
  }

  /// Arguments of the next round. Gives the end of the jump that is taken when there is none.
  private mutating func nextRound() -> Int {
    code.mov(.bits64, .scratch, record(Record.rounds))
    code.arithmetic(.cmp, .bits64, .scratch, record(Record.limit))
    let last = code.jumpForward32(.aboveOrEqual)
    code.mov(.bits64, .of(1), .scratch)
    code.mov(.bits64, .of(2), record(Record.context))
    return last
  }

  /// The same with the next element of the map, which the host finds.
  private mutating func nextElement(at index: Int) -> Int {
    visit(0, at: index)
    code.arithmetic(.cmp, .bits64, .of(0), -1)
    let last = code.jumpForward32(.equal)
    code.mov(.bits64, record(Record.entry), .of(0))
    visit(1, at: index)
    code.mov(.bits64, record(Record.key), .of(0))
    visit(2, at: index)
    code.mov(.bits64, .of(3), .of(0))
    code.mov(.bits64, .of(2), record(Record.key))
    code.mov(.bits64, .of(1), record(Record.limit))
    code.mov(.bits64, .of(4), record(Record.context))
    code.arithmetic(.add, .bits64, record(Record.entry), 1)
    return last
  }

  /// `MapSet.visit` of the entry.
  private mutating func visit(_ what: Int64, at index: Int) {
    code.mov(.bits64, .of(1), record(Record.limit))
    code.mov(.bits64, .of(2), record(Record.entry))
    code.mov(.of(3), what)
    code.mov(.bits64, .state(RunState.helperNumber), CallbackHelper.elements)
    callHelper(at: index)
  }

  /// Which function it is was not known before the program ran; what it can be was.
  private mutating func callFunction() {
    code.mov(.bits64, .scratch, record(Record.function))
    var ends: [Int] = []
    for function in functions {
      code.arithmetic(.cmp, .bits64, .scratch, function)
      let other = code.jumpForward32(.notEqual)
      code.push(.state)
      call(Int(function))
      code.arithmetic(.add, .bits64, .rsp, 8)
      ends.append(code.jumpForward32(nil))
      code.patch32(endingAt: other, to: code.count)
    }
    for end in ends { code.patch32(endingAt: end, to: code.count) }
  }
}
