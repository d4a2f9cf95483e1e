import PKRUModel
import SimCPU
import SimMemory
import TestSupport
import Testing

/// Guest code changes the control bits and PKRU itself, between accesses to pages that the TLB holds already: what was
/// allowed before must never decide what is allowed now.
@Suite struct AccessWalkTests {
  private typealias Place = CPUBench.Place
  private static let keys: [UInt64] = [5, 11]
  private static let stepCount = 800

  /// Present pages with every R/W, U/S and XD; the lower 32 of the 64 have the first key.
  private static func key(of page: Int) -> UInt64 { keys[page / 32] }

  /// Code that draws its steps, and the model's answer to each access.
  private struct Walk {
    var random: SeededGenerator
    let start: UInt64
    let cpl: UInt8
    var code = Code()
    var cr0: UInt64 = 0x8001_0033
    var cr4: UInt64 = 0x40_0620
    var efer: UInt64 = 0xd01
    var rflags: UInt64 = 2
    var pkru: UInt32 = 0
    var expected: [CPUBench.Exception] = []
    var accesses = 0
    var retired: UInt64 = 0

    mutating func add(_ piece: Code, instructions: UInt64) {
      code += piece
      retired += instructions
    }

    mutating func step() {
      switch random.next() % 12 {
      case 0 where cpl == 0:
        cr0 ^= 1 << 16
        add(Asm.mov(.rax, cr0) + Asm.toControl(0, .rax), instructions: 2)
      case 1 where cpl == 0:
        cr4 ^= [1 << 20, 1 << 21, 1 << 22, 3 << 20][Int(random.next() % 4)]
        add(Asm.mov(.rax, cr4) + Asm.toControl(4, .rax), instructions: 2)
      case 2 where cpl == 0:
        efer ^= 1 << 11
        let registers = Asm.mov(.rcx, 0xc000_0080) + Asm.mov(.rdx, 0) + Asm.mov(.rax, efer)
        add(registers + Asm.wrmsr, instructions: 4)
      case 3:
        rflags ^= 1 << 18
        add(Asm.mov(.rax, rflags) + [0x50] + Asm.popf, instructions: 3)
      case 4, 5:
        guard cr4 & 1 << 22 != 0 else { return }
        pkru = UInt32(truncatingIfNeeded: random.next()) & 0xffff_fffc
        add(Asm.setPKRU(pkru), instructions: 4)
      default: access()
      }
    }

    private mutating func access() {
      let page = Int(random.next() % 64)
      let kind = AccessKind.allCases[Int(random.next() % 3)]
      let base = Place.test + UInt64(page) << 12
      let address = kind == .fetch ? base : base + 0x808
      if kind == .fetch { add(Asm.mov(.rax, base), instructions: 1) }
      add(Asm.leaRDI(kind == .fetch ? 2 : 7), instructions: 1)
      let at = kind == .fetch ? base : start + UInt64(code.count)
      code += kind == .read ? Asm.loadByte(address) : kind == .write ? Asm.storeByte(address) : Asm.jmp(.rax)
      retired += kind == .fetch ? 1 : 0
      accesses += 1
      let context = AccessContext(cr0: cr0, cr4: cr4, efer: efer, eflags: rflags, pkru: pkru)
      let rights = AccessMatrixTests.rights(1 | (page & 7) << 1, key: AccessWalkTests.key(of: page))
      switch AccessModel.decide(Access(kind, Privilege(cpl: cpl)), rights: rights, context: context) {
      case .allowed: retired += 1
      case .denied(_, let errorCode):
        expected.append(
          .init(
            vector: 14, errorCode: errorCode.rawValue, instructionPointer: at, address: address, retired: retired))
        retired += 3
      }
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func everyAccessIsDecidedByTheBitsOfItsMoment(seed: UInt64) throws {
    let cpl: UInt8 = seed % 4 == 0 ? 3 : 0
    let start = cpl == 0 ? Place.code : Place.user
    let bench = try CPUBench()
    bench.handle(14, Asm.dropErrorCode, [0x48, 0x89, 0x3c, 0x24], Asm.iretq)
    for page in 0..<64 {
      let frame: UInt64 = 0x80_0000 + UInt64(page) << 12
      bench.map(
        Place.test + UInt64(page) << 12, frame | AccessMatrixTests.entry(1 | (page & 7) << 1, key: Self.key(of: page)))
      bench.place(Asm.jmp(.rdi), at: frame)
    }
    var walk = Walk(random: SeededGenerator(seed: seed), start: start, cpl: cpl)
    for _ in 0..<Self.stepCount { walk.step() }
    let end = bench.place(walk.code, at: start)
    bench.cpu.addBreakpoint(end)
    bench.change { s in
      CPUBench.enter(&s, start, cpl: cpl)
      (s.cr0, s.cr4, s.efer, s.rflags, s.pkru) = (0x8001_0033, 0x40_0620, 0xd01, 2, 0)
    }
    #expect(bench.run(100_000) == .breakpoint)
    print("seed \(seed), CPL \(cpl): \(walk.accesses) accesses, \(walk.expected.count) refused")
    let actual = bench.exceptions
    let different = zip(actual, walk.expected).first { $0 != $1 }
    #expect(different == nil, "\(String(describing: different))")
    #expect(actual.count == walk.expected.count)
    #expect(bench.retired == walk.retired)
  }
}
