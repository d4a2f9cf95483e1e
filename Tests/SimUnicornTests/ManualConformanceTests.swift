import SimCPU
import Testing

// What stepping beside a real processor has shown to be wrong once.

private let ud2: [UInt8] = [0x0f, 0x0b]

@Test func anISTWithoutAChangeOfPrivilegeKeepsSS() throws {
  let bench = try CPUBench()
  bench.handle(6, ist: 1, [0xf4])
  bench.place(ud2)
  #expect(bench.run() == .halt)
  #expect(bench.cpu.state.segments[2].selector == 16)
  #expect(bench.cpu.state.segments[2].attributes & 0x8000 != 0)
}

@Test func anISTWithAChangeOfPrivilegeLeavesANullSS() throws {
  let bench = try CPUBench()
  bench.handle(6, ist: 1, [0xf4])
  bench.place(ud2, at: CPUBench.Place.user)
  bench.enter(CPUBench.Place.user, cpl: 3)
  #expect(bench.run() == .halt)
  #expect(bench.cpu.state.segments[2].selector == 0)
}

@Test func faultsPushTheResumeFlagAndTrapsDoNot() throws {
  for (vector, code, expected) in [(6, ud2, true), (3, [0xcc], false)] as [(UInt8, [UInt8], Bool)] {
    let bench = try CPUBench()
    bench.handle(vector, ist: 1, [0xf4])
    bench.place(code)
    #expect(bench.run() == .halt)
    let flags = bench.memory.read64(CPUBench.Place.interruptStack - 24) ?? 0
    #expect((flags >> 16 & 1 == 1) == expected)
    #expect(bench.cpu.state.rflags >> 16 & 1 == 0)
  }
}

@Test func theResumeFlagIsNotSeenByPUSHF() throws {
  let bench = try CPUBench()
  // The handler skips UD2; then the flags are pushed and popped into RAX.
  bench.handle(6, ist: 1, [0x48, 0x83, 0x04, 0x24, 2, 0x48, 0xcf])
  bench.place(ud2, [0x9c, 0x58, 0xf4])
  #expect(bench.run() == .halt)
  #expect(bench.cpu.state.general[0] >> 16 == 0)
}

@Test func aNullSSMustHaveThePrivilegeOfTheCode() throws {
  for (selector, vectors) in [(0, []), (1, [13]), (3, [13])] as [(UInt8, [UInt8])] {
    let bench = try CPUBench()
    bench.handle(13, ist: 1, [0xf4])
    bench.place([0xb8, selector, 0, 0, 0, 0x8e, 0xd0, 0xf4])  // mov eax, selector; mov ss, ax; hlt
    #expect(bench.run() == .halt)
    #expect(bench.vectors == vectors)
  }
}

private let moves: [(value: UInt64, move: [UInt8])] = [
  (0x600, [0x0f, 0x22, 0xe0]),  // CR4 without PAE
  (0x0001_0033, [0x0f, 0x22, 0xc0]),  // CR0 without PG
]

@Test func longModeKeepsItsPageTables() throws {
  for (value, move) in moves {
    let bench = try CPUBench()
    bench.handle(13, ist: 1, [0xf4])
    bench.place([0x48, 0xb8] + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }, move, [0xf4])
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [13])
  }
}
