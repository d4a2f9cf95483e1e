import TestSupport
import Testing

@testable import EBPFEngine

/// What the verifier says of registers and stack is so in every run, at every instruction.
@Suite struct ClaimTests {
  #if DEBUG
    static let standardCount = 3_000
  #else
    static let standardCount = 100_000
  #endif

  /// Where a run is not as the verifier says.
  static func failure(_ program: Program, seed: UInt64, isExact: Bool) -> String? {
    var environment = VerifierCase.environment
    environment.limits.instructions = 1000
    environment.limits.rounds = 500
    guard let claims = try? Claims(program, environment, isExact: isExact),
      let verified = try? VerifiedProgram(verifying: program, environment)
    else { return nil }
    var failure: String?
    for run in 0..<UInt64(3) where failure == nil {
      _ = try? CheckedRun.run(
        verified, seed: seed &+ run, base: 0x1000_0000, budget: claims.report.instructionBound ?? 20_000,
        in: .steps { step, places in
          guard failure == nil, !claims.cover(step, places) else { return }
          let registers = step.registers.map { String($0, radix: 16) }
          failure = "not as the verifier says at \(program.instructions[step.index].slot): \(registers)"
        })
    }
    return failure
  }

  private func check(isExact: Bool, seed: UInt64) throws {
    let count = SoundnessTests.setting("SOUNDNESS_CLAIMS", Self.standardCount)
    let all = VerifierCase.all
    var draw = ProgramDraw(seed: seed, corpus: try all.map { try Assembler.assemble([UInt8]($0.source.utf8)) })
    var (accepted, drawn, failed) = (0, 0, 0)
    while drawn < count && failed < 3 {
      guard let program = draw.next() else { continue }
      drawn += 1
      guard (try? Verifier.verify(program, VerifierCase.environment)) != nil else { continue }
      accepted += 1
      let runSeed = draw.generator.next()
      if Self.failure(program, seed: runSeed, isExact: isExact) != nil {
        failed += 1
        let smallest = SoundnessTests.shrunk(program) { Self.failure($0, seed: runSeed, isExact: isExact) != nil }
        let reason = Self.failure(smallest, seed: runSeed, isExact: isExact) ?? ""
        Issue.record("\(reason), seed \(seed), run \(runSeed):\n\(smallest.text)")
      }
      draw.keep(program)
    }
    #expect(accepted > count / 10)
    print("claims: \(accepted) accepted programs ran three times each as the verifier says, exact: \(isExact)")
  }

  @Test func numbersThatMatterAreAsTheVerifierSays() throws {
    try check(isExact: false, seed: UInt64(SoundnessTests.setting("SOUNDNESS_SEED", 20_261_127)))
  }

  @Test func allNumbersAreAsTheVerifierSays() throws {
    try check(isExact: true, seed: UInt64(SoundnessTests.setting("SOUNDNESS_SEED", 20_261_128)))
  }
}
