import Foundation
import Testing

@testable import EBPFEngine

/// What the verifier accepts never faults in the checked interpreter, ends within the instructions that the report tells,
/// and does the same wherever its memory lies: no address leaks. Translated, with and without checks, it does the same.
@Suite struct SoundnessTests {
  static let runs = 4

  /// `SOUNDNESS_PROGRAMS` asks for more programs, `SOUNDNESS_SEED` for others.
  static func setting(_ name: String, _ standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
  }

  #if DEBUG
    static let standardCount = 5_000
  #else
    static let standardCount = 300_000
  #endif

  /// How a run of an accepted program went wrong.
  static func failure(_ program: Program, seed: UInt64) -> String? {
    var environment = VerifierCase.environment
    environment.limits.instructions = 4000
    environment.limits.rounds = 2000
    guard let verified = try? VerifiedProgram(verifying: program, environment) else { return nil }
    for run in 0..<UInt64(runs) {
      do {
        let budget = verified.report.instructionBound ?? 20_000
        let first = try CheckedRun.run(verified, seed: seed &+ run, base: 0x1000_0000, budget: budget)
        if case .fault(let fault) = first.outcome,
          verified.report.instructionBound != nil || fault.kind != .budgetExhausted
        {
          return "\(fault)"
        }
        let second = try CheckedRun.run(verified, seed: seed &+ run, base: 0x7654_3000_0000, budget: budget)
        guard first == second else { return "the result depends on addresses" }
        guard ExecutablePages.areAvailable && run < 2 else { continue }
        if let failure = try nativeFailure(verified, seed: seed &+ run, budget: budget, expected: first) {
          return failure
        }
      } catch {
        return "does not link: \(error)"
      }
    }
    return nil
  }

  /// How translated code differs from the interpreter, with budget enough and with too little.
  private static func nativeFailure(
    _ verified: VerifiedProgram, seed: UInt64, budget: UInt64, expected: CheckedRun.Result
  ) throws -> String? {
    let real = try CheckedRun.run(verified, seed: seed, base: nil, budget: budget, in: .uncheckedCode)
    guard real == expected else { return "unchecked code does not do the same: \(real), not \(expected)" }
    let checked = try CheckedRun.run(verified, seed: seed, base: 0x1000_0000, budget: budget, in: .checkedCode)
    guard checked == expected else { return "checked code does not do the same: \(checked), not \(expected)" }
    let short = seed % (expected.instructionCount + 1)
    let interrupted = try CheckedRun.run(verified, seed: seed, base: nil, budget: short)
    let native = try CheckedRun.run(verified, seed: seed, base: nil, budget: short, in: .uncheckedCode)
    guard native == interrupted else { return "budget \(short): \(native), not \(interrupted)" }
    return nil
  }

  /// Removes instructions as long as the program fails.
  static func shrunk(_ program: Program, while fails: (Program) -> Bool) -> Program {
    var smallest = program
    var index = 0
    while index < smallest.instructions.count {
      if let smaller = smallest.removing(index), fails(smaller) {
        smallest = smaller
        index = 0
      } else {
        index += 1
      }
    }
    return smallest
  }

  @Test func acceptedProgramsNeverFaultAlwaysEndAndLeakNoAddress() throws {
    let count = Self.setting("SOUNDNESS_PROGRAMS", Self.standardCount)
    let seed = UInt64(Self.setting("SOUNDNESS_SEED", 20_260_101))
    let all = VerifierCase.all
    let corpus = try all.map { try Assembler.assemble([UInt8]($0.source.utf8)) }
    var draw = ProgramDraw(seed: seed, corpus: corpus)
    var environment = VerifierCase.environment
    environment.limits.instructions = 4000
    environment.limits.rounds = 2000
    var (accepted, refused, failed) = (0, 0, 0)
    while accepted + refused < count && failed < 5 {
      guard let program = draw.next() else { continue }
      guard (try? Verifier.verify(program, environment)) != nil else {
        refused += 1
        continue
      }
      accepted += 1
      let runSeed = draw.generator.next()
      if let failure = Self.failure(program, seed: runSeed) {
        failed += 1
        let smallest = Self.shrunk(program) { Self.failure($0, seed: runSeed) != nil }
        let reason = Self.failure(smallest, seed: runSeed) ?? failure
        Issue.record("\(reason), seed \(seed), run \(runSeed):\n\(smallest.text)")
      }
      draw.keep(program)
    }
    #expect(accepted > count / 10)
    print(
      "soundness: \(accepted) accepted programs ran \(accepted * Self.runs * 2) times interpreted and",
      "\(ExecutablePages.areAvailable ? accepted * 6 : 0) times translated, \(refused) refused, seed \(seed)"
    )
  }
}
