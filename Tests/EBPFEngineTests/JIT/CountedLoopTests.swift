import Testing

@testable import EBPFEngine

/// Loops whose rounds are taken from the budget before the first: they end as those do that count round by round.
@Suite(.enabled(if: ExecutablePages.areAvailable)) struct CountedLoopTests {
  /// What a loop begins with, its body, and the branch back.
  private static let loops: [(start: String, body: String, end: String)] = [
    ("mov %r6, 9", "sub %r6, 1", "jne %r6, 0, loop"),
    ("mov %r6, -4", "add %r6, 1", "jne %r6, 3, loop"),
    ("mov %r6, 1", "sub %r6, 1", "jne %r6, 0, loop"),
    // The first round leads away from the end, and around all numbers.
    ("mov %r6, 3", "add %r6, -1", "jne %r6, -2, loop"),
    ("mov %r6, 0\nmov %r7, 12", "add %r6, 1", "jne %r6, %r7, loop"),
    ("mov %r6, 9\nmov %r7, 2", "add %r0, %r6\nsub %r6, 1\nxor %r0, %r6", "jne %r6, %r7, loop"),
    // The counter counts twice, by 2, in 32 bits, to an end that moves, or is used up by something else.
    ("mov %r6, 9", "sub %r6, 1\nadd %r6, 1\nsub %r6, 1", "jne %r6, 0, loop"),
    ("mov %r6, 10", "sub %r6, 2", "jne %r6, 0, loop"),
    ("mov %r6, 9", "sub32 %r6, 1", "jne %r6, 0, loop"),
    ("mov %r6, 9", "sub %r6, 1", "jne32 %r6, 0, loop"),
    ("mov %r6, 0\nmov %r7, 12", "add %r6, 1\nsub %r7, 1", "jne %r6, %r7, loop"),
    ("mov %r7, 9", "mov %r6, %r7\nsub %r6, 1\nsub %r7, 1", "jne %r6, 0, loop"),
    ("mov %r6, 9\nstdw [%r10-8], 7", "sub %r6, 1\nmov %r4, 1\nlock fetch_add [%r10-8], %r4", "jne %r6, 0, loop"),
    ("mov %r6, 9", "sub %r6, 1", "jgt %r6, 0, loop"),
  ]

  @Test(arguments: loops.indices) func everyBudgetEndsAtTheSameInstruction(number: Int) throws {
    let (start, body, end) = Self.loops[number]
    let source = """
      mov %r0, 1
      \(start)
      loop: stxdw [%r1+8], %r0
      add %r0, 7
      \(body)
      \(end)
      ldxdw %r2, [%r1+8]
      add %r0, %r2
      exit
      """
    let ways = try ThreeWays(source)
    let count = ways.agreed().run.instructionCount
    #expect(count > 6 && count < 200)
    for budget in 0...count + 1 { ways.agreed(budget: budget) }
  }

  /// More rounds than are taken ahead.
  @Test(arguments: [0x1_0000_0001, 0x8000_0001, 0x7fff_ffff_ffff_0000] as [UInt64])
  func manyRoundsEndWithTheBudget(rounds: UInt64) throws {
    var environment = ThreeWays.environment
    environment.limits.rounds = .max
    let source = "lddw %r6, \(rounds)\nloop: sub %r6, 1\njne %r6, 0, loop\nmov %r0, 0\nexit"
    let ways = try ThreeWays(source, environment)
    for budget in [0, 1, 2, 3, 1000, 1001] as [UInt64] {
      #expect(ways.agreed(budget: budget).run.instructionCount == budget)
    }
  }
}
