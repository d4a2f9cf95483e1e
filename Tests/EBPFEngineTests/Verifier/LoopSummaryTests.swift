import Testing

@testable import EBPFEngine

/// Loops that count are not followed to their last round; what their rounds have in common is proved at once.
@Suite struct LoopSummaryTests {
  private func report(_ source: String) throws -> VerificationReport {
    try Verifier.verify(Assembler.assemble([UInt8](source.utf8)), VerifierCase.environment)
  }

  /// Each loop takes far more instructions than are explored, and no more than the report tells.
  @Test(arguments: [
    // Tested behind the body, by each kind of comparison, up and down.
    ("mov %r6, 0\nl: add %r0, %r6\nadd %r6, 1\njne %r6, 3000, l", 9000),
    ("mov %r6, 0\nl: add %r0, %r6\nadd32 %r6, 1\njlt32 %r6, 3000, l", 9000),
    ("mov %r6, 0\nl: add %r0, %r6\nadd %r6, 4\njle %r6, 8000, l", 6000),
    ("mov %r6, -1000\nl: add %r0, %r6\nadd %r6, 1\njslt %r6, 1000, l", 6000),
    ("mov %r6, 3000\nl: add %r0, %r6\nsub %r6, 1\njne %r6, 0, l", 9000),
    ("mov %r6, 3000\nl: add %r0, %r6\nadd %r6, -1\njsgt %r6, -1, l", 9000),
    // Tested at its start.
    ("mov %r6, 0\nl: jge %r6, 3000, o\nadd %r0, %r6\nadd %r6, 1\nja l\no: mov %r7, 0", 12000),
    // Tested by its lower half, as compilers cut it off before version 4 of the instruction set.
    ("mov %r6, 0\nl: add %r0, %r6\nadd %r6, 1\nmov %r4, %r6\nlsh %r4, 32\nrsh %r4, 32\njlt %r4, 3000, l", 18000),
    ("mov %r6, 3000\nl: sub %r6, 1\nmov %r4, %r6\nlsh %r4, 32\narsh %r4, 32\njsgt %r4, -1, l", 15000),
    // Counted on the stack.
    ("stdw [%r10-8], 0\nl: ldxdw %r6, [%r10-8]\nadd %r6, 1\nstxdw [%r10-8], %r6\njlt %r6, 3000, l", 12000),
    // One in the other, three deep.
    (
      "mov %r6, 0\na: mov %r7, 0\nb: mov %r8, 0\nc: add %r0, %r8\nadd %r8, 1\njne %r8, 50, c\nadd %r7, 1\njne %r7, 50, b\nadd %r6, 1\njne %r6, 50, a",
      390_000
    ),
    // The limit is a number with one.
    ("and %r2, 1023\nmov %r6, 0\nl: add %r0, %r6\nadd %r6, 1\njlt %r6, %r2, l", 3000),
    // A buffer is filled by the counter.
    ("mov %r6, 0\nl: mov %r5, %r3\nadd %r5, %r6\nstxb [%r5], %r6\nadd %r6, 1\njne %r6, 64, l", 300),
  ])
  func aCountedLoopIsSummedUp(source: String, length: UInt64) throws {
    let report = try report("mov %r0, 0\n" + source + "\nexit\n")
    #expect(report.exploredInstructions < max(1500, Int(length) / 10))
    let bound = try #require(report.instructionBound)
    #expect(bound >= length)
  }

  @Test func loopsAfterEachOtherDoNotMultiply() throws {
    var source = "mov %r0, 0\n"
    for number in 0..<40 { source += "mov %r6, 0\nl\(number): add %r0, %r6\nadd %r6, 1\njne %r6, 1000, l\(number)\n" }
    let report = try report(source + "exit\n")
    #expect(report.exploredInstructions < 3000)
    #expect(try #require(report.instructionBound) < 10_000_000)
  }

  /// What the summary forgets was needed: the rounds are followed one by one instead.
  @Test func aProofThatNeedsEachRoundIsMadeRoundByRound() throws {
    // Two numbers that count together, of which one is not tested.
    let source = """
      mov %r0, 0
      mov %r6, 0
      mov %r7, 0
      l: mov %r5, %r3
      add %r5, %r7
      ldxb %r4, [%r5]
      add %r7, 2
      add %r6, 1
      jne %r6, 32, l
      exit
      """
    #expect(try report(source).exploredInstructions > 150)
  }

  /// A loop that is summed up, and has too many ways through it.
  @Test func whatIsTooComplexIsExploredOnce() throws {
    var source = "mov %r0, 0\nmov %r6, 0\nl: "
    for number in 0..<16 {
      source += "ldxb %r5, [%r3+\(number)]\njset %r5, 1, n\(number)\nadd %r0, \(1 << number)\nn\(number): "
    }
    source += "mov %r7, %r0\nand %r7, 63\nadd %r7, %r3\nldxb %r8, [%r7]\nadd %r6, 1\njlt %r6, 2000, l\nexit"
    var explorer = try Verifier.explorer(
      Assembler.assemble([UInt8](source.utf8)), VerifierCase.environment)
    var (restarts, explored) = (0, 0)
    explorer.restarted = { restarts += 1 }
    explorer.observer = { _, _ in explored += 1 }
    #expect(throws: Refusal.self) { try explorer.explore() }
    #expect(restarts == 0 && explored == VerifierCase.environment.limits.instructions)
  }

  @Test(arguments: [
    // The last round goes beyond the buffer.
    "mov %r6, 0\nl: mov %r5, %r3\nadd %r5, %r6\nstxb [%r5], %r6\nadd %r6, 1\njne %r6, 65, l",
    // The counter stands still on one way.
    "mov %r6, 0\nl: jset %r2, 1, s\nadd %r6, 1\ns: jne %r6, 3000, l",
    // It moves both ways.
    "mov %r6, 5\nl: ldxb %r4, [%r3]\njset %r4, 1, s\nadd %r6, 2\ns: sub %r6, 1\njlt %r6, 3000, l",
    // It is set back.
    "mov %r6, 0\nl: add %r6, 1\njne %r6, 2000, n\nmov %r6, 0\nn: jne %r6, 3000, l",
    // An inner loop counts by the outer's counter and leaves it where it was.
    "mov %r6, 0\no: mov %r7, %r6\nl: add %r6, 1\njlt %r6, 100, l\nmov %r6, %r7\njlt %r6, 200, o",
    // What is tested is the lower half of a number that the last round cuts.
    "lddw %r6, 0xffffff00\nl: add %r6, 1\nmov %r4, %r6\nlsh %r4, 32\nrsh %r4, 32\njne %r4, 3, l\nadd %r3, %r6\nldxb %r0, [%r3]",
    // A jump leads between the shifts.
    "mov %r6, 0\nmov %r4, 0\njset %r2, 1, m\nl: add %r6, 1\nmov %r4, %r6\nlsh %r4, 32\nm: rsh %r4, 32\njlt %r4, 100, l\nadd %r3, %r4\nldxb %r0, [%r3]",
    // It wraps around.
    "mov %r6, 0\nl: add %r6, 3\njne %r6, 100, l",
  ])
  func whatIsWrongInSomeRoundIsRefused(source: String) {
    #expect(throws: Refusal.self) { try report("mov %r0, 0\n" + source + "\nexit\n") }
  }
}
