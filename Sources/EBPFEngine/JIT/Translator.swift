/// Translates micro-operations to machine code, in one pass over the program.
///
/// A block is a run of instructions that is entered at its first and left after its last only. Its instructions are
/// taken from the budget together, at its start. Where the budget does not suffice, the interpreter goes on from there
/// and stops at the right instruction.
struct Translator {
  /// Code that few runs come to, put behind the program.
  struct Stub {
    enum Kind {
      /// The budget is short of the block of `length` instructions at instruction `place`.
      case budget(place: Int32, length: Int32)
      /// The site ends the program.
      case end(RunEnd, site: Int)
      /// The region of the last time was not the right one; `back` goes on with the access.
      case search(site: Int, back: Int)
    }
    let jumpEnd: Int
    let kind: Kind
  }

  /// Places of the code that the whole program shares.
  struct Routines {
    var leave = 0
    var end = 0
    var search = 0
    var callHelper = 0
    var enterFrame = 0
    var leaveFrame = 0
  }

  let operations: UnsafeMutablePointer<MicroOperation>
  let count: Int
  /// What helpers may call.
  let functions: [Int32]
  /// Whether every access to memory is checked, and the state kept that the checks need.
  let isChecked: Bool
  /// Whether programs use addresses as the processor does.
  let hasRealAddresses: Bool

  var code: CodeWriter
  var sites: [NativeSite] = []
  var routines = Routines()
  /// Register whose value the zero flag tells, and whether all 64 bits of it.
  var flags: (register: UInt8, isWide: Bool)?
  private var stubs: [Stub] = []
  private var starts: [Int32]
  private var isLeader: [Bool]
  private var fixups: [(end: Int, target: Int)] = []
  /// Index after the last instruction of the current block.
  private var blockEnd = 0

  init(_ executable: Executable, isChecked: Bool, hasRealAddresses: Bool, into buffer: UnsafeMutableRawBufferPointer) {
    operations = executable.operations
    count = executable.count
    functions = executable.functions
    self.isChecked = isChecked
    self.hasRealAddresses = hasRealAddresses
    code = CodeWriter(buffer)
    starts = Array(repeating: 0, count: executable.count)
    isLeader = Array(repeating: false, count: executable.count + 1)
  }

  mutating func translate() {
    findBlocks()
    let callOfProgram = writeEntry()
    fixups.append((callOfProgram, 0))
    writeRoutines()
    var index = 0
    while index < count {
      let end = self.end(ofBlock: index)
      let loop = countedLoop(index..<end)
      let start = loop.map { writeCounted($0, index..<end) }
      // A short loop that crosses a line of the cache takes up to half as long again; one with checks is longer anyway.
      if !isChecked && isLoop(index..<end) { code.align() }
      starts[index] = Int32(truncatingIfNeeded: code.count)
      beginBlock(index, end)
      writeBody(index..<end)
      if let start { starts[index] = start }
      index = end
    }
    for stub in stubs { write(stub) }
    for fixup in fixups { code.patch32(endingAt: fixup.end, to: Int(starts[fixup.target])) }
  }

  // MARK: Blocks

  private mutating func findBlocks() {
    isLeader[0] = true
    for function in functions { isLeader[Int(function)] = true }
    for index in 0..<count {
      let operation = operations[index]
      switch operation.code {
      case .exit, .callLoop, .callElements: isLeader[index + 1] = true
      default:
        guard operation.code.isJump else { continue }
        isLeader[index + 1] = true
        isLeader[Int(operation.auxiliary)] = true
      }
    }
  }

  /// Index after the last instruction of the block that begins at `start`.
  private func end(ofBlock start: Int) -> Int {
    var end = start + 1
    while end < count && !isLeader[end] { end += 1 }
    return end
  }

  /// Whether a block jumps to itself.
  func isLoop(_ block: Range<Int>) -> Bool {
    let last = operations[block.upperBound - 1]
    return last.code.isBranch && Int(last.auxiliary) == block.lowerBound
  }

  private mutating func beginBlock(_ index: Int, _ end: Int) {
    blockEnd = end
    let length = Int32(truncatingIfNeeded: blockEnd - index)
    code.arithmetic(.sub, .bits64, .remaining, length)
    stub(.below, .budget(place: Int32(truncatingIfNeeded: index), length: length))
  }

  private mutating func writeBody(_ block: Range<Int>) {
    flags = nil
    for index in block {
      let known = flags
      flags = nil
      write(operations[index], at: index, known)
    }
  }

  /// Writes a loop as it is where the budget suffices for all of its rounds, before the one that counts round by round.
  ///
  /// - Returns: where it is entered.
  private mutating func writeCounted(_ loop: CountedLoop, _ block: Range<Int>) -> Int32 {
    let entry = Int32(truncatingIfNeeded: code.count)
    let misses = payAhead(loop, length: block.count)
    code.align()
    starts[block.lowerBound] = Int32(truncatingIfNeeded: code.count)
    writeBody(block)
    jump(nil, from: block.lowerBound, to: block.upperBound)
    for miss in misses { code.patch32(endingAt: miss, to: code.count) }
    return entry
  }

  /// Notes that the instruction can end the program and gives its site's number.
  mutating func site(_ index: Int) -> Int {
    sites.append(
      NativeSite(
        operation: Int32(truncatingIfNeeded: index), pending: Int32(truncatingIfNeeded: blockEnd - index)))
    return sites.count - 1
  }

  // MARK: Jumps

  /// Jumps to code behind the program.
  mutating func stub(_ condition: NativeCondition?, _ kind: Stub.Kind) {
    stubs.append(Stub(jumpEnd: code.jumpForward32(condition), kind: kind))
  }

  mutating func search(from jumpEnd: Int, site: Int, back: Int) {
    stubs.append(Stub(jumpEnd: jumpEnd, kind: .search(site: site, back: back)))
  }

  mutating func jump(_ condition: NativeCondition?, from index: Int, to target: Int) {
    if target <= index {
      code.jump(condition, backTo: Int(starts[target]))
    } else {
      fixups.append((code.jumpForward32(condition), target))
    }
  }

  mutating func call(_ target: Int) { fixups.append((code.callForward(), target)) }

  private mutating func write(_ stub: Stub) {
    code.patch32(endingAt: stub.jumpEnd, to: code.count)
    switch stub.kind {
    case .budget(let place, let length):
      code.arithmetic(.add, .bits64, .remaining, length)
      code.mov(.scratch, Int64(place))
      code.mov(.bits64, .state(RunState.end), Int32(RunEnd.budget.rawValue))
      code.jump(nil, backTo: routines.end)
    case .end(let end, let site):
      code.mov(.scratch, Int64(site))
      code.mov(.bits64, .state(RunState.end), Int32(end.rawValue))
      code.jump(nil, backTo: routines.end)
    case .search(let site, let back):
      // The offset in the wrong region becomes the address again.
      code.arithmetic(.add, .bits64, .address, NativeMemory(.scratch, RegionEntry.baseOffset))
      code.mov(.scratch, Int64(site))
      code.call(backTo: routines.search)
      code.jump(nil, backTo: back)
    }
  }
}

extension Code {
  /// Whether the operation has a target.
  var isJump: Bool { isBranch || self == .jump || self == .mayGoto || self == .callLocal }
  var isBranch: Bool { rawValue >= Code.firstBranch.rawValue && rawValue <= Code.jsle32r.rawValue }
}
