import SimCPU
import SimEvents
import Testing

/// Non-maskable interrupts: RFLAGS.IF does not hold them back, only one that is being handled does (SDM volume 3, 6.7).
@Suite struct NonMaskableInterruptTests {
  private typealias Place = CPUBench.Place

  /// RBX counts the interrupts; RDX is what the handler does in its middle.
  private static func bench(_ code: Code, handler: Code = Asm.nop) throws -> CPUBench {
    let bench = try CPUBench()
    bench.handle(2, [0x48, 0xff, 0xc3], handler, Asm.iretq)
    bench.place(code)
    return bench
  }

  private static func deliveries(_ bench: CPUBench) -> [UInt64] {
    bench.events.compactMap { event in
      if case .interrupt(2, let rip) = event.payload { rip } else { nil }
    }
  }

  @Test func itComesWithInterruptsDisabledBeforeAnyInstruction() throws {
    let code = Asm.mov(.rcx, 3) + Asm.incRAX + Asm.decRCX + Asm.jnz(-8) + Asm.hlt
    let plain = try Self.bench(code)
    #expect(plain.run() == .halt)
    for number in 0..<plain.retired {
      let bench = try Self.bench(code)
      #expect(bench.run(number) == .horizon && !bench.cpu.canTakeInterrupt)
      let next = bench.cpu.instructionPointer
      #expect(bench.cpu.canTakeNonMaskableInterrupt)
      bench.cpu.injectNonMaskableInterrupt()
      #expect(bench.run() == .halt)
      #expect(Self.deliveries(bench) == [next] && bench.register(.rbx) == 1 && bench.register(.rax) == 3)
      #expect(bench.retired == plain.retired + 3)
    }
  }

  @Test func anotherIsBlockedUntilTheNextIRET() throws {
    let bench = try Self.bench(Asm.nop + Asm.incRAX + Asm.hlt)
    bench.cpu.injectNonMaskableInterrupt()
    #expect(bench.run(1) == .horizon && bench.cpu.state.nmiBlocked && !bench.cpu.canTakeNonMaskableInterrupt)
    bench.cpu.setHorizon(bench.retired + 1000)
    bench.cpu.requestNonMaskableInterruptWindow()
    #expect(bench.cpu.run() == .horizon)
    #expect(bench.cpu.instructionPointer == Place.code && bench.cpu.canTakeNonMaskableInterrupt, "right after IRET")
    bench.cpu.injectNonMaskableInterrupt()
    #expect(bench.run() == .halt)
    #expect(Self.deliveries(bench) == [Place.code, Place.code] && bench.register(.rbx) == 2)
    #expect(!bench.cpu.state.nmiBlocked)
  }

  @Test func anExternalInterruptBlocksNothing() throws {
    let bench = try Self.bench(Asm.hlt)
    bench.handle(0x40, Asm.nop, Asm.iretq)
    bench.change { $0.rflags = 0x202 }
    bench.cpu.inject(interrupt: 0x40)
    #expect(bench.run(1) == .horizon && !bench.cpu.state.nmiBlocked && bench.cpu.canTakeNonMaskableInterrupt)
    let vector2 = try Self.bench(Asm.hlt)
    vector2.change { $0.rflags = 0x202 }
    vector2.cpu.inject(interrupt: 2)
    #expect(vector2.run(1) == .horizon && !vector2.cpu.state.nmiBlocked, "vector 2 alone makes no NMI")
  }

  @Test func theBlockingIsAPartOfTheState() throws {
    let bench = try Self.bench(Asm.hlt)
    bench.change { $0.nmiBlocked = true }
    #expect(!bench.cpu.canTakeNonMaskableInterrupt)
    bench.change { $0.nmiBlocked = false }
    #expect(bench.cpu.canTakeNonMaskableInterrupt)
  }

  @Test func oneWaitsBehindAnInstructionThatHoldsInterruptsOff() throws {
    // MOV SS, AX
    let bench = try Self.bench(Asm.mov(.rax, 16) + [0x8e, 0xd0] + Asm.incRAX + Asm.hlt)
    #expect(bench.run(2) == .horizon && !bench.cpu.canTakeNonMaskableInterrupt)
    bench.cpu.setHorizon(bench.retired + 1000)
    bench.cpu.requestNonMaskableInterruptWindow()
    #expect(bench.cpu.run() == .horizon && bench.retired == 3 && bench.cpu.canTakeNonMaskableInterrupt)
  }
}
