import Testing

@testable import EBPFEngine

/// Prints how fast programs are verified; asserts only that they are accepted.
@Suite struct VerifierSpeedTests {
  /// A program of about `count` instructions: lookups and null tests, bounded indices, spills, branches that meet
  /// again, and short loops.
  static func program(of count: Int) throws -> Program {
    var source = "mov %r6, %r1\nmov %r7, %r3\nmov %r8, 0\n"
    for block in 0..<max(1, count / 36) {
      source += """
        stdw [%r10-8], \(block)
        lddw %r1, map_fd 1
        mov %r2, %r10
        add %r2, -8
        call 1
        jeq %r0, 0, null\(block)
        ldxdw %r1, [%r0]
        add %r1, 1
        stxdw [%r0], %r1
        ldxdw %r2, [%r0+8]
        jgt %r2, 55, null\(block)
        mov %r3, %r7
        add %r3, %r2
        ldxb %r4, [%r3+8]
        stxdw [%r10-16], %r4
        jset %r4, 1, odd\(block)
        rsh %r4, 1
        ja even\(block)
        odd\(block): mul32 %r4, 3
        add %r4, 1
        even\(block): ldxdw %r5, [%r10-16]
        add %r8, %r4
        xor %r8, %r5
        stxb [%r7+\(block & 63)], %r8
        null\(block): mov %r9, 0
        round\(block): ldxb %r4, [%r6+16]
        add %r8, %r4
        and %r8, 0xffff
        add %r9, 1
        jlt %r9, 4, round\(block)
        ldxdw %r4, [%r6]
        jslt %r4, 100, low\(block)
        sub %r4, 100
        low\(block): stxdw [%r6+8], %r4
        add %r8, %r4

        """
    }
    return try Assembler.assemble([UInt8]((source + "mov %r0, %r8\nexit\n").utf8))
  }

  @Test func speedIsPrinted() throws {
    for count in [367, 3666] {
      let program = try Self.program(of: count)
      var report = VerificationReport()
      let rounds = 5
      let time = try ContinuousClock().measure {
        for _ in 0..<rounds { report = try Verifier.verify(program, VerifierCase.unlimited) }
      }
      let seconds = Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds)
      let milliseconds = seconds * 1000 / Double(rounds)
      let speed = Int(Double(report.exploredInstructions * rounds) / seconds)
      print(
        "verifier speed: \(program.slotCount) slots in \(milliseconds) ms, \(report.exploredInstructions) instructions",
        "explored, \(report.rememberedStates) states kept, \(speed) instructions a second")
    }
  }
}
