import SimCPU
import Testing

/// SSE instructions that translated code executes by itself, beside the helpers that do the same.
@Suite struct VectorTests {
  private typealias Place = CPUBench.Place

  private static let page = Place.test

  /// What an instruction leaves behind.
  private struct Outcome: Equatable {
    var xmm: [UInt8]
    var mxcsr: UInt32
    var rax, rflags: UInt64
    var exceptions: [CPUBench.Exception]
  }

  /// A CPU whose #UD, #NM, #GP, #PF and #XM halt, with a page of RAM at ``page``, whose address is in RBX.
  private static func makeBench() throws -> CPUBench {
    let bench = try CPUBench()
    for vector in [6, 7, 13, 14, 19] as [UInt8] { bench.handle(vector, ist: 1, Asm.hlt) }
    bench.map(page, Place.data | 7)
    return bench
  }

  private static func pair(_ low: UInt64, _ high: UInt64 = 0) -> [UInt8] { Asm.bytes(low) + Asm.bytes(high) }

  // MARK: the same in each way

  /// Prefix and opcode of instructions with a destination in ModRM.reg and a source in ModRM.rm; and an immediate.
  private static var instructions: [(lead: Code, immediate: Code)] {
    let (none, with66, withF3, withF2): (Code, Code, Code, Code) = ([], [0x66], [0xf3], [0xf2])
    let all = [none, with66, withF3, withF2]
    var list: [(lead: Code, immediate: Code)] = []
    func add(_ prefixes: [Code], _ opcodes: [UInt8], map: Code = [0x0f], _ immediates: [Code] = [[]]) {
      for prefix in prefixes {
        for opcode in opcodes { list += immediates.map { (prefix + map + [opcode], $0) } }
      }
    }
    add(all, [0x51, 0x58, 0x59, 0x5a, 0x5c, 0x5d, 0x5e, 0x5f])
    add([none, with66, withF3], [0x5b])
    add([with66, withF2], [0x7c, 0x7d, 0xd0])
    add([with66, withF3, withF2], [0xe6])
    add([withF3, withF2], [0x2c, 0x2d])
    add([none, with66], [0x2e, 0x2f, 0x14, 0x15, 0x54, 0x55, 0x56, 0x57])
    add(all, [0xc2], (0..<8).map { [$0] })
    add([none, with66], [0xc6], [[0x1b], [0x72]])
    add([with66, withF3, withF2], [0x70], [[0x1b], [0x72]])
    add(
      [with66], [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x74, 0x75, 0x76])
    add([with66], (0xd1...0xfe).filter { ![0xd6, 0xd7, 0xe6, 0xe7, 0xf0, 0xf7].contains($0) })
    add([with66], (0...0x0b) + [0x1c, 0x1d, 0x1e, 0x28, 0x29, 0x2b] + (0x38...0x41), map: [0x0f, 0x38])
    add([with66], [0x0f], map: [0x0f, 0x3a], [[0], [5], [20]])
    return list
  }

  private static let operands: [(destination: [UInt8], source: [UInt8])] = [
    (pair((1.5).bitPattern, (3.0).bitPattern), pair((0.1).bitPattern, (-7.25).bitPattern)),
    (pair(0x3fc0_0000_4040_0000, 0x7f7f_ffff_0080_0001), pair(0x4000_0000_bf80_0000, 0x7f80_0000_0000_0003)),
    (pair(0x0010_0000_0000_0001, 0xfff4_0000_0000_0001), pair(0x7ff0_0000_0000_0000, 0x8000_0000_0000_0000)),
    (pair(0x7ff8_0000_7fc0_0000, 0x3ff0_0000_0000_0000), pair((1.0).bitPattern, 0xffff_ffff_ffff_ffff)),
    (pair(0x0102_0304_8586_8788, 0xf1f2_f3f4_0506_7f80), pair(0x0000_0000_0000_0003, 0x7f80_ff01_fe10_4020)),
  ]

  @Test(
    "translated code and the helpers agree", arguments: [0x1f80, 0x5fc0, 0xff80, 0x0000, 0x1000, 0x9f3f] as [UInt32])
  func eachWay(mxcsr: UInt32) throws {
    let bench = try Self.makeBench()
    let lends: Code = [0xf3, 0x0f, 0x51, 0xd2]  // sqrtss xmm2, xmm2, of 0
    for (lead, immediate) in Self.instructions {
      for (destination, source) in Self.operands {
        func outcome(_ code: Code) -> Outcome {
          bench.events = []
          bench.cpu.setInstructionsRetired(0)
          bench.place(lends, code, Asm.hlt)
          bench.enter()
          #expect(bench.memory.write(source, at: Place.data))
          bench.change {
            ($0.general[0], $0.general[3], $0.rflags, $0.mxcsr) = (0, Self.page, 0x8d7, mxcsr)
            ($0.xmm[0], $0.xmm[1]) = (destination, source)
          }
          #expect(bench.run() == .halt)
          let state = bench.cpu.state
          return Outcome(
            xmm: state.xmm[0], mxcsr: state.mxcsr, rax: state.general[0], rflags: state.rflags,
            exceptions: bench.exceptions)
        }
        let byHelper = outcome([0x67] + lead + [0x03] + immediate)  // [ebx]
        #expect(outcome(lead + [0x03] + immediate) == byHelper, "\(lead) [rbx] \(destination) \(source)")
        #expect(outcome(lead + [0xc1] + immediate) == byHelper, "\(lead) xmm1 \(destination) \(source)")
      }
    }
  }

  /// CVTSI2SS and CVTSI2SD, of 32 and 64 bits.
  @Test(arguments: [[0xf3, 0x0f], [0xf2, 0x0f], [0xf3, 0x48, 0x0f], [0xf2, 0x48, 0x0f]] as [Code])
  func conversionsFromGeneralRegisters(lead: Code) throws {
    let bench = try Self.makeBench()
    for value in [0, 1, 0xffff_fffe, 0x7fff_ffff_ffff_fdff, 0x8000_0000_0000_0001] as [UInt64] {
      func result(_ code: Code) -> [UInt8] {
        bench.place(code, Asm.hlt)
        bench.enter()
        bench.put(Place.data, value)
        bench.change {
          ($0.general[1], $0.general[3], $0.mxcsr) = (value, Self.page, 0x7f80)
          $0.xmm[0] = Self.pair(.max, 0x1234)
        }
        #expect(bench.run() == .halt)
        return bench.cpu.state.xmm[0] + Asm.bytes(bench.cpu.state.mxcsr)
      }
      let byHelper = result([0x67] + lead + [0x2a, 0x03])
      #expect(result(lead + [0x2a, 0x03]) == byHelper)
      #expect(result(lead + [0x2a, 0xc1]) == byHelper)
    }
  }

  /// PSRLW and its like by an immediate, also more than there are bits.
  @Test(
    arguments: [(0x71, 2), (0x71, 4), (0x71, 6), (0x72, 2), (0x72, 4), (0x72, 6), (0x73, 2), (0x73, 6)]
      as [(UInt8, UInt8)])
  func shiftsByAnImmediate(opcode: UInt8, kind: UInt8) throws {
    let byRegister = 0xc0 + kind * 8 | opcode & 3
    for count in [0, 1, 15, 16, 31, 63, 64, 255] as [UInt8] {
      let bench = try Self.makeBench()
      bench.place([0x66, 0x0f, opcode, 0xc0 | kind << 3 | 3, count], [0x66, 0x0f, byRegister, 0xe1], Asm.hlt)
      bench.enter()
      bench.change {
        $0.xmm[1] = Self.pair(UInt64(count))
        for index in [3, 4] { $0.xmm[index] = Self.operands[4].destination }
      }
      #expect(bench.run() == .halt)
      #expect(bench.cpu.state.xmm[3] == bench.cpu.state.xmm[4], "\(count)")
    }
  }

  // MARK: operands

  @Test func operandsAreFoundByEachWayOfAddressing() throws {
    let bench = try Self.makeBench()
    for index in 0..<8 as Range<UInt64> { bench.put(Place.data + index * 8, Double(index + 1).bitPattern) }
    let end = bench.place(
      [0x64, 0xf2, 0x0f, 0x58, 0x04, 0xcd] + Asm.bytes(UInt32(8)),  // addsd xmm0, fs:[rcx * 8 + 8]: 3
      [0xf2, 0x0f, 0x58, 0x44, 0x8b, 0xfc],  // addsd xmm0, [rbx + rcx * 4 - 4]: 1
      [0xf2, 0x42, 0x0f, 0x58, 0x44, 0x93, 0x10],  // addsd xmm0, [rbx + r10 * 4 + 16]: 5
      [0xf2, 0x0f, 0x58, 0x04, 0x25] + Asm.bytes(UInt32(Self.page + 56)),  // addsd xmm0, [absolute]: 8
      [0x66, 0x44, 0x0f, 0x58, 0x43, 0x20])  // addpd xmm8, [rbx + 32]: 5, 6
    bench.place([0xf2, 0x0f, 0x58, 0x05] + Asm.bytes(UInt32(1)), Asm.hlt, Asm.bytes((100.0).bitPattern), at: end)
    bench.enter()
    bench.change {
      ($0.general[1], $0.general[3], $0.general[10]) = (1, Self.page, 4)
      $0.segments[4].base = Self.page
    }
    #expect(bench.run() == .halt)
    #expect(bench.cpu.state.xmm[0] == Self.pair((117.0).bitPattern))
    #expect(bench.cpu.state.xmm[8] == Self.pair((5.0).bitPattern, (6.0).bitPattern))
  }

  /// Registers that translated code has not written back yet are right in the handler.
  @Test(
    arguments: [
      ([0x66, 0x0f, 0x58, 0x43, 0x08], 13), ([0x66, 0x0f, 0xfe, 0x43, 0x08], 13), ([0x66, 0x0f, 0xef, 0x43, 0x08], 13),
      ([0x66, 0x0f, 0x58, 0x83, 0, 0x10, 0, 0], 14), ([0xf2, 0x0f, 0x58, 0x83, 0, 0x10, 0, 0], 14),
      ([0x66, 0x0f, 0x70, 0x83, 0, 0x10, 0, 0, 0], 14), ([0xf2, 0x0f, 0x5e, 0xc1], 19), ([0x66, 0x0f, 0x2f, 0xc4], 19),
      ([0xf2, 0x48, 0x0f, 0x2d, 0xc4], 19),
    ] as [(Code, UInt8)])
  func aFaultFindsAllAsItWasBefore(code: Code, vector: UInt8) throws {
    let bench = try Self.makeBench()
    let increments: Code = [0x48, 0xff, 0xc0, 0x49, 0x83, 0xc4, 0x05]  // inc rax; add r12, 5
    bench.place(increments, code, Asm.hlt)
    bench.enter()
    bench.change {
      ($0.general[3], $0.mxcsr) = (Self.page, 0x1d00)  // IE and ZE unmasked
      ($0.xmm[0], $0.xmm[1], $0.xmm[4]) = (Self.operands[0].destination, Self.pair(0), Self.pair(0x7ff0_0000_0000_0001))
    }
    #expect(bench.run() == .halt)
    #expect(bench.exceptions.map(\.vector) == [vector])
    #expect(bench.exceptions.first?.instructionPointer == Place.code + UInt64(increments.count))
    #expect(bench.exceptions.first?.address == (vector == 14 ? Self.page + 0x1000 : 0))
    #expect(bench.exceptions.first?.retired == 2)
    #expect(bench.register(.rax) == 1)
    #expect(bench.register(.r12) == 5)
    #expect(bench.cpu.state.xmm[0] == Self.operands[0].destination)
    #expect(bench.cpu.state.rflags & 0x8d5 == 4)  // 5 has an even number of ones
  }

  /// DPPD of 2^55 * -infinity and 2^-15 * 2^-1022, which is exact: it raises no flag, is not in the sum, and with DAZ is no longer there
  /// when it is added. Silicon raises #XM where underflow is unmasked.
  @Test(
    arguments: [(0xb2, 0x1780, [19]), (0xb2, 0x17c0, [19]), (0x92, 0x1780, []), (0xb2, 0x1f80, [])]
      as [(UInt8, UInt32, [UInt8])])
  func aTinyProductThatIsExactIsAnException(immediate: UInt8, mxcsr: UInt32, vectors: [UInt8]) throws {
    let bench = try Self.makeBench()
    bench.place([0x66, 0x0f, 0x3a, 0x41, 0xc1, immediate], Asm.hlt)
    bench.enter()
    bench.change {
      $0.mxcsr = mxcsr
      $0.xmm[0] = Self.pair(0x4360_0000_0000_0000, 0x3f00_0000_0000_0000)
      $0.xmm[1] = Self.pair(0xfff0_0000_0000_0000, 0x0010_0000_0000_0000)
    }
    #expect(bench.run() == .halt)
    #expect(bench.vectors == vectors)
  }

  // MARK: the unit's state

  @Test(arguments: [[0xf2, 0x0f, 0x58, 0xc1], [0x66, 0x0f, 0xfe, 0xc1], [0x66, 0x0f, 0xef, 0xc0]] as [Code])
  func theUnitMayBeForbidden(code: Code) throws {
    for (bit, vector) in [(4, 6), (8, 7)] as [(UInt64, UInt8)] {  // CR0.EM, CR0.TS
      let bench = try Self.makeBench()
      let end = bench.place(code, Asm.mov(.rax, 0x8001_0033 | bit), Asm.toControl(0, .rax))
      bench.place(code, Asm.hlt, at: end)
      bench.enter()
      #expect(bench.run() == .halt)
      #expect(bench.exceptions.map(\.vector) == [vector])
      #expect(bench.exceptions.first?.instructionPointer == end)
    }
  }

  @Test(arguments: [[0x0f, 0x58, 0xc1], [0x0f, 0xfe, 0xc1], [0x0f, 0xef, 0xc0]] as [Code])
  func sixteenBytesAreNoInstruction(code: Code) throws {
    let bench = try Self.makeBench()
    bench.place([UInt8](repeating: 0x66, count: 13), code, Asm.hlt)
    bench.enter()
    #expect(bench.run() == .halt)
    #expect(bench.exceptions.map(\.vector) == [13])
  }

  @Test(
    "each flag reaches MXCSR",
    arguments: [
      (0x5e, 1.0, 3.0, 0x20), (0x5e, 1.0, 0.0, 4), (0x58, 1.0, Double.leastNonzeroMagnitude, 0x22),
      (0x59, 1e300, 1e300, 0x28),
      (0x59, 1e-300, 1e-300, 0x30), (0x51, 0.0, -1.0, 1), (0x58, 1.0, 1.0, 0),
    ] as [(UInt8, Double, Double, UInt32)])
  func flags(opcode: UInt8, destination: Double, source: Double, flags: UInt32) throws {
    let bench = try Self.makeBench()
    bench.place([0xf2, 0x0f, opcode, 0xc1], [0x66, 0x0f, 0x2f, 0xc0], Asm.hlt)  // and comisd xmm0, xmm0
    bench.enter()
    bench.change { ($0.xmm[0], $0.xmm[1]) = (Self.pair(destination.bitPattern), Self.pair(source.bitPattern)) }
    #expect(bench.run() == .halt)
    #expect(bench.cpu.state.mxcsr == 0x1f80 | flags)
    #expect(bench.cpu.state.rflags & 0x8d5 == (opcode == 0x51 ? 0x45 : 0x40))  // a root of -1 is unordered
  }

  @Test func roundingChangesFromOneInstructionToTheNext() throws {
    let bench = try Self.makeBench()
    bench.put(Place.data, 0x1f80 << 32 | 0x5f80)
    bench.place(
      [0xf2, 0x0f, 0x5e, 0xc1], [0x0f, 0xae, 0x13],  // divsd xmm0, xmm1; ldmxcsr [rbx]: up
      [0xf2, 0x0f, 0x5e, 0xd1], [0x0f, 0xae, 0x53, 0x04],  // divsd xmm2, xmm1; ldmxcsr [rbx + 4]: nearest
      [0xf2, 0x0f, 0x5e, 0xd9], [0x0f, 0xae, 0x5b, 0x08],  // divsd xmm3, xmm1; stmxcsr [rbx + 8]
      Asm.hlt)
    bench.enter()
    bench.change {
      $0.general[3] = Self.page
      for index in [0, 2, 3] { $0.xmm[index] = Self.pair((1.0).bitPattern) }
      $0.xmm[1] = Self.pair((3.0).bitPattern)
    }
    #expect(bench.run() == .halt)
    let state = bench.cpu.state
    #expect(state.xmm[0] == Self.pair(0x3fd5_5555_5555_5555))
    #expect(state.xmm[2] == Self.pair(0x3fd5_5555_5555_5556))
    #expect(state.xmm[3] == Self.pair(0x3fd5_5555_5555_5555))
    #expect(bench.memory.read64(Place.data + 8) == 0x1fa0)
  }

  /// The state taken out before any instruction and put into another engine leads to the same end.
  @Test func aRunOfSSEGoesOnInAnotherEngine() throws {
    func start() throws -> CPUBench {
      let bench = try Self.makeBench()
      bench.put(Place.data, (0.3).bitPattern)
      bench.place(
        Asm.mov(.rbx, Self.page), Asm.mov(.rax, 7), [0xf2, 0x48, 0x0f, 0x2a, 0xc0], [0xf2, 0x0f, 0x59, 0x03],
        [0x66, 0x0f, 0x2f, 0x03], [0x72, 0x04], [0xf2, 0x0f, 0x51, 0xc8], [0x66, 0x0f, 0xfe, 0xc8],
        [0x66, 0x0f, 0x72, 0xf1, 3],
        [0xf2, 0x0f, 0x5e, 0xca], [0xf2, 0x48, 0x0f, 0x2d, 0xc8], [0x0f, 0xae, 0x5b, 0x08], Asm.hlt)
      bench.enter()
      return bench
    }
    let whole = try start()
    #expect(whole.run() == .halt)
    #expect(whole.vectors == [])
    try whole.expectTakenOverAnywhere(start)
  }
}
