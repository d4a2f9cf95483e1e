import SimCPU
import SimEvents
import SimMemory
import Testing

/// Instructions are counted exactly, and a run stops at any of them.
@Suite struct CountingTests {
  private typealias Place = CPUBench.Place
  private static let device = Place.test
  private static let absent = Place.test + 0x1000

  /// Branches, a device access in the middle of a block, an invalid opcode, a page fault, a REP, ports, a serialising
  /// instruction and a PKRU write.
  private static func prepare(_ bench: CPUBench) {
    bench.map(device, 0xfee0_0000 | 3)
    bench.handle(6, [0x48, 0x83, 0x04, 0x24, 0x02], Asm.iretq)
    bench.handle(14, Asm.dropErrorCode, [0x48, 0x83, 0x04, 0x24, 0x08], Asm.iretq)
    let loop = Asm.incRAX + Asm.load(.r8, device) + Asm.incRAX + Asm.store(device, .r8) + Asm.decRCX
    bench.place(
      Asm.mov(.rcx, 3), loop, Asm.jnz(-Int8(loop.count + 2)), Asm.incRAX, Asm.ud2, Asm.nop, Asm.load(.r9, absent),
      Asm.mov(.rdi, Place.data), Asm.mov(.rcx, 5), Asm.repStosb, Asm.nop, [0xe6, 0x10], Asm.nop, Asm.cpuid,
      Asm.setPKRU(0x5555_5554), Asm.store(Place.data, .rax), Asm.pushf, Asm.popf, Asm.hlt)
  }

  @Test func aRunStopsAtEveryInstructionNumberAsSingleStepsDo() throws {
    let bench = try CPUBench()
    Self.prepare(bench)
    let initial = bench.cpu.state
    var steps = [initial]
    var stop = EngineStop.horizon
    while stop == .horizon, steps.count < 1000 {
      stop = bench.run(1)
      #expect(bench.retired == UInt64(steps.count))
      steps.append(bench.cpu.state)
    }
    #expect(stop == .halt)
    let stepped = (bench.exceptions, bench.devices, bench.ports)
    #expect(stepped.0.map(\.vector) == [6, 14])
    #expect(stepped.1.count == 12)  // eight bytes arrive as two accesses of four
    #expect(Set(stepped.1.map(\.retired)).count == 6)

    func restart() {
      bench.cpu.state = initial
      bench.cpu.setInstructionsRetired(0)
      bench.events = []
      bench.devices = []
      bench.ports = []
    }
    restart()
    #expect(bench.run() == .halt)
    #expect(bench.retired == UInt64(steps.count - 1))
    #expect(bench.cpu.state == steps.last)
    #expect(bench.exceptions == stepped.0)
    #expect(bench.devices == stepped.1)
    #expect(bench.ports == stepped.2)

    for number in 0..<steps.count {
      restart()
      bench.run(UInt64(number))
      #expect(bench.retired == UInt64(number))
      #expect(bench.cpu.state == steps[number], "stopped before instruction \(number)")
    }
    print("stopped at each of \(steps.count) instruction numbers")
  }

  @Test func theCountInsideACallbackIsTheNumberOfTheInstruction() throws {
    let bench = try CPUBench()
    bench.map(Self.device, 0xfee0_0000 | 3)
    bench.place(Asm.nop, Asm.nop, Asm.loadByte(Self.device), Asm.nop, [0xe6, 0x10], Asm.nop, [0xec], Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.devices.map(\.retired) == [2])
    #expect(bench.ports.map(\.retired) == [4, 6])
    #expect(bench.retired == 8)
  }

  @Test(arguments: [0, 1, 2, 3, 9] as [UInt64])
  func aHorizonSetInADeviceAccessHoldsAtOnce(further: UInt64) throws {
    let bench = try CPUBench()
    bench.map(Self.device, 0xfee0_0000 | 3)
    bench.place(
      Asm.nop, Asm.nop, Asm.loadByte(Self.device), [UInt8](repeating: 0x90, count: 20), Asm.hlt)
    bench.onAccess = { [unowned bench] in bench.cpu.setHorizon(bench.retired + further) }
    #expect(bench.run() == .horizon)
    // Not earlier than after the current instruction.
    #expect(bench.retired == 2 + max(further, 1))
    bench.onAccess = nil
    #expect(bench.run() == .halt)
    #expect(bench.retired == 24)
  }

  @Test func aHorizonSetInAPortAccessMayMoveFurtherAway() throws {
    let bench = try CPUBench()
    bench.place(Asm.nop, [0xe6, 0x10], [UInt8](repeating: 0x90, count: 20), Asm.hlt)
    bench.onAccess = { [unowned bench] in bench.cpu.setHorizon(1000) }
    #expect(bench.run(4) == .halt)
    #expect(bench.retired == 23)
  }

  @Test func repCountsEachIterationAndTheEnd() throws {
    let bench = try CPUBench()
    bench.place(Asm.mov(.rdi, Place.data), Asm.mov(.rcx, 5), Asm.repStosb, Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.retired == 2 + 6 + 1)
  }

  @Test func aFaultInTheMiddleOfRepLeavesTheRestToDo() throws {
    let bench = try CPUBench()
    bench.map(Place.test, 0x80_0000 | 3)
    bench.handle(14, Asm.hlt)
    bench.place(Asm.mov(.rdi, Self.absent - 3), Asm.mov(.rcx, 10), Asm.repStosb, Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.register(.rcx) == 7)
    #expect(bench.register(.rdi) == Self.absent)
    #expect(
      bench.exceptions == [
        .init(
          vector: 14, errorCode: 2, instructionPointer: Place.code + 20, address: Self.absent, retired: 5)
      ])
    #expect(bench.retired == 6)
  }

  @Test func haltRetires() throws {
    let bench = try CPUBench()
    bench.place(Asm.hlt, Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.retired == 1)
    #expect(bench.cpu.instructionPointer == Place.code + 1)
    #expect(bench.run() == .halt)
    #expect(bench.retired == 2)
  }

  @Test func aBreakpointStopsBeforeItsInstruction() throws {
    let bench = try CPUBench()
    bench.place(Asm.nop, Asm.incRAX, Asm.incRAX, Asm.hlt)
    bench.cpu.addBreakpoint(Place.code + 4)
    #expect(bench.run() == .breakpoint)
    #expect(bench.retired == 2)
    #expect(bench.cpu.instructionPointer == Place.code + 4)
    #expect(bench.register(.rax) == 1)
    #expect(bench.run() == .halt)
    #expect(bench.retired == 4)
    #expect(bench.register(.rax) == 2)
  }

  @Test func aBreakpointInALoopStopsEachTimeUntilItIsRemoved() throws {
    let bench = try CPUBench()
    bench.place(Asm.mov(.rcx, 10), Asm.incRAX, Asm.decRCX, Asm.jnz(-8), Asm.hlt)
    bench.cpu.addBreakpoint(Place.code + 10)
    for turn in 0..<4 as Range<UInt64> {
      #expect(bench.run() == .breakpoint)
      #expect(bench.register(.rax) == turn)
      #expect(bench.retired == 1 + 3 * turn)
    }
    bench.cpu.removeBreakpoint(Place.code + 10)
    #expect(bench.run() == .halt)
    #expect(bench.retired == 32)
  }

  @Test func aBreakpointThatIsOnlyObservedChangesNothing() throws {
    let bench = try CPUBench()
    bench.place(Asm.mov(.rcx, 10), Asm.incRAX, Asm.decRCX, Asm.jnz(-8), Asm.hlt)
    bench.cpu.addBreakpoint(Place.code + 13)
    bench.stopsAtBreakpoints = false
    #expect(bench.run() == .halt)
    #expect(bench.retired == 32)
    #expect(bench.register(.rax) == 10)
  }

  @Test func aHorizonAtABreakpointStopsForTheHorizonOnceAndForTheBreakpointOnce() throws {
    let bench = try CPUBench()
    bench.place(Asm.nop, Asm.nop, Asm.incRAX, Asm.hlt)
    bench.cpu.addBreakpoint(Place.code + 2)
    #expect(bench.run(2) == .horizon)
    #expect(bench.run() == .breakpoint)
    #expect(bench.retired == 2)
    #expect(bench.run() == .halt)
    #expect(bench.retired == 4)
  }
}
