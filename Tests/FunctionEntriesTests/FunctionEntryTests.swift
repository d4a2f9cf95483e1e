import FunctionEntries
import Testing

@Suite struct FunctionEntryTests {
  @Test(arguments: [[0x0f, 0x1f, 0x44, 0x00, 0x00, 0x55], [0x0f, 0x1f, 0x44, 0x00, 0x08, 0xc3]] as [[UInt8]])
  func whatCompilersKeepFreeIsANop(code: [UInt8]) throws {
    #expect(try FunctionEntry(code) == .nop)
  }

  /// Bytes, and how many of them are the first instruction.
  static let instructions: [(code: [UInt8], length: Int)] = [
    ([0x55, 0x48], 1), ([0x41, 0x57], 2), ([0x48, 0x89, 0xe5], 3), ([0x48, 0x83, 0xec, 0x28], 4),
    ([0x48, 0x81, 0xec, 0, 1, 0, 0], 7), ([0x31, 0xc0], 2), ([0xb8, 1, 2, 3, 4], 5), ([0x66, 0xb8, 1, 2], 4),
    ([0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8], 10), ([0x48, 0x8d, 0x44, 0x24, 0x08], 5),
    ([0x48, 0x8b, 0x84, 0xcd, 1, 2, 3, 4], 8), ([0x8b, 0x04, 0x25, 1, 2, 3, 4], 7), ([0xf6, 0xc1, 0x01], 3),
    ([0xf7, 0x07, 1, 2, 3, 4], 6), ([0xf7, 0xd8], 2), ([0xf3, 0x0f, 0x1e, 0xfa], 4), ([0x0f, 0xb6, 0x07], 3),
    ([0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00], 6), ([0x0f, 0x1f, 0x40, 0x00], 4), ([0x48, 0xc7, 0x07, 1, 0, 0, 0], 7),
    ([0xc3], 1), ([0xff, 0xe0], 2), ([0x48, 0x69, 0xc7, 1, 2, 3, 4], 7), ([0x0f, 0xba, 0xe7, 3], 4),
  ]

  @Test(arguments: instructions)
  func anInstructionIsAsLongAsItIs(code: [UInt8], length: Int) throws {
    let instruction = try MovableInstruction(code + [0xcc, 0xcc])
    #expect(instruction.length == length && instruction.distanceOffset == nil && instruction.jumpDistance == nil)
    for end in 0..<length {
      #expect(throws: EntryError.truncated) { try MovableInstruction(code[..<end]) }
    }
  }

  @Test(
    arguments: [
      ([0xe8, 0, 0, 0, 0], .dependsOnItsPlace), ([0x74, 0x10], .dependsOnItsPlace),
      ([0x0f, 0x84, 0, 0, 0, 0], .dependsOnItsPlace), ([0xe3, 0], .dependsOnItsPlace),
      ([0xff, 0xd0], .dependsOnItsPlace), ([0x9c], .unknownInstruction), ([0xff, 0x18], .unknownInstruction),
      ([0xc5, 0xf8, 0x77], .unknownInstruction), ([0x0f, 0x01, 0xef], .unknownInstruction),
    ] as [([UInt8], EntryError)])
  func whatWouldMeanSomethingElseElsewhereIsRefused(code: [UInt8], error: EntryError) {
    #expect(throws: error) { try MovableInstruction(code) }
  }

  @Test func aMovedInstructionGoesOnBehindItself() throws {
    let code: [UInt8] = [0x48, 0x89, 0xe5, 0x90]
    let moved = try MovableInstruction(code).moved(code, from: 0x1000, to: 0x2000)
    // jmp from 0x2008 to 0x1003.
    #expect(moved == [0x48, 0x89, 0xe5, 0xe9, 0xfb, 0xef, 0xff, 0xff])
  }

  @Test func aMovedInstructionStillMeansTheSameMemory() throws {
    // mov 0x100(%rip), %rax at 0x1000 means 0x1107.
    let code: [UInt8] = [0x48, 0x8b, 0x05, 0x00, 0x01, 0, 0]
    let moved = try MovableInstruction(code).moved(code, from: 0x1000, to: 0x3000)
    #expect(Array(moved[3..<7]) == [0x00, 0xe1, 0xff, 0xff])
    #expect(throws: EntryError.tooFar) {
      try MovableInstruction(code).moved(code, from: 0x1000, to: 0x1_0000_0000)
    }
  }

  @Test(arguments: [[0xe9, 0x00, 0x02, 0, 0], [0xeb, 0x7b]] as [[UInt8]])
  func aMovedJumpLeadsToItsTarget(code: [UInt8]) throws {
    let instruction = try MovableInstruction(code)
    let target = 0x1000 + UInt64(try #require(instruction.jumpDistance))
    let moved = try instruction.moved(code, from: 0x1000, to: 0x3000)
    #expect(moved == FunctionEntry.near(FunctionEntry.jump, from: 0x3000, to: target))
  }

  @Test func noBytesMakeItTrap() {
    var generator = SystemRandomNumberGenerator()
    let seed = generator.next()
    print("seed \(seed)")
    var state = seed
    var accepted = 0
    for _ in 0..<100_000 {
      let code = (0..<15).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
      }
      guard let instruction = try? MovableInstruction(code) else { continue }
      accepted += 1
      #expect(instruction.length <= 15)
      _ = try? instruction.moved(code, from: state, to: state >> 7)
    }
    print("\(accepted) of 100000 random instructions are movable")
    #expect(accepted > 1000)
  }
}
