/// A loop of one block that counts by 1 until a register is something else than it is now: how often it goes round is known
/// before it begins.
struct CountedLoop {
  let counter: UInt8
  /// Whether the counter goes up.
  let isRising: Bool
  /// What the counter is in the end.
  let end: Operand

  enum Operand {
    case register(UInt8)
    case immediate(Int32)
  }
}

extension Translator {
  /// The loop that a block is, where nothing in it can end the program: then all its rounds can be taken from the budget
  /// before the first.
  func countedLoop(_ block: Range<Int>) -> CountedLoop? {
    guard !isChecked, isLoop(block), block.upperBound < count else { return nil }
    let branch = operations[block.upperBound - 1]
    guard branch.code == .jne64i || branch.code == .jne64r else { return nil }
    let counter = branch.destination
    let end: CountedLoop.Operand =
      branch.code == .jne64r ? .register(branch.source) : .immediate(Int32(truncatingIfNeeded: branch.immediate))
    var step: Int64?
    for index in block.dropLast() {
      let operation = operations[index]
      guard !operation.code.canEndProgram else { return nil }
      guard let written = operation.writtenRegister else { continue }
      if written == counter {
        guard step == nil, operation.code == .add64i || operation.code == .sub64i else { return nil }
        step = operation.code == .add64i ? operation.immediate : 0 &- operation.immediate
      }
      if case .register(written) = end { return nil }
    }
    guard step == 1 || step == -1 else { return nil }
    return CountedLoop(counter: counter, isRising: step == 1, end: end)
  }

  /// Takes the instructions of all rounds from the budget.
  ///
  /// - Returns: ends of the jumps for more rounds than 2^31, and where the budget does not suffice: nothing is taken then.
  mutating func payAhead(_ loop: CountedLoop, length: Int) -> [Int] {
    code.mov(.bits64, .scratch, .of(loop.counter))
    switch loop.end {
    case .register(let register): code.arithmetic(.sub, .bits64, .scratch, .of(register))
    case .immediate(0): break
    case .immediate(let value): code.arithmetic(.sub, .bits64, .scratch, value)
    }
    if loop.isRising { code.neg(.bits64, .scratch) }
    // No rounds left to count to means as many as there are numbers.
    code.lea(.address, NativeMemory(.scratch, -1))
    code.arithmetic(.cmp, .bits64, .address, .max)
    let tooMany = code.jumpForward32(.above)
    code.imul(.bits64, .scratch, Int32(truncatingIfNeeded: length))
    code.arithmetic(.cmp, .bits64, .remaining, .scratch)
    let tooFew = code.jumpForward32(.below)
    code.arithmetic(.sub, .bits64, .remaining, .scratch)
    return [tooMany, tooFew]
  }
}

extension Code {
  /// Whether translated code without checks can end the program here, or call something.
  fileprivate var canEndProgram: Bool {
    switch self {
    case .loadPacket, .mayGoto, .callLocal, .callHelper, .callRegister, .callLoop, .callElements, .exit: true
    default: false
    }
  }
}

extension MicroOperation {
  /// The register that an operation other than a call writes.
  fileprivate var writtenRegister: UInt8? {
    switch code {
    case .store8, .store16, .store32, .store64, .storeImmediate8, .storeImmediate16, .storeImmediate32,
      .storeImmediate64, .jump, .nop:
      return nil
    case .atomic32, .atomic64:
      let operation = AtomicOperation(rawValue: detail) ?? .exchange
      return operation.fetches ? operation == .compareExchange ? 0 : source : nil
    default: return destination
    }
  }
}
