import SimCPU
import SimEvents
import SimMemory
import Testing

/// Instructions are counted exactly, and a run stops at any of them.
@Suite struct CountingTests {
  @Test func aBreakpointStopsBeforeItsInstruction() throws {
    let bench = try CPUBench()
    bench.place(Asm.nop, Asm.incRAX, Asm.incRAX, Asm.hlt)
    bench.cpu.addBreakpoint(CPUBench.Place.code + 4)
    #expect(bench.run() == .breakpoint)
    #expect(bench.retired == 2)
    #expect(bench.cpu.instructionPointer == CPUBench.Place.code + 4)
    #expect(bench.register(.rax) == 1)
    #expect(bench.run() == .halt)
    #expect(bench.retired == 4)
    #expect(bench.register(.rax) == 2)
  }

  @Test(arguments: [0, 1, 2, 3, 4])
  func aBreakpointThatIsJumpedToCountsNothing(way: Int) throws {
    let bench = try CPUBench()
    let target = CPUBench.Place.code + 0x100
    if way < 3 { bench.place([Asm.nop, Asm.nop + Asm.hlt, Asm.hlt][way], at: target) }
    if way == 3 { bench.place([UInt8](repeating: 0x90, count: 512) + Asm.hlt, at: target) }
    if way == 4 { bench.place([UInt8](repeating: 0x90, count: 30) + Asm.hlt, at: target) }
    bench.place(Asm.mov(.rax, target), Asm.jmp(.rax))
    bench.cpu.addBreakpoint(target)
    #expect(bench.run() == .breakpoint)
    #expect(bench.retired == 2)
  }
}
