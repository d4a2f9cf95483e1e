import PKRUModel
import SimCPU
import SimEvents
import SimMemory
import Testing

/// The CPU's own accesses on behalf of a program: descriptor tables, the TSS, and the stacks of delivery are the
/// supervisor's, at any CPL (SDM volume 3, 4.6).
@Suite struct ImplicitAccessTests {
  private typealias Place = CPUBench.Place
  private static let key: UInt64 = 5

  /// What may be behind the test page.
  enum Target: CaseIterable { case descriptorTable, interruptTable, taskState, handlerStack }

  /// The page that holds `target` gets the leaf entry `bits`; then user code makes the CPU access it, once, under every
  /// control bit and PKRU value. Returns the first page fault.
  private static func fault(
    _ bench: CPUBench, _ target: Target, controls: Int, pkru: UInt32
  ) -> (CPUBench.Exception?, AccessContext) {
    var context = AccessContext(controls: [], pkru: .allowAll)
    bench.events.removeAll(keepingCapacity: true)
    let page = Place.test
    bench.change { s in
      CPUBench.enter(&s, Place.user, cpl: 3)
      AccessMatrixTests.setControls(controls, &s)
      s.pkru = pkru
      context = AccessContext(cr0: s.cr0, cr4: s.cr4, efer: s.efer, eflags: s.rflags, pkru: pkru)
      s.gdt = (target == .descriptorTable ? page : Place.gdt, 55)
      s.idt = (target == .interruptTable ? page : Place.idt, 0xfff)
      s.tr.base = target == .taskState ? page : Place.tss
    }
    bench.put(Place.tss + 0x24, target == .handlerStack ? page + 0xff0 : Place.interruptStack)
    bench.run(2)
    return (bench.exceptions.first { $0.vector == 14 }, context)
  }

  @Test func everyCombinationFromUserMode() throws {
    let frame: UInt64 = 0x80_0000
    var (count, denied) = (0, 0)
    var differences: [String] = []
    for target in Target.allCases {
      let bench = try CPUBench()
      // Loading DS reads the descriptor table; INT 0x80 reads the interrupt table, the TSS for its IST, and pushes.
      let code = target == .descriptorTable ? [0x8e, 0xd8] + Asm.nop : Asm.int(0x80) + Asm.nop
      bench.place(code, at: Place.user)
      bench.handle(0x80, ist: 1, privilege: 3, Asm.nop, Asm.nop)
      bench.handle(14, ist: 2, Asm.nop, Asm.nop)
      bench.handle(8, ist: 2, Asm.nop, Asm.nop)
      bench.put(Place.tss + 0x2c, Place.privilegedStack)
      let source = [Place.gdt, Place.idt, Place.tss, Place.data][Target.allCases.firstIndex(of: target)!]
      #expect(bench.memory.write(bench.memory.read(source, count: 4096)!, at: frame))
      bench.put(frame + 0x24, target == .taskState ? Place.interruptStack : bench.memory.read64(frame + 0x24)!)
      bench.change { $0.general[0] = 0x1b }
      let kind: AccessKind = target == .handlerStack ? .write : .read
      for bits in 0..<32 {
        bench.map(Place.test, frame | AccessMatrixTests.entry(bits, key: Self.key))
        for controls in 0..<64 {
          for pkruBits in 0..<4 as Range<UInt32> {
            bench.memory.clearFlags(bench.entryAddress(Place.test))
            let pkru = pkruBits << UInt32(2 * Self.key)
            let (fault, context) = Self.fault(bench, target, controls: controls, pkru: pkru)
            let decision = AccessModel.decide(
              Access(kind, .implicitSupervisor), rights: AccessMatrixTests.rights(bits, key: Self.key),
              context: context)
            count += 1
            var expected: UInt32?
            if case .denied(_, let errorCode) = decision {
              expected = errorCode.rawValue
              denied += 1
            }
            if fault?.errorCode != expected, differences.count < 5 {
              differences.append(
                "\(target), entry \(bits), controls \(controls), PKRU \(pkruBits): \(String(describing: fault)), not \(String(describing: expected))"
              )
            }
          }
        }
      }
    }
    print("implicit accesses from CPL 3: \(count) combinations executed, \(denied) of them refused")
    #expect(differences == [])
  }
}

extension GuestMemory {
  /// Clears A and D of an entry.
  fileprivate func clearFlags(_ entry: UInt64) { _ = write64((read64(entry) ?? 0) & ~0x60, at: entry) }
}
