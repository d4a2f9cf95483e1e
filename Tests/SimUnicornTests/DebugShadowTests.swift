import SimCPU
import SimEvents
import Testing

/// MOV SS and POP SS hold debug exceptions off until the next instruction is done (SDM volume 3, 6.8.3); STI does not.
@Suite struct DebugShadowTests {
  private typealias Place = CPUBench.Place

  private static let movSSFromData: Code = [0x8e, 0x14, 0x25, 0x00, 0x00, 0x03, 0x00]  // mov ss, [0x30000]
  private static let movSSFromRAX: Code = [0x8e, 0xd0]
  private static let int1: Code = [0xf1]
  /// Where the instruction behind ``movSSFromData`` is, if that is the first.
  private static let next = Place.code + 7

  /// Runs `code`, then HLT; the handler of #DB counts in R9 and returns. DR0 watches the word that MOV SS reads.
  private static func bench(_ code: Code, watches: Bool = true) throws -> CPUBench {
    let bench = try CPUBench()
    bench.handle(1, [0x49, 0xff, 0xc1], Asm.iretq)  // inc r9
    for vector in [3, 6] as [UInt8] { bench.handle(vector, ist: 1, Asm.nop, Asm.hlt) }
    bench.place(code, Asm.hlt)
    bench.put(Place.data, 16)
    bench.enter()
    bench.change {
      $0.general[0] = 16
      guard watches else { return }
      $0.debug[0] = Place.data
      $0.debug[7] = 0x7_0402  // two bytes, reads and writes, global
    }
    return bench
  }

  private static func addresses(_ bench: CPUBench) -> [UInt64] { bench.exceptions.map(\.instructionPointer) }

  @Test func aDataBreakpointOfMovSSIsReportedAfterTheNextInstruction() throws {
    let bench = try Self.bench(Self.movSSFromData + Asm.nop + Asm.nop)
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [1])
    #expect(Self.addresses(bench) == [Self.next + 1])
    #expect(bench.exceptions.map(\.retired) == [2])
    #expect(bench.cpu.state.debug[6] & 0xf == 1)
    #expect(bench.register(.r9) == 1)
  }

  @Test func popSSHoldsItsBreakpointOffAsWell() throws {
    let bench = try CPUBench()
    bench.handle(1, Asm.hlt)
    bench.place([0x17], Asm.nop, Asm.nop, Asm.hlt)  // pop ss, in 32-bit code
    bench.put(Place.stack, 16)
    bench.change {
      $0.segments[1] = .flatCode(8, is64Bit: false)
      $0.debug[0] = Place.stack
      $0.debug[7] = 0x7_0402
    }
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [1])
    #expect(Self.addresses(bench) == [Place.code + 2])
    #expect(bench.cpu.state.debug[6] & 0xf == 1)
  }

  @Test func theBreakpointIsReportedWithINT1() throws {
    let bench = try Self.bench(Self.movSSFromData + Self.int1 + Asm.nop)
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [1])
    #expect(Self.addresses(bench) == [Self.next + 1])
    #expect(bench.cpu.state.debug[6] & 0xf == 1)
  }

  @Test func aSoftwareInterruptIsEnteredFirst() throws {
    let bench = try Self.bench(Self.movSSFromData + Asm.int3)
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [3, 1])
    #expect(Self.addresses(bench) == [Self.next, Place.handlers + 3 * 64])
    #expect(bench.exceptions.map(\.retired) == [2, 2])
  }

  @Test func aFaultIsEnteredFirst() throws {
    let bench = try Self.bench(Self.movSSFromData + Asm.ud2)
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [6, 1])
    #expect(Self.addresses(bench) == [Self.next, Place.handlers + 6 * 64])
    #expect(bench.exceptions.map(\.retired) == [1, 1])
  }

  @Test func aHeldBreakpointEndsAHalt() throws {
    let bench = try Self.bench(Self.movSSFromData + Asm.hlt + Asm.incRAX)
    #expect(bench.run() == .halt)
    #expect(Self.addresses(bench) == [Self.next + 1])
    #expect(bench.register(.rax) == 17)
  }

  @Test(arguments: [true, false])
  func anExecutionBreakpointBehindMovSSPassesUnnoticed(isMovSS: Bool) throws {
    let first = isMovSS ? Self.movSSFromRAX : Asm.nop + Asm.sti
    let bench = try Self.bench(first + Asm.nop + Asm.nop, watches: false)
    bench.change {
      $0.debug[1] = Place.code + 2
      $0.debug[7] = 0x408
    }
    bench.handle(1, ist: 1, Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.vectors == (isMovSS ? [] : [1]))
  }

  @Test func oneOfTwoMovSSHoldsOff() throws {
    let bench = try Self.bench(Self.movSSFromData + Self.movSSFromRAX + Asm.nop)
    #expect(bench.run() == .halt)
    #expect(Self.addresses(bench) == [Self.next + 2])
  }

  /// A run that is interrupted at any instruction by a move to a fresh engine meets the same exceptions.
  @Test func whatIsHeldOffGoesWithTheState() throws {
    let code = Asm.nop + Self.movSSFromData + Asm.nop + Asm.sti + Asm.nop
    let whole = try Self.bench(code)
    #expect(whole.run() == .halt)
    #expect(Self.addresses(whole) == [Place.code + 9])
    for number in 0..<whole.retired {
      let (first, second) = (try Self.bench(code), try Self.bench(code))
      first.run(number)
      #expect(second.memory.write(first.memory.read(0, count: 0x40000)!, at: 0))
      try second.cpu.restore(first.cpu.engineState)
      #expect(second.cpu.engineState == first.cpu.engineState)
      #expect(second.run() == .halt)
      #expect(first.exceptions + second.exceptions == whole.exceptions, "moved before instruction \(number)")
      #expect(second.cpu.state == whole.cpu.state)
    }
  }

  @Test func aBreakpointOfTheCallersChangesNothing() throws {
    let bench = try Self.bench(Self.movSSFromData + Asm.nop + Asm.nop)
    bench.cpu.addBreakpoint(Self.next)
    #expect(bench.run() == .breakpoint)
    #expect(bench.vectors == [])
    #expect(bench.cpu.state.shadow == [.interrupts, .debugExceptions, .heldBreakpoints(1)])
    #expect(bench.run() == .halt)
    #expect(Self.addresses(bench) == [Self.next + 1])
  }

  @Test func anImpossibleShadowIsRefused() throws {
    let bench = try CPUBench()
    for value in [2, 4, 0x11, 0x80] as [UInt8] {
      var state = bench.cpu.engineState
      state.cpu.shadow = ExecutionShadow(rawValue: value)
      #expect(throws: EngineStateError.self) { try bench.cpu.restore(state) }
    }
  }

  // MARK: single steps

  @Test func aStepAndADataBreakpointAreOneException() throws {
    let bench = try Self.bench(Asm.load(.rbx, Place.data) + Asm.nop)
    bench.handle(1, ist: 1, Asm.hlt)
    bench.change { $0.rflags = 0x102 }
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [1])
    #expect(bench.cpu.state.debug[6] & 0x400f == 0x4001)
  }

  @Test func aStepOverHLTEndsTheHalt() throws {
    let bench = try Self.bench(Asm.sti + Asm.hlt + Asm.incRAX, watches: false)
    bench.change { $0.rflags = 0x102 }
    #expect(bench.run(3 * 3) == .horizon)  // each with the two of the handler
    #expect(Self.addresses(bench) == [Place.code + 1, Place.code + 2, Place.code + 5])
    #expect(bench.register(.rax) == 17)
  }

  /// A store that is not aligned, near the start of its page, touches no byte before it.
  @Test(arguments: [UInt64(0), 1, 4, 5, 6, 7])
  func aStoreThatIsNotAlignedHitsItsOwnBytesOnly(watched: UInt64) throws {
    let bench = try CPUBench()
    bench.handle(1, [0x49, 0xff, 0xc1], Asm.iretq)
    bench.place([0x66, 0x89, 0x04, 0x25, 0x05, 0x00, 0x03, 0x00], Asm.nop, Asm.hlt)  // mov [0x30005], ax
    bench.enter()
    bench.change {
      $0.debug[0] = Place.data + watched
      $0.debug[7] = 0x1_0402  // one byte, writes, global
    }
    #expect(bench.run() == .halt)
    #expect(bench.vectors == (watched == 5 || watched == 6 ? [1] : []))
  }
}
