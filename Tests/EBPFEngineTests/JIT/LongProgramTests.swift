import TestSupport
import Testing

@testable import EBPFEngine

/// Distances of jumps, and large programs. `TestRun` compares translated and interpreted runs.
@Suite struct LongProgramTests {
  /// A jump forwards over `length` instructions, then one back over them, each taken.
  @Test(arguments: [0, 1, 5, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 40, 200, 8_000, 32_000])
  func jumpsReach(length: Int) throws {
    let padding = [EncodedSlot](repeating: EncodedSlot(opcode: 0x07, destination: 0, immediate: 1), count: length)
    let forward = EncodedSlot(opcode: 0x05, offset: Int16(length + 1))
    let back = EncodedSlot(opcode: 0x15, destination: 3, offset: Int16(-length - 2), immediate: 0)
    let count = EncodedSlot(opcode: 0x07, destination: 3, immediate: 1)
    // r3 is 0 at the first arrival: back to the padding, which then is executed.
    let slots = [forward] + [EncodedSlot(opcode: 0x07, destination: 3, immediate: 1)] + padding + [back, count]
    let run = try TestRun(Program(slots: slots + [EncodedSlot(opcode: 0x95)]), context: [0], budget: 200_000)
    #expect(run.value == UInt64(length))
  }

  /// Arithmetic and forward branches, drawn: runs go through all of it, with thousands of branches to code not yet there.
  @Test func aHundredThousandInstructionsRun() throws {
    let seed: UInt64 = 100_000
    var generator = SeededGenerator(seed: seed)
    let operations: [UInt8] = [0x07, 0x0f, 0x1c, 0x24, 0x2f, 0x37, 0x4f, 0x5f, 0x6f, 0x74, 0x9c, 0xaf, 0xbf, 0xcc]
    let branches: [UInt8] = [0x1d, 0x25, 0x3e, 0x45, 0x5d, 0x66, 0xad, 0xde]
    let slots = (0..<100_000).map { index in
      let isBranch = index % 4 == 3 && index < 99_900
      let opcode = (isBranch ? branches : operations).randomElement(using: &generator) ?? 0x07
      let byRegister = opcode & 8 != 0
      return EncodedSlot(
        opcode: opcode, destination: .random(in: 0...9, using: &generator),
        source: byRegister ? .random(in: 0...9, using: &generator) : 0,
        offset: isBranch ? .random(in: 0...60, using: &generator) : 0,
        immediate: byRegister ? 0 : .random(in: -64...64, using: &generator))
    }
    let run = try TestRun(Program(slots: slots + [EncodedSlot(opcode: 0x95)]), context: [0], budget: 200_000)
    print("long program: seed \(seed), \(slots.count) instructions, \(run.result.instructionCount) executed")
    #expect(run.value != nil && run.result.instructionCount > 10_000)
  }
}
