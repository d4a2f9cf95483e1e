import SimCPU
import SimEvents
import SimMemory
import Testing

/// Exceptions as the guest's handlers meet them (SDM volume 3, chapter 6).
@Suite struct ExceptionTests {
  private typealias Place = CPUBench.Place
  private typealias Exception = CPUBench.Exception

  /// Pops the error code (or the return address, where there is none) into R8, then halts.
  private static let popAndHalt: Code = [0x41, 0x58] + Asm.hlt

  /// Runs `code` with a halting handler for `vector`; returns the one exception and what was on top of its stack.
  private static func first(_ vector: UInt8, cpl: UInt8 = 0, dpl: UInt64 = 0, _ code: Code) throws -> (
    Exception?, UInt64
  ) {
    let bench = try CPUBench()
    bench.handle(vector, privilege: dpl, popAndHalt)
    let start = cpl == 0 ? Place.code : Place.user
    bench.place(code, at: start)
    bench.enter(start, cpl: cpl)
    #expect(bench.run() == .halt)
    #expect(bench.exceptions.count == 1)
    return (bench.exceptions.first, bench.register(.r8))
  }

  @Test func anInvalidOpcodeHasNoErrorCodeAndDoesNotRetire() throws {
    let (exception, top) = try Self.first(6, Asm.nop + Asm.ud2)
    #expect(exception == Exception(vector: 6, instructionPointer: Place.code + 1, retired: 1))
    #expect(top == Place.code + 1)
  }

  @Test func aBreakpointInstructionReturnsBehindItself() throws {
    let (exception, top) = try Self.first(3, Asm.nop + Asm.int3)
    #expect(exception == Exception(vector: 3, instructionPointer: Place.code + 1, retired: 2))
    #expect(top == Place.code + 2)
  }

  @Test func intReturnsBehindItself() throws {
    let (exception, top) = try Self.first(0x80, cpl: 3, dpl: 3, Asm.nop + Asm.int(0x80))
    #expect(exception?.vector == 0x80)
    #expect(exception?.instructionPointer == Place.user + 1)
    #expect(top == Place.user + 3)
  }

  @Test func intThroughAPrivilegedGateIsGeneralProtection() throws {
    let bench = try CPUBench()
    bench.handle(0x80, Asm.hlt)
    bench.handle(13, Self.popAndHalt)
    bench.place(Asm.nop, Asm.int(0x80), at: Place.user)
    bench.enter(Place.user, cpl: 3)
    #expect(bench.run() == .halt)
    #expect(
      bench.exceptions.last
        == Exception(vector: 13, errorCode: 0x402, instructionPointer: Place.user + 1, retired: 1))
    #expect(bench.register(.r8) == 0x402)
    #expect(bench.retired == 3)
  }

  @Test func divisionByZeroPointsAtTheDivision() throws {
    let (exception, top) = try Self.first(0, Asm.nop + [0x48, 0xf7, 0xf1])
    #expect(exception == Exception(vector: 0, instructionPointer: Place.code + 1, retired: 1))
    #expect(top == Place.code + 1)
  }

  @Test(arguments: [0x8000_0000_0000, 0xffff_7fff_ffff_f000, 0x1234_5678_9abc_def0] as [UInt64])
  func aNonCanonicalAddressIsGeneralProtection(address: UInt64) throws {
    let (exception, top) = try Self.first(13, Asm.mov(.rbx, address) + [0x48, 0x8b, 0x03])
    #expect(exception == Exception(vector: 13, instructionPointer: Place.code + 10, retired: 1))
    #expect(top == 0)
  }

  @Test func privilegedInstructionsAreGeneralProtectionInUserMode() throws {
    for code in [Asm.hlt, Asm.cli, Asm.wrmsr, Asm.rdmsr, Asm.toControl(3, .rax), Asm.invlpg(0x1000), [0xe6, 0x10]] {
      let (exception, _) = try Self.first(13, cpl: 3, Asm.nop + code)
      #expect(exception == Exception(vector: 13, instructionPointer: Place.user + 1, retired: 1), "\(code)")
    }
  }

  @Test func anExceptionFromUserModeUsesThePrivilegedStack() throws {
    let bench = try CPUBench()
    bench.handle(6, Asm.hlt)
    bench.place(Asm.ud2, at: Place.user)
    bench.enter(Place.user, cpl: 3)
    #expect(bench.run() == .halt)
    #expect(bench.register(.rsp) == Place.privilegedStack - 40)
    let frame = (0..<5).map { bench.memory.read64(Place.privilegedStack - 40 + 8 * $0) }
    // The image of a fault's flags has RF.
    #expect(frame == [Place.user, 0x23, 0x1_0002, Place.userStack, 0x1b])
  }

  @Test func aFaultUsesTheInterruptStackOfItsGate() throws {
    let bench = try CPUBench()
    bench.handle(6, ist: 1, Asm.hlt)
    bench.place(Asm.ud2)
    #expect(bench.run() == .halt)
    #expect(bench.register(.rsp) == Place.interruptStack - 40)
  }

  @Test func aHandlerStackThatPKRUForbidsMakesADoubleFault() throws {
    let bench = try CPUBench()
    let stack = Place.test + 0x1000
    bench.map(Place.test, 0x80_0000 | 7 | 3 << 59)
    bench.handle(14, Asm.hlt)
    bench.handle(8, ist: 1, Self.popAndHalt)
    bench.place(Asm.setPKRU(2 << 6), Asm.load(.rax, 0x50_0000))
    bench.change { $0.general[4] = stack }
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [14, 14, 8] || bench.vectors == [14, 8])
    #expect(bench.exceptions.last?.errorCode == 0)
    #expect(bench.cpu.state.cr2 == stack - 8)
    #expect(bench.register(.r8) == 0)
    #expect(bench.register(.rsp) == Place.interruptStack - 40)
    let denied = bench.events.contains {
      if case .accessDenied(let address, _, "key-write-disabled", 0x23, 3, 2 << 6, _) = $0.payload {
        address == stack - 8
      } else {
        false
      }
    }
    #expect(denied)
  }

  @Test func anUnusableDoubleFaultStackIsATripleFault() throws {
    let bench = try CPUBench()
    let stack = Place.test + 0x1000
    bench.map(Place.test, 0x80_0000 | 7 | 3 << 59)
    bench.put(Place.tss + 0x24, stack)
    bench.handle(14, Asm.hlt)
    bench.handle(8, ist: 1, Asm.hlt)
    bench.place(Asm.setPKRU(2 << 6), Asm.load(.rax, 0x50_0000))
    bench.change { $0.general[4] = stack }
    #expect(bench.run() == .shutdown)
    #expect(bench.retired == 4)
  }

  @Test func withoutHandlersAnyFaultIsATripleFault() throws {
    let bench = try CPUBench()
    bench.change { $0.idt = (0, 0) }
    bench.place(Asm.nop, Asm.ud2)
    #expect(bench.run() == .shutdown)
    #expect(bench.retired == 1)
  }

  @Test func theTrapFlagTrapsAfterEachInstruction() throws {
    let bench = try CPUBench()
    bench.handle(1, Asm.iretq)
    bench.place(Asm.nop, Asm.nop, Asm.incRAX, Asm.hlt)
    bench.change { $0.rflags = 0x102 }
    #expect(bench.run(8) == .horizon)  // a step over HLT ends the halt
    #expect(bench.vectors == [1, 1, 1, 1])
    #expect(
      bench.exceptions.map(\.instructionPointer) == [
        Place.code + 1, Place.code + 2, Place.code + 5, Place.code + 6,
      ])
    #expect(bench.exceptions.map(\.retired) == [1, 3, 5, 7])
  }

  @Test func manyFaultsInARowKeepTheCount() throws {
    let bench = try CPUBench()
    bench.handle(6, [0x48, 0x83, 0x04, 0x24, 0x02], Asm.iretq)
    bench.place(Asm.mov(.rcx, 1000), Asm.ud2, Asm.decRCX, Asm.jnz(-7), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.exceptions.count == 1000)
    #expect(bench.retired == 1 + 1000 * 4 + 1)
  }

  /// Without a stack for it no exception can be delivered to the supervisor: the CPU shuts down, nothing else ends.
  @Test(arguments: [0, 0x8900, 0x8200] as [UInt32])
  func aTaskRegisterWithoutATaskStateSegmentIsAnExceptionToo(attributes: UInt32) throws {
    let bench = try CPUBench()
    for vector in [6, 8, 10] as [UInt8] { bench.handle(vector, Asm.hlt) }
    bench.place(Asm.ud2, at: CPUBench.Place.user)
    bench.enter(CPUBench.Place.user, cpl: 3)
    bench.change { $0.tr = CPUState.Segment(selector: 0x28, limit: attributes == 0 ? 0x67 : 3, attributes: attributes) }
    #expect(bench.run() == .shutdown)
    #expect(bench.vectors == [6, 10, 8])
  }
}
