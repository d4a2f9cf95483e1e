import Testing

@testable import EBPFEngine

/// Numbers that nothing relies on cost no exploration: ways that differ in them only are explored once.
@Suite struct PrecisionTests {
  /// Tests of `count` bytes, each of which adds a bit of its own to r6, and what is done with it.
  private func explored(_ count: Int, _ end: String) throws -> Int {
    var source = "mov %r6, 0\nmov %r7, %r3\n"
    for index in 0..<count {
      source += "ldxb %r4, [%r7+\(index % 64)]\njset %r4, 1, set\(index)\nja next\(index)\n"
      source += "set\(index): add %r6, \(1 << (index % 30))\nnext\(index): mov %r4, 0\n"
    }
    let program = try Assembler.assemble(Array((source + end + "\nmov %r0, 0\nexit\n").utf8))
    return try Verifier.verify(program, VerifierCase.environment).exploredInstructions
  }

  @Test(
    arguments: [8, 12, 16, 32, 64],
    [
      "stxdw [%r7], %r6", "stxdw [%r10-8], %r6", "stxb [%r10-1], %r6", "lock add [%r7], %r6",
      "mov %r1, %r6\nmov %r2, %r6\ncall 8", "stxdw [%r10-8], %r6\nldxdw %r0, [%r10-8]",
    ])
  func aMaskThatIsStoredDoublesNothing(count: Int, end: String) throws {
    #expect(try explored(count, end) < 10 * count + 20)
  }

  @Test func aMaskThatIsAnOffsetIsExploredForAllItsNumbers() throws {
    #expect(try explored(6, "and %r6, 63\nadd %r7, %r6\nldxb %r0, [%r7]") > 200)
  }

  /// The verifier's work grows with the program, not with its square.
  @Test(arguments: ["straight", "branchy", "looping"]) func workIsLinear(shape: String) throws {
    func program(_ blocks: Int) throws -> Program {
      var source = "mov %r6, 0\nmov %r8, 0\n"
      for block in 0..<blocks {
        switch shape {
        case "straight": source += "add %r6, 7\nstxdw [%r10-8], %r6\nldxdw %r6, [%r10-8]\nxor %r6, %r2\n"
        case "branchy":
          source += "ldxb %r4, [%r3]\njset %r4, 1, b\(block)\nadd %r6, \(block)\nb\(block): mov %r5, %r6\n"
        default: source += "mov %r9, 0\nl\(block): add %r6, %r9\nadd %r9, 1\njlt %r9, 4, l\(block)\n"
        }
      }
      // What was there at the start decides at the end.
      source += "add %r3, %r8\nldxb %r0, [%r3]\nexit\n"
      return try Assembler.assemble(Array(source.utf8))
    }
    let (small, large) = (try program(70), try program(700))
    let first = try Verifier.verify(small, VerifierCase.unlimited).exploredInstructions
    let second = try Verifier.verify(large, VerifierCase.unlimited).exploredInstructions
    #expect(second < 11 * first)
  }
}
