import CodeScanner
import SeededRandom
import Testing

@Suite struct InstructionWalkTests {
  private static func steps(_ code: [UInt8]) -> [InstructionWalk.Step] {
    code.withUnsafeBytes { bytes in
      var walk = InstructionWalk(bytes)
      var steps: [InstructionWalk.Step] = []
      while let step = walk.next() { steps.append(step) }
      return steps
    }
  }

  /// Lengths by the manual: SDM volume 2, chapter 2, tables 2-2 and 2-3, appendix A.
  @Test(
    arguments: [
      [0x90], [0x66, 0x90], [0x48, 0x89, 0xe5], [0x8b, 0x04, 0x25, 1, 2, 3, 4], [0x8b, 0x05, 1, 2, 3, 4],
      [0x48, 0x8b, 0x44, 0x24, 0xfa], [0x8b, 0x84, 0x24, 0xfa, 0xfb, 0xf4, 0x9d], [0xb8, 0xfa, 0xfb, 0xf4, 0x9d],
      [0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8], [0x66, 0xb8, 1, 2], [0xf6, 0xc0, 0xfa], [0xf6, 0xd0],
      [0xf7, 0xc0, 0xfa, 0, 0, 0], [0x66, 0xf7, 0xc0, 0xfa, 0], [0xf7, 0xd8], [0xe8, 1, 2, 3, 4], [0xeb, 0xfe],
      [0x0f, 0x84, 1, 2, 3, 4], [0x0f, 0xb6, 0x40, 0xfa], [0x0f, 0xba, 0xe0, 0xfa], [0x0f, 0x1f, 0x44, 0, 0],
      [0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0], [0xc8, 1, 2, 3], [0xc2, 8, 0], [0xcd, 0x80], [0x0f, 0x05],
      [0xf0, 0x48, 0x0f, 0xb1, 0x0d, 1, 2, 3, 4], [0xc5, 0xf8, 0x77], [0xc4, 0xe2, 0x78, 0xf2, 0xc1],
      [0x0f, 0x38, 0xf0, 0x00], [0x66, 0x0f, 0x3a, 0x0f, 0xc1, 4], [0x48, 0xa1, 1, 2, 3, 4, 5, 6, 7, 8],
      [0x69, 0xc0, 1, 2, 3, 4],
    ] as [[UInt8]])
  func anInstructionIsAsLongAsTheManualSays(code: [UInt8]) {
    let found = Self.steps(code + [0xfa])
    #expect(found.count == 2 && found.first?.length == code.count && found.first?.finding == nil)
    #expect(found.last?.finding == .cli && found.last?.offset == code.count)
  }

  @Test(
    arguments: [
      ([0xfa], .cli), ([0xfb], .sti), ([0xf4], .hlt), ([0x9d], .popf), ([0x66, 0x9d], .popf), ([0x48, 0xcf], .iret),
      ([0xcf], .iret),
      ([0xec], .input), ([0xe4, 1], .input), ([0xf3, 0x6d], .input), ([0xee], .output), ([0xe7, 1], .output),
      ([0xf3, 0x6e], .output),
    ] as [([UInt8], InstructionWalk.Finding)])
  func whatIsDangerousByItselfIsTold(code: [UInt8], finding: InstructionWalk.Finding) {
    let steps = Self.steps(code)
    #expect(steps.count == 1 && steps.first?.length == code.count && steps.first?.finding == finding)
  }

  @Test func fillingIsPassedOverAndNothingElse() {
    let code: [UInt8] = [0xc3, 0xcc, 0xcc, 0xcc, 0xfa, 0xcc, 0xcc]
    code.withUnsafeBytes { bytes in
      var walk = InstructionWalk(bytes)
      #expect(walk.next()?.offset == 0)
      walk.passFilling()
      let step = walk.next()
      #expect(step?.offset == 4 && step?.finding == .cli)
      walk.passFilling()
      walk.passFilling()
      #expect(walk.next() == nil)
    }
  }

  /// Any bytes: each belongs to one instruction, and the walk ends.
  @Test func stepsFollowOneAnotherThroughAnyBytes() {
    var random = SeededGenerator(seed: 14)
    for _ in 0..<2000 {
      let code = (0..<Int(random.next() % 64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      var end = 0
      for step in Self.steps(code) {
        #expect(step.offset == end && step.length > 0)
        end = step.offset + step.length
      }
      #expect(end >= code.count)
    }
  }
}
