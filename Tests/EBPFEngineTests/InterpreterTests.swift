import EBPFEngine
import Testing

/// Runs `body` with r1 = `x` and r2 = `y` and gives r0.
private func compute(_ body: String, _ x: UInt64, _ y: UInt64) throws -> UInt64? {
  try TestRun("lddw %r1, \(x)\nlddw %r2, \(y)\nmov %r0, %r1\n\(body)\nexit").value
}

private let minimum32: UInt64 = 0x8000_0000
private let minimum64: UInt64 = 1 << 63

@Suite struct ArithmeticSemantics {
  @Test(
    arguments: [
      ("div %r0, %r2", 7, 0, 0), ("div32 %r0, %r2", 7, 0, 0), ("sdiv %r0, %r2", 7, 0, 0), ("sdiv32 %r0, %r2", 7, 0, 0),
      ("div %r0, 0", 7, 0, 0), ("sdiv32 %r0, 0", 7, 0, 0),
      ("mod %r0, %r2", UInt64.max, 0, UInt64.max), ("mod32 %r0, %r2", UInt64.max, 0, 0xffff_ffff),
      ("smod %r0, %r2", UInt64.max, 0, UInt64.max), ("smod32 %r0, 0", UInt64.max, 0, 0xffff_ffff),
      ("div32 %r0, %r2", 10, 0x1_0000_0000, 0), ("mod32 %r0, %r2", 0x5_0000_000a, 0x1_0000_0000, 10),
    ] as [(String, UInt64, UInt64, UInt64)])
  func divisionByZeroGivesZeroAndModuloTheDividend(body: String, x: UInt64, y: UInt64, expected: UInt64) throws {
    #expect(try compute(body, x, y) == expected)
  }

  @Test(
    arguments: [
      ("sdiv %r0, -1", minimum64, minimum64), ("smod %r0, -1", minimum64, 0),
      ("sdiv32 %r0, -1", minimum32, minimum32), ("smod32 %r0, -1", minimum32, 0),
      ("sdiv %r0, 2", UInt64(bitPattern: -7), UInt64(bitPattern: -3)),
      ("smod %r0, 2", UInt64(bitPattern: -7), UInt64(bitPattern: -1)),
      ("smod %r0, -2", 7, 1), ("neg %r0", minimum64, minimum64), ("neg32 %r0", 0xffff_ffff_8000_0000, minimum32),
      ("mul %r0, -1", minimum64, minimum64), ("mul32 %r0, -1", minimum32, minimum32),
    ] as [(String, UInt64, UInt64)])
  func theSmallestNumberNeverTraps(body: String, x: UInt64, expected: UInt64) throws {
    #expect(try compute(body, x, 0) == expected)
  }

  @Test(
    arguments: [
      ("mov32 %r0, %r0", UInt64.max, 0xffff_ffff), ("lsh32 %r0, 0", UInt64.max, 0xffff_ffff),
      ("rsh32 %r0, 0", UInt64.max, 0xffff_ffff), ("arsh32 %r0, 0", UInt64.max, 0xffff_ffff),
      ("add32 %r0, 0", UInt64.max, 0xffff_ffff), ("or32 %r0, 0", UInt64.max, 0xffff_ffff),
      ("mov32 %r0, -1", 0, 0xffff_ffff), ("movsx832 %r0, %r1", 0x80, 0xffff_ff80),
      ("movsx864 %r0, %r1", 0x80, UInt64(bitPattern: -128)), ("movsx3264 %r0, %r1", minimum32, 0xffff_ffff_8000_0000),
      ("movsx1632 %r0, %r1", 0xf_8000, 0xffff_8000), ("arsh32 %r0, 4", minimum32, 0xf800_0000),
    ] as [(String, UInt64, UInt64)])
  func every32BitResultClearsTheUpperHalf(body: String, x: UInt64, expected: UInt64) throws {
    #expect(try compute(body, x, 0) == expected)
  }

  @Test(
    arguments: [
      ("lsh %r0, %r2", 1, 65, 2), ("rsh %r0, %r2", 8, 64, 8), ("arsh %r0, %r2", minimum64, 127, UInt64.max),
      ("lsh32 %r0, %r2", 1, 33, 2), ("rsh32 %r0, %r2", 8, 32, 8), ("lsh %r0, 65", 1, 0, 2), ("lsh32 %r0, 33", 1, 0, 2),
      ("lsh %r0, -1", 1, 0, minimum64), ("rsh32 %r0, 0xffffffff", minimum32, 0, 1),
    ] as [(String, UInt64, UInt64, UInt64)])
  func shiftCountsAreMasked(body: String, x: UInt64, y: UInt64, expected: UInt64) throws {
    #expect(try compute(body, x, y) == expected)
  }

  @Test(
    arguments: [
      ("le16 %r0", 0x1122_3344_5566_7788, 0x7788), ("le32 %r0", 0x1122_3344_5566_7788, 0x5566_7788),
      ("le64 %r0", 0x1122_3344_5566_7788, 0x1122_3344_5566_7788), ("be16 %r0", 0x1122_3344_5566_7788, 0x8877),
      ("be32 %r0", 0x1122_3344_5566_7788, 0x8877_6655), ("be64 %r0", 0x1122_3344_5566_7788, 0x8877_6655_4433_2211),
      ("bswap16 %r0", 0x1122_3344_5566_7788, 0x8877), ("bswap32 %r0", 0x1122_3344_5566_7788, 0x8877_6655),
      ("bswap64 %r0", 0x1122_3344_5566_7788, 0x8877_6655_4433_2211),
    ] as [(String, UInt64, UInt64)])
  func byteOrderConversionsTruncate(body: String, x: UInt64, expected: UInt64) throws {
    #expect(try compute(body, x, 0) == expected)
  }

  @Test func immediatesAreSignExtendedBeforeUnsigned64BitDivision() throws {
    #expect(try compute("div %r0, -2", UInt64.max, 0) == 1)
    #expect(try compute("mod %r0, -2", UInt64.max, 0) == 1)
    #expect(try TestRun("stdw [%r10-8], -2\nldxdw %r0, [%r10-8]\nexit").value == UInt64.max - 1)
  }
}

@Suite struct AtomicSemantics {
  private func run(_ body: String) throws -> UInt64? {
    try TestRun("lddw %r3, 0x1122334455667788\nstxdw [%r10-8], %r3\n\(body)\nexit").value
  }

  @Test func fetchOf32BitsZeroExtends() throws {
    for name in ["fetch_add32", "fetch_or32", "fetch_and32", "fetch_xor32", "xchg32"] {
      #expect(try run("mov %r2, -1\nlock \(name) [%r10-8], %r2\nmov %r0, %r2") == 0x5566_7788, "\(name)")
    }
  }

  @Test func compareAndExchange32ComparesTheLowHalfAndAlwaysWritesR0() throws {
    let body = "lddw %r0, 0xffffffff55667788\nmov %r2, 9\nlock cmpxchg32 [%r10-8], %r2\n"
    #expect(try run(body) == 0x5566_7788)
    #expect(try run(body + "ldxdw %r0, [%r10-8]") == 0x1122_3344_0000_0009)
    #expect(
      try run("mov %r0, 1\nmov %r2, 9\nlock cmpxchg32 [%r10-8], %r2\nldxdw %r0, [%r10-8]") == 0x1122_3344_5566_7788)
  }

  @Test func compareAndExchangeLeavesItsSource() throws {
    #expect(try run("mov %r0, %r3\nmov %r2, 9\nlock cmpxchg [%r10-8], %r2\nmov %r0, %r2") == 9)
  }

  @Test func plainFormsLeaveTheirSource() throws {
    #expect(try run("mov %r2, 1\nlock add [%r10-8], %r2\nmov %r0, %r2") == 1)
    #expect(try run("mov %r2, 1\nlock add32 [%r10-8], %r2\nldxdw %r0, [%r10-8]") == 0x1122_3344_5566_7789)
  }

  @Test func readOnlyMemoryRefusesThem() throws {
    let program = try Assembler.assemble(Array("lock add [%r1], %r2\nexit".utf8))
    let run = try TestRun(program, context: [UInt8](0..<64), budget: 9, rights: .read)
    #expect(run.fault == Fault(slot: 0, kind: .write(address: TestRun.contextBase, size: 8)))
    let writeOnly = try TestRun(program, context: [UInt8](0..<64), budget: 9, rights: .write)
    #expect(writeOnly.fault == Fault(slot: 0, kind: .read(address: TestRun.contextBase, size: 8)))
  }
}

@Suite struct MemoryChecks {
  @Test(arguments: [1, 2, 4, 8])
  func accessesEndWithTheRegion(size: Int) throws {
    let name = [1: "b", 2: "h", 4: "w", 8: "dw"][size]!
    #expect(try TestRun("ldx\(name) %r0, [%r1+\(64 - size)]\nexit").value != nil)
    #expect(
      try TestRun("ldx\(name) %r0, [%r1+\(65 - size)]\nexit").fault?.kind
        == .read(address: TestRun.contextBase + UInt64(65 - size), size: UInt8(size)))
    #expect(
      try TestRun("st\(name) [%r1-1], 0\nexit").fault?.kind
        == .write(address: TestRun.contextBase - 1, size: UInt8(size)))
    #expect(try TestRun("stx\(name) [%r10-512], %r1\nmov %r0, 0\nexit").value == 0)
    #expect(try TestRun("stx\(name) [%r10-513], %r1\nexit").fault != nil)
    #expect(try TestRun("stx\(name) [%r10], %r1\nexit").fault != nil)
  }

  @Test func addressesThatWrapAroundAreRefused() throws {
    for address in [0, UInt64.max, UInt64.max - 6, UInt64.max - 7, 1 << 63] {
      #expect(
        try TestRun("lddw %r1, \(address)\nldxdw %r0, [%r1]\nexit").fault?.kind == .read(address: address, size: 8))
    }
  }

  @Test func readOnlyRegionsRefuseWrites() throws {
    let program = try Assembler.assemble(Array("ldxb %r0, [%r1]\nstb [%r1], 1\nexit".utf8))
    let run = try TestRun(program, context: [7], budget: 9, rights: .read)
    #expect(run.fault == Fault(slot: 1, kind: .write(address: TestRun.contextBase, size: 1)))
    #expect(run.context == [7])
  }

  @Test func oneInstructionMayMeetSeveralRegions() throws {
    // The load alternates between stack and context: what it remembers must never grant the wrong region.
    let run = try TestRun(
      """
      mov %r6, 10
      stb [%r10-1], 5
      mov %r0, 0
      mov %r2, %r10
      add %r2, -1
      mov %r3, %r1
      loop: ldxb %r4, [%r2]
      add %r0, %r4
      mov %r5, %r2
      mov %r2, %r3
      mov %r3, %r5
      sub %r6, 1
      jne %r6, 0, loop
      exit
      """, context: [3])
    #expect(run.value == 40)
  }

  @Test func theStackIsClearedBeforeEveryRun() throws {
    let executable = try Executable(Assembler.assemble(Array("ldxdw %r0, [%r10-8]\nstdw [%r10-8], 7\nexit".utf8)))
    let space = AddressSpace()
    var helpers = NoHelpers()
    for _ in 0..<2 {
      let result = Interpreter.run(executable, in: space, arguments: HelperArguments(), budget: 9, helpers: &helpers)
      #expect(result == RunResult(outcome: .returned(0), instructionCount: 3))
    }
  }

  @Test func regionsMayNotOverlapOrWrap() throws {
    let space = AddressSpace()
    let storage = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
    defer { storage.deallocate() }
    let id = try space.addRegion(storage, size: 64, base: 0x1000, rights: .read)
    func add(_ base: UInt64, _ size: Int) throws(AddressSpaceError) {
      _ = try space.addRegion(storage, size: size, base: base, rights: .read)
    }
    #expect(throws: AddressSpaceError.overlaps) { try add(0x103f, 8) }
    #expect(throws: AddressSpaceError.overlaps) { try add(0xfff, 2) }
    #expect(throws: AddressSpaceError.overlaps) { try add(space.stackTop - 1, 1) }
    #expect(throws: AddressSpaceError.wrapsAround) { try add(UInt64.max, 8) }
    #expect(throws: AddressSpaceError.wrapsAround) { try add(0x2000, -1) }
    try space.moveRegion(id, to: storage, size: 64, base: 0x1020, rights: .read)
    #expect(space.pointer(to: 0x1000, size: 1, rights: .read) == nil)
    #expect(space.pointer(to: 0x105f, size: 1, rights: .read) == storage + 63)
    #expect(space.pointer(to: 0x105f, size: 2, rights: .read) == nil)
    #expect(space.pointer(to: 0x1020, size: 1, rights: .write) == nil)
    for index in 2..<AddressSpace.maximumRegionCount { try add(UInt64(index) * 0x10000, 64) }
    #expect(throws: AddressSpaceError.tooManyRegions) { try add(0x9000_0000, 64) }
  }

  @Test func aRegionThatMovedIsNoLongerRemembered() throws {
    let executable = try Executable(Assembler.assemble(Array("ldxb %r0, [%r1]\nexit".utf8)))
    let space = AddressSpace()
    let storage = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
    storage.initializeMemory(as: UInt8.self, repeating: 9, count: 8)
    defer { storage.deallocate() }
    var helpers = NoHelpers()
    let id = try space.addRegion(storage, size: 8, base: 0x1000, rights: .read)
    func run() -> RunResult.Outcome {
      let arguments = HelperArguments(r1: 0x1000)
      return Interpreter.run(executable, in: space, arguments: arguments, budget: 9, helpers: &helpers).outcome
    }
    #expect(run() == .returned(9))
    try space.moveRegion(id, to: storage, size: 8, base: 0x2000, rights: .read)
    #expect(run() == .fault(Fault(slot: 0, kind: .read(address: 0x1000, size: 1))))
    // Another address space never sees this one's regions.
    let other = AddressSpace()
    let arguments = HelperArguments(r1: 0x2000)
    let result = Interpreter.run(executable, in: other, arguments: arguments, budget: 9, helpers: &helpers)
    #expect(result.outcome == .fault(Fault(slot: 0, kind: .read(address: 0x2000, size: 1))))
  }
}

@Suite struct ControlFlow {
  @Test func anEndlessLoopEndsWithTheBudget() throws {
    let run = try TestRun("loop: ja loop\nexit", budget: 12_345)
    #expect(run.fault == Fault(slot: 0, kind: .budgetExhausted))
    #expect(run.result.instructionCount == 12_345)
  }

  @Test func theBudgetIsExact() throws {
    let source = "mov %r0, 1\nmov %r0, 2\nexit"
    #expect(try TestRun(source, budget: 0).fault == Fault(slot: 0, kind: .budgetExhausted))
    #expect(try TestRun(source, budget: 2).fault == Fault(slot: 2, kind: .budgetExhausted))
    #expect(try TestRun(source, budget: 3).value == 2)
    #expect(try TestRun(source, budget: .max).value == 2)
  }

  @Test func gotolTakesItsDistanceFromTheImmediate() throws {
    let padding = String(repeating: "mov %r0, 1\n", count: 40_000)
    #expect(try TestRun("mov %r0, 7\nja32 end\n\(padding)end: exit").value == 7)
  }

  @Test func eachCallHasItsOwnFrame() throws {
    let run = try TestRun(
      """
      stdw [%r10-8], 1
      mov %r6, 3
      mov %r1, %r10
      call local f
      ldxdw %r0, [%r10-8]
      add %r0, %r6
      exit
      f: stdw [%r10-8], 100
      mov %r6, 50
      stdw [%r1-16], 9
      exit
      """)
    #expect(run.value == 4)
  }

  @Test func framesOfFinishedCallsAreOutOfReach() throws {
    let run = try TestRun("call local f\nldxb %r0, [%r0]\nexit\nf: mov %r0, %r10\nadd %r0, -8\nexit")
    #expect(run.fault?.slot == 1)
  }

  @Test func eightFramesAreTheLimit() throws {
    let source = "mov %r0, 0\ncall local f\nexit\nf: add %r0, 1\njeq %r0, N, done\ncall local f\ndone: exit"
    func run(_ depth: Int) throws -> TestRun { try TestRun(source.replacing("N", with: "\(depth)")) }
    #expect(try run(7).value == 7)
    #expect(try run(8).fault == Fault(slot: 5, kind: .callDepth))
  }

  @Test func unknownHelpersAreFaults() throws {
    #expect(try TestRun("call 6\nexit").fault == Fault(slot: 0, kind: .helper(number: 6, .unknownHelper)))
    #expect(
      try TestRun("lddw %r3, 0x100000005\ncall %r3\nexit").fault
        == Fault(slot: 2, kind: .helper(number: 0x1_0000_0005, .unknownHelper)))
    #expect(try TestRun("mov %r1, 4\nmov %r2, 5\ncall 5\nexit").value == 9)
  }

  @Test func aMillionInstructionsRun() throws {
    let slots = Array(repeating: EncodedSlot(opcode: 0x07, immediate: 1), count: 999_999) + [EncodedSlot(opcode: 0x95)]
    let run = try TestRun(Program(slots: slots), context: [0], budget: 1_000_000)
    #expect(run.value == 999_999)
  }

  @Test func immediatesWithoutMeaningAreRefusedBeforeTheRun() throws {
    let program = try Assembler.assemble(Array("mov %r0, 0\nlddw %r1, map_fd 3\nexit".utf8))
    do {
      _ = try Executable(program)
      Issue.record("accepted")
    } catch { #expect(error == LinkError(slot: 1, immediate: .mapByDescriptor(3))) }
  }

  @Test func aHelperCannotStartARunInTheSameAddressSpace() throws {
    struct Recursive: HelperHost {
      let executable: Executable
      var inner: RunResult.Outcome?
      mutating func call(
        _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
      ) throws(HelperFault) -> UInt64 {
        var helpers = NoHelpers()
        inner = Interpreter.run(executable, in: memory, arguments: arguments, budget: 9, helpers: &helpers).outcome
        return 1
      }
    }
    let executable = try Executable(Assembler.assemble(Array("call 1\nexit".utf8)))
    var host = Recursive(executable: executable)
    let space = AddressSpace()
    let result = Interpreter.run(executable, in: space, arguments: HelperArguments(), budget: 9, helpers: &host)
    #expect(result.outcome == .returned(1))
    #expect(host.inner == .fault(Fault(slot: 0, kind: .addressSpaceInUse)))
  }
}
