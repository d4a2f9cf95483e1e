import PKRUModel
import SimCPU
import SimMemory
import Testing

/// Every combination of what decides an access, executed as a real access by guest code (SDM volume 3, 4.6 and 4.7).
@Suite struct AccessMatrixTests {
  /// P, R/W, U/S, XD and a reserved bit of the leaf entry, one bit each.
  static func entry(_ bits: Int, key: UInt64) -> UInt64 {
    UInt64(bits & 7) | (bits & 8 != 0 ? 1 << 63 : 0) | (bits & 16 != 0 ? 1 << 51 : 0) | key << 59
  }

  static func rights(_ bits: Int, key: UInt64) -> PageRights {
    guard bits & 1 != 0 else { return .notPresent }
    return PageRights(
      writable: bits & 2 != 0, user: bits & 4 != 0, noExecute: bits & 8 != 0, reservedViolation: bits & 16 != 0,
      key: ProtectionKey(truncating: key))
  }

  /// CR0.WP, CR4.PKE, SMEP, SMAP, EFLAGS.AC and EFER.NXE, one bit each.
  static func setControls(_ bits: Int, _ s: inout CPUState) {
    func flag(_ bit: Int, _ at: UInt64) -> UInt64 { UInt64(bits >> bit & 1) << at }
    s.cr0 = 0x8000_0033 | flag(0, 16)
    s.cr4 = 0x620 | flag(1, 22) | flag(2, 20) | flag(3, 21)
    s.rflags = 2 | flag(4, 18)
    s.efer = 0x501 | flag(5, 11)
  }

  /// One access of a batch and where it happens.
  struct Step {
    var bits: Int
    var kind: AccessKind
    var address: UInt64
    /// The offset of the accessing instruction in the program.
    var offset: UInt64
  }

  static let key: UInt64 = 5

  /// A program that accesses 96 test pages: each leaf entry with each kind. RDI holds where to go on after a fault.
  static func program(on bench: CPUBench, physicalShift: UInt64) -> (code: Code, steps: [Step]) {
    var code = Code()
    var steps: [Step] = []
    for bits in 0..<32 {
      for kind in AccessKind.allCases {
        let page = CPUBench.Place.test + UInt64(steps.count) << 12
        let frame = page + physicalShift
        bench.map(page, frame | entry(bits, key: key))
        bench.place(Asm.jmp(.rdi), at: frame)
        let address = kind == .fetch ? page : page + 0x808
        if kind == .fetch { code += Asm.mov(.rax, page) }
        code += Asm.leaRDI(kind == .fetch ? 2 : 7)
        steps.append(Step(bits: bits, kind: kind, address: address, offset: UInt64(code.count)))
        switch kind {
        case .read: code += Asm.loadByte(address)
        case .write: code += Asm.storeByte(address)
        case .fetch: code += Asm.jmp(.rax)
        }
      }
    }
    return (code, steps)
  }

  struct Verdict: Equatable, CustomStringConvertible {
    var errorCode: UInt32?
    var instructionPointer: UInt64?
    var address: UInt64?
    var description: String { errorCode.map { "#PF(\($0)) at \(instructionPointer!), CR2 \(address!)" } ?? "allowed" }
  }

  /// Executes the whole matrix and returns how many accesses there were, and the first ones that differ from the model.
  static func runMatrix(physicalShift: UInt64, prepare: (CPUBench) -> Void = { _ in }) throws -> (Int, Int, [String]) {
    let bench = try CPUBench()
    // The handler: drop the error code, return to RDI.
    bench.handle(14, Asm.dropErrorCode, [0x48, 0x89, 0x3c, 0x24], Asm.iretq)
    let (code, steps) = program(on: bench, physicalShift: physicalShift)
    prepare(bench)
    let starts = [CPUBench.Place.code, CPUBench.Place.user]
    for start in starts {
      let end = bench.place(code, at: start)
      bench.cpu.addBreakpoint(end)
    }
    var (count, denied) = (0, 0)
    var differences: [String] = []
    for controls in 0..<64 {
      for pkruBits in 0..<4 as Range<UInt32> {
        for cpl in [0, 3] as [UInt8] {
          let start = starts[cpl == 0 ? 0 : 1]
          bench.change { s in
            CPUBench.enter(&s, start, cpl: cpl)
            setControls(controls, &s)
            s.pkru = pkruBits << UInt32(2 * key)
          }
          let state = bench.cpu.state
          let context = AccessContext(
            cr0: state.cr0, cr4: state.cr4, efer: state.efer, eflags: state.rflags, pkru: state.pkru)
          bench.events.removeAll(keepingCapacity: true)
          let before = bench.retired
          guard bench.run() == .breakpoint else {
            return (count, denied, differences + ["controls \(controls), PKRU \(pkruBits), CPL \(cpl): no end"])
          }
          var faults: [UInt64: CPUBench.Exception] = [:]
          for fault in bench.exceptions where fault.vector == 14 { faults[fault.address] = fault }
          var expectedRetired: UInt64 = 0
          for step in steps {
            let rights = rights(step.bits, key: key)
            let decision = AccessModel.decide(Access(step.kind, Privilege(cpl: cpl)), rights: rights, context: context)
            var expected = Verdict()
            expectedRetired += step.kind == .fetch ? 3 : 2
            switch decision {
            case .allowed: expectedRetired += step.kind == .fetch ? 1 : 0
            case .denied(_, let errorCode):
              expectedRetired += step.kind == .fetch ? 3 : 2  // the handler, and not the access itself
              let at = step.kind == .fetch ? step.address : start + step.offset
              expected = Verdict(errorCode: errorCode.rawValue, instructionPointer: at, address: step.address)
              denied += 1
            }
            let fault = faults.removeValue(forKey: step.address)
            let actual = Verdict(
              errorCode: fault?.errorCode, instructionPointer: fault?.instructionPointer, address: fault?.address)
            count += 1
            if actual != expected, differences.count < 5 {
              differences.append(
                "entry \(step.bits), \(step.kind), controls \(controls), PKRU \(pkruBits), CPL \(cpl): \(actual), not \(expected)"
              )
            }
          }
          if !faults.isEmpty { differences.append("faults elsewhere: \(faults.values)") }
          if bench.retired - before != expectedRetired, differences.count < 5 {
            differences.append(
              "controls \(controls), PKRU \(pkruBits), CPL \(cpl): \(bench.retired - before) retired, not \(expectedRetired)"
            )
          }
        }
      }
    }
    return (count, denied, differences)
  }

  @Test func everyCombinationIsDecidedAsTheModelDecides() throws {
    let (count, denied, differences) = try Self.runMatrix(physicalShift: 0x40_0000)
    print("access matrix: \(count) combinations executed, \(denied) of them refused")
    #expect(count == 32 * 64 * 4 * 2 * 3)
    #expect(differences == [])
  }

  /// The library's own walk knows nothing of the models, and comes to the same verdicts on pages mapped in place.
  @Test func theLibrarysOwnWalkDecidesTheSame() throws {
    var bench: CPUBench?
    let (count, denied, differences) = try Self.runMatrix(physicalShift: 0) {
      $0.cpu.setBuiltInWalk(true)
      bench = $0
    }
    #expect(bench?.cpu.statistics.walks == 0)
    print("access matrix, library's own walk: \(count) combinations executed, \(denied) of them refused")
    #expect(count == 32 * 64 * 4 * 2 * 3)
    #expect(differences == [])
  }
}
