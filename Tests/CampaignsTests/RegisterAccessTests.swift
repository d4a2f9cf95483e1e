import SeededRandom
import SimCPU
import SimEvents
import SimMemory
import SimUnicorn
import Testing

@testable import Campaigns

/// A processor in 64-bit mode with 2 MiB of RAM mapped in place, and nothing else.
private final class BareProcessor: CPUEnvironment {
  let memory: GuestMemory
  private let initial: MemorySnapshot
  private(set) var engine: UnicornEngine!
  var taskPriority: UInt64 = 0

  static let code: UInt64 = 0x10_0000

  init() throws {
    memory = try GuestMemory(size: 0x20_0000)
    _ = memory.write64(0x2007, at: 0x1000)
    _ = memory.write64(0x3007, at: 0x2000)
    _ = memory.write64(0x87, at: 0x3000)
    for address in stride(from: UInt64(0x4000), to: 0x20_0000, by: 8) {
      _ = memory.write64(address &* 0x9e37_79b9_7f4a_7c15, at: address)
    }
    initial = memory.snapshot()
    engine = try UnicornEngine(memory: memory, environment: self, cpuid: CPUIDModel(clockHz: 1_000_000_000))
  }

  /// What an instruction leaves behind.
  struct End: Equatable {
    var stop: EngineStop
    var general: [UInt64]
    var rip: UInt64
    var rflags: UInt64
    var memory: UInt64
  }

  func execute(_ code: [UInt8], _ general: [UInt64], _ flags: UInt64) throws -> End {
    try memory.restore(initial)
    _ = memory.write(code, at: Self.code)
    var state = CPUState()
    state.general = general
    (state.rip, state.rflags) = (Self.code, flags & 0x8d5 | 2)
    (state.cr0, state.cr3, state.cr4, state.efer) = (0x8001_0013, 0x1000, 0x40_0620, 0xd00)
    state.segments = [0, 8, 16, 16, 16, 16].map { $0 == 8 ? .flatCode(8, is64Bit: true) : .flatData($0) }
    engine.state = state
    engine.translations = []
    engine.setInstructionsRetired(0)
    engine.setHorizon(1)
    let stop = engine.run()
    let end = engine.state
    return End(
      stop: stop, general: end.general, rip: end.rip, rflags: end.rflags & 0x8d5, memory: memory.digest())
  }

  func deviceRead(_ address: UInt64, size: Int) -> UInt64 { 0 }
  func deviceWrite(_ address: UInt64, size: Int, value: UInt64) {}
  func portRead(_ port: UInt16, size: Int) -> UInt32 { 0 }
  func portWrite(_ port: UInt16, size: Int, value: UInt32) {}
  func observe(_ event: EventPayload) {}
  func timestampCounter() -> UInt64 { 0 }
  func randomNumber() -> UInt64 { 0 }
  func readMSR(_ index: UInt32) -> UInt64? { nil }
  func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool { false }
  func breakpointReached(_ address: UInt64) -> Bool { false }
}

@Suite struct RegisterAccessTests {
  /// The processor is the witness: a bit that the table says is not read may be another way, and nothing else is different
  /// afterwards; if it says that the bit is overwritten, not even that.
  @Test func whatIsNotReadMakesNoDifference() throws {
    let processor = try BareProcessor()
    var generator = SeededGenerator(seed: 20)
    var (looked, forms) = (0, Set<[UInt8]>())
    for _ in 0..<80_000 {
      let code = generator.next() & 3 == 0 ? drawnRareCode(&generator) : drawnCode(&generator)
      guard let decoded = UnicornEngine.decode(code, codeBits: 64) else { continue }
      let accesses = RegisterAccesses(decoded)
      guard accesses != .unknown else { continue }
      let general = (0..<16).map { _ in drawnValue(&generator) }
      let flags = generator.next()
      let plain = try processor.execute(code, general, flags)
      guard plain.stop == .horizon else { continue }
      for _ in 0..<2 {
        let number = Int(generator.next() % 16)
        let access = accesses[number]
        let mask = generator.next() & generator.next() & ~access.reads
        guard mask != 0 else { continue }
        var changed = general
        changed[number] ^= mask
        let found = try processor.execute(code, changed, flags)
        var expected = plain
        expected.general[number] ^= mask & ~access.writes
        let name = "\(code.map { String($0, radix: 16) }), register \(number), mask \(String(mask, radix: 16))"
        #expect(found == expected, "\(name)")
        looked += 1
        forms.insert([decoded.map.rawValue, decoded.opcode, decoded.isMemory ? 1 : 0])
      }
    }
    #expect(looked > 40_000 && forms.count > 240, "\(looked) looks at \(forms.count) forms")
  }

  /// Bits that a listed instruction reads do make a difference, at least sometimes: the table is not all too careful.
  @Test func theTableIsNoWiderThanItMust() throws {
    let move = RegisterAccesses(try #require(UnicornEngine.decode([0x48, 0x89, 0xd8], codeBits: 64)))
    #expect(move[3].reads == .max && move[0].writes == .max && move[0].reads == 0)
    let high = RegisterAccesses(try #require(UnicornEngine.decode([0x88, 0xe0], codeBits: 64)))
    #expect(high[0].reads == 0xff00 && high[0].writes == 0xff)
    let clear = RegisterAccesses(try #require(UnicornEngine.decode([0x31, 0xc0], codeBits: 64)))
    #expect(clear[0].reads == 0 && clear[0].writes == .max)
    let load = RegisterAccesses(try #require(UnicornEngine.decode([0x8b, 0x44, 0x8b, 0x10], codeBits: 64)))
    #expect(load[3].reads == .max && load[1].reads == .max && load[0].writes == .max && load[0].reads == 0)
    let vector = RegisterAccesses(try #require(UnicornEngine.decode([0x0f, 0x58, 0x00], codeBits: 64)))
    #expect(vector == .unknown)
  }

  /// Addresses in RAM, small numbers, and anything.
  private func drawnValue(_ generator: inout SeededGenerator) -> UInt64 {
    let value = generator.next()
    switch value >> 60 {
    case 0..<10: return 0x4_0000 + value % 0xa_0000
    case 10..<12: return value % 64
    default: return generator.next()
    }
  }

  /// Instructions that drawn bytes are seldom: of the system, with a repeat prefix, of vectors.
  private func drawnRareCode(_ generator: inout SeededGenerator) -> [UInt8] {
    let rare: [[UInt8]] = [
      [0x0f, 0x01, 0xee], [0x0f, 0x01, 0xef], [0x0f, 0x01, 0xca], [0x0f, 0x01, 0xcb], [0x0f, 0x01, 0xf8],
      [0x0f, 0x01, 0xf9], [0x0f, 0x31], [0x0f, 0xa2], [0x0f, 0xae, 0xe8], [0x0f, 0xae, 0xf0], [0x0f, 0xae, 0xf8],
      [0x0f, 0xae, 0x18], [0x0f, 0xae, 0x38], [0x0f, 0x18, 0x08], [0x0f, 0x0d, 0x08], [0x0f, 0xb1, 0x0f],
      [0x0f, 0xb1, 0xcf], [0x0f, 0xb0, 0xe7], [0x40, 0x0f, 0xb0, 0xe7], [0x48, 0x0f, 0xb1, 0xcb], [0x0f, 0xc1, 0x0f],
      [0x48, 0x0f, 0xc1, 0xcf], [0x0f, 0xc0, 0xe7], [0x0f, 0x10, 0x07], [0x0f, 0x57, 0xc0], [0x66, 0x0f, 0xef, 0xc9],
      [0x66, 0x0f, 0x6f, 0x06], [0xf3, 0x0f, 0x7f, 0x07], [0xf2, 0x0f, 0x10, 0x06], [0x66, 0x0f, 0xd6, 0x07],
      [0x9c], [0x9d], [0x9e], [0x9f], [0xf5], [0xf8], [0xf9], [0xfa], [0xfb], [0xfc], [0xfd], [0xa4], [0x48, 0xa5],
      [0xf3, 0xa4], [0xf3, 0x48, 0xab], [0xaa], [0xab], [0xa6], [0xf3, 0xa6], [0xac], [0xad], [0x48, 0xad],
      [0xf3, 0xad],
      [0xae], [0xf2, 0xae], [0xec], [0xed], [0x66, 0xed], [0xee], [0xef], [0x48, 0xef], [0x48, 0xed], [0xe4, 0x60],
      [0xe7, 0x60],
    ]
    return rare[Int(generator.next() % UInt64(rare.count))] + [UInt8](repeating: 0, count: 8)
  }

  private func drawnCode(_ generator: inout SeededGenerator) -> [UInt8] {
    var code: [UInt8] = []
    let draw = generator.next()
    if draw & 15 == 0 { code.append(0x66) }
    if draw >> 4 & 15 == 0 { code.append(0xf3) }
    if draw >> 8 & 1 == 0 { code.append(0x40 | UInt8(draw >> 9 & 15)) }
    if draw >> 16 & 3 == 0 { code.append(0x0f) }
    code.append(UInt8(truncatingIfNeeded: draw >> 24))
    // Displacements and immediates are small, so that operands lie in RAM.
    let modRM = UInt8(truncatingIfNeeded: draw >> 32)
    code += [modRM, UInt8(truncatingIfNeeded: draw >> 40)]
    code += (0..<12).map { $0 % 4 == 0 ? UInt8(truncatingIfNeeded: generator.next()) : 0 }
    return code
  }
}
