import SimCPU
import Testing

/// Operands of instructions that helpers execute are read past the library where nothing forbids or watches it.
@Suite struct OperandAccessTests {
  private typealias Place = CPUBench.Place

  private static let page = Place.test
  private static let multiply: Code = [0xf2, 0x0f, 0x59, 0x03]  // mulsd xmm0, [rbx]

  /// Runs `code` with the address of a page of RAM in RBX, which has key 1 and begins with 2.0.
  private static func run(_ code: Code, _ prepare: (CPUBench) -> Void = { _ in }) throws -> CPUBench {
    let bench = try CPUBench()
    bench.handle(1, Asm.iretq)
    bench.handle(14, Asm.hlt)
    bench.map(page, Place.data | 7 | 1 << 59)
    bench.put(Place.data, (2.0).bitPattern)
    bench.place(Asm.mov(.rbx, page), code, Asm.hlt)
    bench.enter()
    bench.change { $0.xmm[0] = Asm.bytes((3.0).bitPattern) + [UInt8](repeating: 0, count: 8) }
    prepare(bench)
    #expect(bench.run() == .halt)
    return bench
  }

  private static func product(_ bench: CPUBench) -> Double {
    let bits = bench.cpu.state.xmm[0].prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Double(bitPattern: bits)
  }

  @Test func aRepeatedOperandIsReadFromMemoryEachTime() throws {
    let bench = try Self.run(
      Self.multiply + Self.multiply + Asm.mov(.rax, (5.0).bitPattern) + [0x48, 0x89, 0x03] + Self.multiply)
    #expect(Self.product(bench) == 60)
  }

  @Test func aKeyForbidsAnOperandThatWasReadBefore() throws {
    let bench = try Self.run(Self.multiply + Self.multiply + Asm.setPKRU(0x4) + Self.multiply)
    #expect(bench.exceptions.map(\.errorCode) == [0x21])
    #expect(Self.product(bench) == 12)
  }

  @Test func aDataBreakpointAtAnOperandTraps() throws {
    let bench = try Self.run(Self.multiply + Self.multiply + Asm.nop) {
      $0.change {
        $0.debug[0] = Self.page
        $0.debug[7] = 0xb_0402  // eight bytes, reads and writes, global
      }
    }
    #expect(bench.vectors == [1, 1])
    #expect(Self.product(bench) == 12)
  }

  @Test func anOperandMayGoOnInAPageElsewhere() throws {
    let bytes = Asm.bytes((2.0).bitPattern)
    let bench = try Self.run(Asm.mov(.rbx, Self.page + 0xffc) + Self.multiply + Self.multiply) {
      $0.map(Self.page + 0x1000, (Place.data + 0x4000) | 7)
      #expect($0.memory.write(Array(bytes[..<4]), at: Place.data + 0xffc))
      #expect($0.memory.write(Array(bytes[4...]), at: Place.data + 0x4000))
    }
    #expect(Self.product(bench) == 12)
  }

  /// CMPSQ, with operands in pages that are not there: silicon reads the one at RSI first.
  @Test(arguments: [[], [0xf3], [0xf2]] as [Code])
  func theOperandThatCMPSReadsFirstFaultsFirst(prefix: Code) throws {
    let (source, destination) = (Self.page + 0x10_0000, Self.page + 0x20_0000)
    func run(count: UInt64) throws -> CPUBench {
      try Self.run(
        Asm.mov(.rsi, source) + Asm.mov(.rdi, destination) + Asm.mov(.rcx, count) + prefix + [0x48, 0xa7])
    }
    let bench = try run(count: 2)
    #expect(bench.vectors == [14])
    #expect(bench.cpu.state.cr2 == source)
    #expect(try run(count: 0).vectors == (prefix.isEmpty ? [14] : []))
  }
}
