import SimCPU
import SimEvents
import Testing

/// Instructions that are executed by forms of our own, and bytes that are none.
@Suite struct FormTests {
  private typealias Place = CPUBench.Place

  /// Runs `code`, then HLT, at CPL 0; the handlers of #DB, #UD, #GP and #XM halt.
  private static func run(_ code: Code, _ prepare: (CPUBench) -> Void = { _ in }) throws -> CPUBench {
    let bench = try CPUBench()
    for vector in [1, 6, 13, 16, 17, 19] as [UInt8] { bench.handle(vector, ist: 1, Asm.hlt) }
    bench.place(code, Asm.hlt)
    bench.enter()
    prepare(bench)
    #expect(bench.run() == .halt)
    return bench
  }

  /// An XMM register with `value` in its lowest lane.
  private static func lanes(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init) + [UInt8](repeating: 0, count: 12)
  }

  @Test(
    "bytes that are no instruction are #UD",
    arguments: [
      [0xff, 0xd8], [0xff, 0xe8], [0x66, 0xff, 0xd8], [0xf0, 0x39, 0x0f], [0xf0, 0xa6], [0xf0, 0x0f, 0xa3, 0x06],
      [0xf0, 0x0f, 0xba, 0xe0, 1], [0xf0, 0x01, 0xc0], [0xc5, 0xf8, 0x58, 0xd1], [0x62, 0xf1, 0x7c, 0x48, 0x58, 0xc1],
      [0x0f, 0x38, 0xf0, 0xc0], [0x0f, 0x34], [0x0f, 0x0f, 0xc1, 0x9e],
      [0xf0, 0x66, 0x0f, 0xae, 0x33], [0x66, 0x0f, 0xae, 0xf8],
    ] as [Code])
  func undefinedBytes(_ bytes: Code) throws {
    let bench = try Self.run(bytes)
    #expect(bench.exceptions.map(\.vector) == [6])
    #expect(bench.exceptions.first?.instructionPointer == Place.code)
  }

  @Test func syscallAndSysretGoWhereTheirMSRsSay() throws {
    let bench = try Self.run([0x0f, 0x05]) { bench in
      bench.place([0xf4], at: 0x1_8000)
      bench.change {
        $0.modelSpecific[0] = 0x0010_0008_0000_0000  // STAR
        $0.modelSpecific[1] = 0x1_8000  // LSTAR
        $0.modelSpecific[3] = 0x400  // FMASK
        $0.rflags = 0x445 | 2
      }
    }
    #expect(bench.vectors == [])
    #expect(bench.register(.rcx) == Place.code + 2)
    #expect(bench.cpu.state.general[11] == 0x447)
    #expect(bench.cpu.state.rflags == 0x47)
    #expect(bench.cpu.instructionPointer == 0x1_8001)
  }

  /// SDM volume 2B, SYSRET: #GP at CPL 0, before anything has changed; AMD's processors would go there, and fault at CPL 3.
  @Test func sysretDoesNotLeaveForAnAddressThatIsNotCanonical() throws {
    for (target, vectors) in [(1 << 47, [13]), (~(1 << 47), [13]), (~0 << 47 as UInt64, [])] as [(UInt64, [UInt8])] {
      let bench = try CPUBench()
      for vector in [13, 14] as [UInt8] { bench.handle(vector, ist: 1, Asm.hlt) }
      bench.place([0x48, 0x0f, 0x07], Asm.hlt)
      bench.enter()
      bench.change {
        $0.efer |= 1
        $0.modelSpecific[0] = 0x0010_0008_0000_0000  // STAR
        $0.general[1] = target
        $0.general[11] = 0x202
      }
      #expect(bench.run() == .halt)
      if vectors.isEmpty {
        // Nothing is mapped there, which the processor finds out at CPL 3.
        #expect(bench.exceptions.map(\.vector) == [14])
        #expect(bench.exceptions.first?.instructionPointer == target)
      } else {
        #expect(bench.exceptions.map(\.vector) == vectors)
        #expect(bench.exceptions.first?.instructionPointer == Place.code)
      }
    }
  }

  @Test func aDataBreakpointTrapsBehindTheStore() throws {
    let store: Code = [0x89, 0x04, 0x25, 0x00, 0x00, 0x03, 0x00]  // mov [0x30000], eax
    let bench = try Self.run(Asm.nop + store + Asm.nop + Asm.nop) { bench in
      bench.change {
        $0.debug[0] = 0x3_0000
        $0.debug[7] = 0xd_0402  // four bytes, writes, global
      }
    }
    #expect(bench.exceptions.map(\.vector) == [1])
    #expect(bench.exceptions.first?.instructionPointer == Place.code + 8)
    #expect(bench.exceptions.first?.retired == 2)
    #expect(bench.cpu.state.debug[6] & 0xf == 1)
  }

  @Test func anExecutionBreakpointFaultsBeforeItsInstruction() throws {
    let bench = try Self.run(Asm.nop + Asm.nop + Asm.nop) { bench in
      bench.change {
        $0.debug[1] = Place.code + 2
        $0.debug[7] = 0x408
      }
    }
    #expect(bench.exceptions.map(\.vector) == [1])
    #expect(bench.exceptions.first?.instructionPointer == Place.code + 2)
    #expect(bench.cpu.state.debug[6] & 0xf == 2)
  }

  @Test func xrstorWritesPKRUAndIsSeen() throws {
    // An area without PKRU in its header sets it to its initial value, 0.
    let code = Asm.mov(.rax, 0x200) + Asm.mov(.rdx, 0) + ([0x0f, 0xae, 0x2c, 0x25, 0, 0, 3, 0] as Code)
    let bench = try Self.run(code) { bench in
      bench.change {
        $0.cr4 |= 1 << 18
        $0.xcr0 = 0x203
        $0.pkru = 0x5554
      }
    }
    #expect(bench.vectors == [])
    #expect(bench.cpu.keyRights == 0)
    let writes = bench.events.compactMap { event -> UInt32? in
      if case .pkruWrite(let old, 0, _) = event.payload { old } else { nil }
    }
    #expect(writes == [0x5554])
  }

  @Test func flagsOfArithmeticReachMXCSRAndUnmaskedOnesRaise() throws {
    let divide: Code = [0xf3, 0x0f, 0x5e, 0xc1]  // divss xmm0, xmm1
    for (mxcsr, vectors) in [(0x1f80, []), (0x1d80, [19])] as [(UInt32, [UInt8])] {
      let bench = try Self.run(divide) { bench in
        bench.change {
          $0.xmm[0] = Self.lanes(0x3f80_0000)
          $0.mxcsr = mxcsr
        }
      }
      #expect(bench.vectors == vectors)
      #expect(bench.cpu.state.mxcsr == mxcsr | 4)
      #expect(bench.cpu.state.xmm[0] == Self.lanes(vectors.isEmpty ? 0x7f80_0000 : 0x3f80_0000))
    }
  }

  @Test(arguments: [1, 8, 15] as [UInt64])
  func aLoadThatFaultsInItsSecondPageWritesNothing(before: UInt64) throws {
    let absent = Place.test + 0x1000
    let bench = try CPUBench()
    bench.map(Place.test, 0x80_0000 | 3)
    bench.handle(14, ist: 1, Asm.hlt)
    let address = withUnsafeBytes(of: UInt32(absent - before).littleEndian, Array.init)
    bench.place([0x0f, 0x10, 0x04, 0x25] + address)  // movups xmm0, [absent - before]
    bench.enter()
    let old = (0..<16).map { UInt8($0 + 1) }
    bench.change { $0.xmm[0] = old }
    #expect(bench.run() == .halt)
    #expect(bench.exceptions.map(\.address) == [absent])
    #expect(bench.cpu.state.xmm[0] == old)
  }

  @Test(
    "reciprocals take denormals for 0 and give 0 for them",
    arguments: [
      (0x53, 0x0000_0001, 0x7f80_0000), (0x53, 0x8040_0000, 0xff80_0000), (0x53, 0x7f00_0000, 0),
      (0x53, 0x4000_0000, 0x3f00_0000), (0x52, 0x0000_0001, 0x7f80_0000), (0x52, 0xbf80_0000, 0xffc0_0000),
      (0x52, 0x4080_0000, 0x3f00_0000),
    ] as [(UInt8, UInt32, UInt32)])
  func reciprocals(opcode: UInt8, source: UInt32, expected: UInt32) throws {
    let bench = try Self.run([0xf3, 0x0f, opcode, 0xc1]) { bench in
      bench.change {
        ($0.xmm[0], $0.xmm[1]) = (Self.lanes(0), Self.lanes(source))
        $0.mxcsr = 0x1f80
      }
    }
    #expect(bench.cpu.state.xmm[0] == Self.lanes(expected))
    #expect(bench.cpu.state.mxcsr == 0x1f80)
  }

  @Test func anExactResultThatOverflowsUnmaskedIsNotInexact() throws {
    let bench = try Self.run([0xf3, 0x0f, 0x58, 0xc1]) { bench in  // addss xmm0, xmm1
      bench.change {
        ($0.xmm[0], $0.xmm[1]) = (Self.lanes(0x7f00_0000), Self.lanes(0x7f00_0000))
        $0.mxcsr = 0x1b80
      }
    }
    #expect(bench.vectors == [19])
    #expect(bench.cpu.state.mxcsr == 0x1b88)
  }

  @Test func x87StackFaultsSetTheStatusWord() throws {
    let bench = try Self.run([0xdd, 0xd8])  // fstp st0 of an empty register
    #expect(bench.vectors == [])
    #expect(bench.cpu.state.fsw == 0x0841)
  }

  @Test func aReadModifyWriteFaultsAsAWrite() throws {
    let bench = try CPUBench()
    bench.handle(14, ist: 1, Asm.hlt)
    bench.place([0xff, 0x04, 0x25, 0x00, 0x00, 0x40, 0x00])  // inc dword [0x400000], not present
    bench.enter()
    #expect(bench.run() == .halt)
    #expect(bench.exceptions.map(\.errorCode) == [2])
  }

  /// The memory for translated code (64 MiB) is used up twice over: blocks that are gone must not be found again.
  @Test func translatedCodeIsForgottenAsAWhole() throws {
    let bench = try CPUBench()
    bench.handle(13, ist: 1, Asm.hlt)
    let store = Asm.store(Place.data, .rax)
    let misaligned: Code = [0x66, 0x0f, 0xd2, 0x03]  // psrld xmm0, [rbx]
    for _ in 1...5000 {
      bench.place(Code(repeatElement(store, count: 400).joined()), misaligned, Asm.hlt)
      bench.enter()
      bench.change { $0.general[3] = Place.data + 3 }
      #expect(bench.run() == .halt)
      try #require(bench.vectors == [13], "the fault's instruction is known by its block's record")
      bench.events = []
    }
  }
}
