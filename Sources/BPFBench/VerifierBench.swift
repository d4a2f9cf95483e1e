import EBPFEngine

/// How long the verifier takes.
struct VerifierBench {
  let instructions: Int

  static let all = [VerifierBench(instructions: 367), VerifierBench(instructions: 3666)]

  /// A region of 64 bytes in r3, any number in r2, and a map whose values have 16 bytes.
  private static let environment = VerifierEnvironment(
    arguments: [.context, .number(nil), .region(0)], context: ProgramContext.fields,
    maps: [.init(number: 0, keySize: 8, valueSize: 16)], regions: [.init(number: 0, size: 64, rights: .readWrite)],
    helpers: .uio)

  func run() throws {
    let program = try Self.program(of: instructions)
    var best = Double.infinity
    let report = try Verifier.verify(program, Self.environment)
    for _ in 0..<20 {
      let start = processorTime()
      _ = try Verifier.verify(program, Self.environment)
      best = min(best, processorTime() - start)
    }
    let time = best / 1e6
    print(
      "verifier: \(program.slotCount) slots in \(text(time, 2)) ms; \(report.exploredInstructions) instructions explored,",
      "\(report.rememberedStates) states kept, \(Int(Double(report.exploredInstructions) / best * 1e9)) a second")
  }

  /// The longest programs: straight, and full of branches that meet again.
  static func runExtremes() throws {
    let exit = EncodedSlot(opcode: 0x95)
    let move = EncodedSlot(opcode: 0xb7)
    let branch = EncodedSlot(opcode: 0x15, destination: 2, immediate: 5)
    for (name, slot) in [("moves", move), ("branches", branch)] {
      let slots = [move] + [EncodedSlot](repeating: slot, count: 999_998) + [exit]
      let start = processorTime()
      let program = try Program(slots: slots)
      let verdict: String
      do throws(Refusal) {
        let report = try Verifier.verify(program, environment)
        verdict = "accepted, \(report.rememberedStates) states kept"
      } catch { verdict = "refused: \(error)" }
      let time = (processorTime() - start) / 1e6
      print("verifier: 1000000 slots of \(name): \(verdict); decoded and verified in \(text(time, 2)) ms")
    }
  }

  /// About `count` instructions: lookups and null tests, bounded indices, spills, branches that meet again, and short
  /// loops.
  private static func program(of count: Int) throws -> Program {
    var source = "mov %r6, %r1\nmov %r7, %r3\nmov %r8, 0\n"
    for block in 0..<max(1, count / 36) {
      source += """
        stdw [%r10-8], \(block)
        lddw %r1, map_fd 0
        mov %r2, %r10
        add %r2, -8
        call 16
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
}
