import SimCPU
import SimEvents
import SimMemory
import Testing

/// External interrupts, at the instruction that they are given for.
@Suite struct InterruptTests {
  private typealias Place = CPUBench.Place
  private static let vector: UInt8 = 0x40

  /// RBX counts the interrupts.
  private static func bench(_ code: Code, rflags: UInt64 = 0x202) throws -> CPUBench {
    let bench = try CPUBench()
    bench.handle(vector, [0x48, 0xff, 0xc3], Asm.iretq)
    bench.place(code)
    bench.change { $0.rflags = rflags }
    return bench
  }

  private static func interruptAddresses(_ bench: CPUBench) -> [UInt64] {
    bench.events.compactMap { event in
      if case .interrupt(Self.vector, let rip) = event.payload { rip } else { nil }
    }
  }

  /// Delivers the interrupt as soon as the CPU takes it, as a machine does.
  private static func deliver(_ bench: CPUBench) -> EngineStop {
    while !bench.cpu.canTakeInterrupt {
      bench.cpu.setHorizon(bench.retired + 1000)
      bench.cpu.requestInterruptWindow()
      let stop = bench.cpu.run()
      guard stop == .horizon else { return stop }
    }
    bench.cpu.inject(interrupt: vector)
    return bench.run()
  }

  @Test func anInterruptComesBeforeAnyInstructionThatItIsGivenFor() throws {
    let code = Asm.mov(.rcx, 5) + Asm.incRAX + Asm.nop + Asm.decRCX + Asm.jnz(-9) + Asm.hlt
    let plain = try Self.bench(code)
    #expect(plain.run() == .halt)
    for number in 0..<plain.retired {
      let bench = try Self.bench(code)
      #expect(bench.run(number) == .horizon)
      let next = bench.cpu.instructionPointer
      #expect(bench.cpu.canTakeInterrupt)
      bench.cpu.inject(interrupt: Self.vector)
      #expect(bench.run() == .halt)
      #expect(Self.interruptAddresses(bench) == [next])
      #expect(bench.events.first?.retired == number)
      #expect(bench.retired == plain.retired + 2)
      #expect(bench.register(.rbx) == 1)
      #expect(bench.register(.rax) == 5)
    }
  }

  @Test func anInterruptAtEachInstructionOfALoopIsHandledEachTime() throws {
    let bench = try Self.bench(Asm.mov(.rcx, 500) + Asm.incRAX + Asm.decRCX + Asm.jnz(-8) + Asm.hlt)
    var count: UInt64 = 0
    while bench.run(7) == .horizon {
      guard bench.cpu.canTakeInterrupt else { continue }
      bench.cpu.inject(interrupt: Self.vector)
      count += 1
    }
    #expect(bench.register(.rbx) == count)
    #expect(bench.register(.rax) == 500)
    #expect(bench.retired == 1 + 500 * 3 + 1 + 2 * count)
  }

  /// An extension that parks in an IRETQ with interrupts off would otherwise cost the host an exit for each.
  @Test func anIRETThatLeavesTheFlagClearDoesNotStopARunThatWaitsForIt() throws {
    // A frame whose address is in RSP, and where it leads is the IRETQ itself.
    let bench = try Self.bench(Asm.iretq, rflags: 2)
    let (frame, state) = (Place.code + 0x800, bench.cpu.state)
    for (number, value) in [
      Place.code, UInt64(state.segments[1].selector), 2, frame, UInt64(state.segments[2].selector),
    ].enumerated() {
      #expect(bench.memory.write64(value, at: frame + 8 * UInt64(number)))
    }
    bench.change { $0.general[4] = frame }
    bench.cpu.setHorizon(bench.retired + 1000)
    bench.cpu.requestInterruptWindow()
    #expect(bench.cpu.run() == .horizon && bench.retired == 1000)
    #expect(bench.memory.write64(0x202, at: frame + 16))
    bench.cpu.setHorizon(bench.retired + 1000)
    bench.cpu.requestInterruptWindow()
    #expect(bench.cpu.run() == .horizon && bench.retired == 1001 && bench.cpu.canTakeInterrupt)
  }

  @Test func withTheFlagClearTheWindowOpensAfterTheInstructionThatFollowsSTI() throws {
    let bench = try Self.bench(Asm.nop + Asm.nop + Asm.sti + Asm.incRAX + Asm.nop + Asm.hlt, rflags: 2)
    #expect(!bench.cpu.canTakeInterrupt)
    #expect(Self.deliver(bench) == .halt)
    #expect(Self.interruptAddresses(bench) == [Place.code + 6])
    #expect(bench.register(.rax) == 1)
    #expect(bench.events.first?.retired == 4)
  }

  @Test func stiBeforeHLTStillWaits() throws {
    let bench = try Self.bench(Asm.sti + Asm.hlt + Asm.incRAX + Asm.hlt, rflags: 2)
    #expect(Self.deliver(bench) == .halt)
    #expect(bench.retired == 2)
    #expect(bench.cpu.canTakeInterrupt)
    #expect(Self.deliver(bench) == .halt)
    #expect(Self.interruptAddresses(bench) == [Place.code + 2])
    #expect(bench.register(.rax) == 1)
  }

  @Test func popfOpensTheWindowAtOnce() throws {
    let bench = try Self.bench(
      Asm.mov(.rax, 0x202) + [0x50] + Asm.nop + Asm.popf + Asm.incRAX + Asm.hlt, rflags: 2)
    #expect(Self.deliver(bench) == .halt)
    #expect(Self.interruptAddresses(bench) == [Place.code + 13])
    #expect(bench.events.first?.retired == 4)
  }

  @Test func iretOpensTheWindowAtOnce() throws {
    let bench = try Self.bench(Asm.incRAX + Asm.ud2 + Asm.incRAX + Asm.hlt)
    bench.handle(6, Asm.nop, Asm.nop, [0x48, 0x83, 0x04, 0x24, 0x02], Asm.iretq)
    #expect(bench.run(2) == .horizon)  // in the handler, where the gate has cleared the flag
    #expect(!bench.cpu.canTakeInterrupt)
    #expect(Self.deliver(bench) == .halt)
    #expect(Self.interruptAddresses(bench) == [Place.code + 5])
    #expect(bench.register(.rax) == 2)
  }

  @Test func movSSHoldsInterruptsOffForOneInstruction() throws {
    let bench = try Self.bench(Asm.mov(.rax, 16) + [0x8e, 0xd0] + Asm.nop + Asm.nop + Asm.hlt)
    #expect(bench.run(2) == .horizon)
    #expect(!bench.cpu.canTakeInterrupt)
    #expect(bench.cpu.state.shadow == [.interrupts, .debugExceptions])
    #expect(Self.deliver(bench) == .halt)
    #expect(Self.interruptAddresses(bench) == [Place.code + 13])
  }

  @Test func aShadowSurvivesASnapshot() throws {
    let bench = try Self.bench(Asm.sti + Asm.nop + Asm.nop + Asm.hlt, rflags: 2)
    #expect(bench.run(1) == .horizon)
    let state = bench.cpu.state
    bench.cpu.state = state
    #expect(!bench.cpu.canTakeInterrupt)
    #expect(bench.run(1) == .horizon)
    #expect(bench.cpu.canTakeInterrupt)
  }

  @Test func anInterruptFromUserModeSwitchesStacksAndBack() throws {
    let bench = try Self.bench(Asm.hlt)
    bench.place(Asm.incRAX, Asm.incRAX, Asm.jmp(-8), at: Place.user)
    bench.change {
      CPUBench.enter(&$0, Place.user, cpl: 3)
      $0.rflags = 0x202
    }
    #expect(bench.run(4) == .horizon)
    bench.cpu.inject(interrupt: Self.vector)
    #expect(bench.run(2 + 4) == .horizon)
    #expect(bench.register(.rbx) == 1)
    #expect(bench.register(.rsp) == Place.userStack)
    #expect(bench.cpu.state.segments[1].selector == 0x23)
    #expect(bench.memory.read64(Place.privilegedStack - 40) == Place.user + 3)
  }

  @Test func anInterruptsPushesObeyPKRU() throws {
    let bench = try Self.bench(Asm.setPKRU(2 << 6) + Asm.nop + Asm.hlt)
    bench.handle(8, ist: 1, Asm.hlt)
    bench.map(Place.test, 0x80_0000 | 7 | 3 << 59)
    bench.handle(14, ist: 1, Asm.hlt)
    bench.change { $0.general[4] = Place.test + 0x1000 }
    #expect(bench.run(4) == .horizon)
    bench.cpu.inject(interrupt: Self.vector)
    #expect(bench.run() == .halt)
    #expect(bench.exceptions.map(\.vector) == [14])
    #expect(bench.exceptions.map(\.errorCode) == [0x23])
    #expect(bench.exceptions.map(\.address) == [Place.test + 0xff8])
    #expect(bench.exceptions.map(\.retired) == [4])
    #expect(bench.retired == 5)
  }
}
