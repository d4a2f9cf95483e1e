import SimCPU
import SimMemory
import Testing

/// Operands that are read and then written, over the edge of a page: which page a fault names, and that it is one of a write.
@Suite struct ModifiedOperandTests {
  private typealias Place = CPUBench.Place
  private typealias Exception = CPUBench.Exception

  private static let firstPage = Place.test
  private static let secondPage = Place.test + 0x1000
  private static let frames: UInt64 = 0x80_0000
  private static let present: UInt64 = 1
  private static let writable: UInt64 = 2
  /// The first byte lies in the first page, all others in the second.
  private static let operand = secondPage - 1

  /// An instruction up to the address of its operand.
  struct Form: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var code: [UInt8]

    init(_ name: String, _ code: [UInt8]) { (testDescription, self.code) = (name, code + [0x25]) }
  }

  static let forms = [
    Form("add word", [0x66, 0x01, 0x04]), Form("add doubleword", [0x01, 0x04]),
    Form("add quadword", [0x48, 0x01, 0x04]), Form("lock add", [0xf0, 0x01, 0x04]), Form("inc", [0xff, 0x04]),
    Form("not", [0xf7, 0x14]), Form("lock neg", [0xf0, 0xf7, 0x1c]), Form("shl", [0xd1, 0x24]),
    Form("rcl", [0xd1, 0x14]), Form("xchg", [0x87, 0x04]), Form("lock xadd", [0xf0, 0x0f, 0xc1, 0x04]),
    Form("bts", [0x0f, 0xab, 0x04]),
    Form("cmpxchg", [0x0f, 0xb1, 0x0c]), Form("cmpxchg8b", [0x0f, 0xc7, 0x0c]),
  ]

  /// Reads the first page, so that the right to read it is known, and executes `form` behind that.
  private static func run(_ form: Form, first: UInt64, second: UInt64) throws -> CPUBench {
    let bench = try CPUBench()
    bench.map(firstPage, first)
    bench.map(secondPage, second)
    bench.handle(14, Asm.hlt)
    bench.place(Asm.load(.rax, firstPage), form.code + Asm.bytes(UInt32(operand)), Asm.hlt)
    #expect(bench.run() == .halt)
    return bench
  }

  private static func fault(_ errorCode: UInt32, at address: UInt64) -> [Exception] {
    let start = Place.code + UInt64(Asm.load(.rax, firstPage).count)
    return [Exception(vector: 14, errorCode: errorCode, instructionPointer: start, address: address, retired: 1)]
  }

  @Test(arguments: forms)
  func theFirstPageIsNamedIfItMayNotBeWritten(_ form: Form) throws {
    let bench = try Self.run(form, first: Self.frames | Self.present, second: 0)
    #expect(bench.exceptions == Self.fault(3, at: Self.operand))
  }

  @Test(arguments: forms)
  func theSecondPageIsNamedIfOnlyItIsAbsent(_ form: Form) throws {
    let bench = try Self.run(form, first: Self.frames | Self.present | Self.writable, second: 0)
    #expect(bench.exceptions == Self.fault(2, at: Self.secondPage))
    #expect(bench.memory.read(Self.frames, count: 4096) == [UInt8](repeating: 0, count: 4096))
  }

  @Test(arguments: forms)
  func bothPagesAreWritten(_ form: Form) throws {
    let rights = Self.present | Self.writable
    let bench = try Self.run(form, first: Self.frames | rights, second: (Self.frames + 0x1000) | rights)
    #expect(bench.exceptions == [])
    let dirty: UInt64 = 0x40
    #expect(bench.memory.read64(bench.entryAddress(Self.firstPage))! & dirty == dirty)
    #expect(bench.memory.read64(bench.entryAddress(Self.secondPage))! & dirty == dirty)
  }

  /// A near branch with a 66 prefix reads two bytes, and nothing of the page behind them.
  @Test(arguments: [[UInt8](), [0xf2], [0xf3]], [UInt8(0x24), 0x14])
  func aNearBranchOf16BitsReadsTwoBytes(_ prefix: [UInt8], _ modRM: UInt8) throws {
    let bench = try CPUBench()
    bench.map(Self.firstPage, Self.frames | Self.present | Self.writable)
    bench.map(Self.secondPage, 0)
    bench.handle(14, Asm.hlt)
    bench.place([0x66] + prefix + [0xff, modRM, 0x25] + Asm.bytes(UInt32(Self.secondPage - 2)), Asm.hlt)
    _ = bench.run()
    #expect(!bench.exceptions.contains { $0.address == Self.secondPage })
  }
}
