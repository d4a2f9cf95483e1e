import SimCPU
import SimEvents
import SimMemory
import Testing

/// The registers come out as they went in, and are the ones that code uses.
@Suite struct StateTests {
  private typealias Place = CPUBench.Place

  /// Every field differs from every other, and from what it is after a start.
  private static func distinct(_ state: CPUState) -> CPUState {
    var s = state
    for index in 0..<16 { s.general[index] = 0x1111_0000_0000_0000 + UInt64(index) }
    s.rip = Place.code + 0x123
    s.rflags = 0x4_0ed7  // AC, OF, DF, IF, SF, ZF, AF, PF, CF
    (s.cr0, s.cr2, s.cr3, s.cr4, s.efer) = (0x8000_0033, 0xdead_beef, Place.tables | 0x18, 0x70_07a0, 0xd00)
    for index in 0..<6 where index != 1 && index != 2 {
      s.segments[index] = .init(
        selector: UInt16(0x10 + 8 * index), base: 0x7000_0000 + UInt64(index), limit: 0x1000 + UInt32(index),
        attributes: 0x00c0_9300)
    }
    s.ldtr = .init(selector: 0x40, base: 0x1234_5000, limit: 0xfff, attributes: 0x8200)
    s.tr = .init(selector: 0x28, base: Place.tss, limit: 0x99, attributes: 0x8b00)
    s.gdt = (0x6010, 0x1f7)
    s.idt = (0x7020, 0xef7)
    (s.pkru, s.pkrs) = (0xfedc_ba90, 0x0123_4567)
    s.debug = [1, 2, 3, 4, 0, 0, 0xffff_0ff0, 0x400]
    s.modelSpecific = (0..<10).map { 0x2222_0000_0000 + $0 }
    s.modelSpecific[7] = 0x2227
    s.x87 = (0..<8).map { row in (0..<10).map { UInt8(row * 16 + $0) } }
    s.x87Empty = [0, 1, 0, 1, 1, 0, 1, 0]
    (s.fcw, s.fsw, s.fop, s.fip, s.fdp) = (0x0f7e, 0xaac1, 0x123, 0x3333_0001, 0x3333_0002)
    s.xmm = (0..<16).map { row in (0..<16).map { UInt8(row * 15 + $0) } }
    s.mxcsr = 0x7f81
    s.shadow = [.interrupts, .debugExceptions, .heldBreakpoints(5)]
    s.nmiBlocked = true
    return s
  }

  @Test func everyFieldIsReadBackAsItWasWritten() throws {
    let bench = try CPUBench()
    let state = Self.distinct(bench.cpu.state)
    bench.cpu.state = state
    let back = bench.cpu.state
    for (label, pair) in Self.fields(state, back) { #expect(pair.0 == pair.1, "\(label)") }
    #expect(back == state)
    #expect(bench.run(0) == .horizon)
    for (label, pair) in Self.fields(state, bench.cpu.state) {
      #expect(pair.0 == pair.1, "\(label), after no instruction")
    }
    #expect(bench.retired == 0)
  }

  @Test func anotherEngineTakesTheStateOver() throws {
    let (bench, other) = (try CPUBench(), try CPUBench())
    other.cpu.state = Self.distinct(bench.cpu.state)
    #expect(other.cpu.state == Self.distinct(bench.cpu.state))
    other.cpu.state = bench.cpu.state
    #expect(other.cpu.state == bench.cpu.state)
  }

  /// The fields of both by name, as text, so that a failure says which one.
  private static func fields(_ a: CPUState, _ b: CPUState) -> [(String, (String, String))] {
    zip(Mirror(reflecting: a).children, Mirror(reflecting: b).children).map {
      ($0.label ?? "", ("\($0.value)", "\($1.value)"))
    }
  }

  @Test func codeFindsTheVectorAndFloatingPointRegisters() throws {
    let bench = try CPUBench()
    // movups [data], xmm3; paddb xmm3, xmm3; fld1; fadd st, st(1); fstp qword [data + 16]
    bench.place(
      [0x0f, 0x11, 0x1c, 0x25] + Asm.bytes(UInt32(Place.data)), [0x66, 0x0f, 0xfc, 0xdb], [0xd9, 0xe8], [0xd8, 0xc1],
      [0xdd, 0x1c, 0x25] + Asm.bytes(UInt32(Place.data) + 16), Asm.hlt)
    bench.change { s in
      s.xmm[3] = (1...16).map { UInt8($0) }
      s.fsw = 7 << 11
      s.x87[7] = [0, 0, 0, 0, 0, 0, 0, 0xa0, 0x00, 0x40]  // 2.5
      s.x87Empty[7] = 0
    }
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [])
    #expect(bench.memory.read(Place.data, count: 16) == (1...16).map { UInt8($0) })
    #expect(bench.memory.read64(Place.data + 16) == (3.5).bitPattern)
    let after = bench.cpu.state
    #expect(after.xmm[3] == (1...16).map { UInt8($0 * 2) })
    #expect(after.fsw >> 11 & 7 == 7)
    #expect(after.x87Empty == [1, 1, 1, 1, 1, 1, 1, 0])
  }

  @Test func roundingModesAreThoseOfTheState() throws {
    let bench = try CPUBench()
    // cvtsd2si rax, xmm0; fistp qword [data]
    bench.place(
      [0xf2, 0x48, 0x0f, 0x2d, 0xc0], [0xdf, 0x3c, 0x25] + Asm.bytes(UInt32(Place.data)), Asm.hlt)
    for (mode, expected) in [(0, 2), (1, 2), (2, 3), (3, 2)] as [(UInt16, UInt64)] {
      bench.enter()
      bench.change { s in
        s.xmm[0] = Array(Asm.bytes((2.5).bitPattern)) + [UInt8](repeating: 0, count: 8)
        s.mxcsr = 0x1f80 | UInt32(mode) << 13
        s.fcw = 0x37f | mode << 10
        (s.fsw, s.x87Empty[0]) = (0, 0)
        s.x87[0] = [0, 0, 0, 0, 0, 0, 0, 0xa0, 0x00, 0x40]
      }
      #expect(bench.run() == .halt)
      #expect(bench.register(.rax) == expected)
      #expect(bench.memory.read64(Place.data) == expected)
    }
  }

  @Test func flagsOfTheStateAreTheFlagsOfTheCode() throws {
    for bit in [0, 2, 4, 6, 7, 11] as [UInt64] {
      let bench = try CPUBench()
      bench.place(Asm.pushf, [0x58], Asm.hlt)
      bench.change { $0.rflags = 2 | 1 << bit }
      #expect(bench.run() == .halt)
      #expect(bench.register(.rax) == 2 | 1 << bit)
      #expect(bench.cpu.state.rflags == 2 | 1 << bit)
    }
  }

  @Test func theDirectionFlagDirects() throws {
    let bench = try CPUBench()
    bench.place(Asm.mov(.rdi, Place.data + 7), Asm.mov(.rcx, 4), Asm.mov(.rax, 0x5a), Asm.repStosb, Asm.hlt)
    bench.change { $0.rflags = 0x402 }
    #expect(bench.run() == .halt)
    #expect(bench.memory.read64(Place.data) == 0x5a5a_5a5a_0000_0000)
  }

  /// A run that is interrupted at any instruction by taking the state out and putting it into a fresh engine, over the
  /// same memory content, ends like one that is not.
  @Test func aRunGoesOnInAnotherEngine() throws {
    func start() throws -> CPUBench {
      let bench = try CPUBench()
      bench.handle(6, [0x48, 0x83, 0x04, 0x24, 0x02], Asm.iretq)
      bench.place(
        Asm.mov(.rcx, 3), Asm.incRAX, Asm.setPKRU(0x10), [0xf9], [0x48, 0x11, 0xc0], Asm.ud2, [0xd9, 0xe8],
        [0x66, 0x0f, 0xfc, 0xdb], Asm.pushf, [0x58], Asm.sti, Asm.nop, Asm.hlt)
      bench.change { $0.xmm[3] = (1...16).map { UInt8($0) } }
      return bench
    }
    let whole = try start()
    #expect(whole.run() == .halt)
    try whole.expectTakenOverAnywhere(start)
  }
}
