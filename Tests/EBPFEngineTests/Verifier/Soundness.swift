@testable import EBPFEngine

/// What the verifier promises of a program that it accepts, held against runs: it never faults in the checked interpreter,
/// ends within the instructions that the report tells, and does the same wherever its memory lies, translated or not;
/// and at each instruction registers and stack are as the verifier says.
struct Soundness {
  /// Whether runs are compared with what the verifier says at each instruction: of the numbers that matter, or of all.
  enum ClaimCheck { case none, precise, exact }

  /// Inputs that each program is run with.
  let inputs: UInt64
  /// Pages for translated code, used again and again; `nil` where programs cannot be translated.
  let pages: ExecutablePages?
  let environment: VerifierEnvironment

  init(inputs: UInt64 = 2, instructions: Int = 4000, rounds: UInt64 = 2000) {
    self.inputs = inputs
    pages = ExecutablePages.areAvailable ? ExecutablePages(size: 1 << 16) : nil
    var environment = VerifierCase.environment
    environment.limits.instructions = instructions
    environment.limits.rounds = rounds
    self.environment = environment
  }

  /// How a run of the program went wrong, where the verifier accepts it.
  func failure(_ program: Program, seed: UInt64, claims: ClaimCheck) -> String? {
    guard let verified = try? VerifiedProgram(verifying: program, environment) else { return nil }
    return failure(verified, seed: seed, claims: claims)
  }

  func failure(_ verified: VerifiedProgram, seed: UInt64, claims: ClaimCheck) -> String? {
    do {
      for input in 0..<inputs {
        if let failure = try failure(verified, seed: seed &+ input) { return failure }
      }
      guard claims != .none else { return nil }
      return try wrongClaim(verified, seed: seed, isExact: claims == .exact)
    } catch {
      return "does not link: \(error)"
    }
  }

  private func failure(_ verified: VerifiedProgram, seed: UInt64) throws -> String? {
    let bound = verified.report.instructionBound
    let budget = bound ?? 20_000
    let first = try CheckedRun.run(verified, seed: seed, base: 0x1000_0000, budget: budget)
    if case .fault(let fault) = first.outcome, bound != nil || fault.kind != .budgetExhausted { return "\(fault)" }
    let second = try CheckedRun.run(verified, seed: seed, base: 0x7654_3000_0000, budget: budget)
    guard first == second else { return "the result depends on addresses" }
    guard let pages else { return nil }
    let real = try CheckedRun.run(verified, seed: seed, base: nil, budget: budget, in: .uncheckedCode(pages))
    guard real == first else { return "unchecked code does not do the same: \(real), not \(first)" }
    let checked = try CheckedRun.run(verified, seed: seed, base: 0x1000_0000, budget: budget, in: .checkedCode(pages))
    guard checked == first else { return "checked code does not do the same: \(checked), not \(first)" }
    // And with a budget that does not suffice.
    let short = seed % (first.instructionCount + 1)
    let interrupted = try CheckedRun.run(verified, seed: seed, base: nil, budget: short)
    let native = try CheckedRun.run(verified, seed: seed, base: nil, budget: short, in: .uncheckedCode(pages))
    guard native == interrupted else { return "budget \(short): \(native), not \(interrupted)" }
    return nil
  }

  private func wrongClaim(_ verified: VerifiedProgram, seed: UInt64, isExact: Bool) throws -> String? {
    // With all numbers it may take more instructions than the limit allows.
    guard let claims = try? Claims(verified.program, environment, isExact: isExact) else { return nil }
    var failure: String?
    for input in 0..<inputs where failure == nil {
      _ = try CheckedRun.run(
        verified, seed: seed &+ input, base: 0x1000_0000, budget: claims.report.instructionBound ?? 20_000,
        in: .steps { step, places in
          guard failure == nil, !claims.cover(step, places) else { return }
          let registers = step.registers.map { String($0, radix: 16) }
          failure = "not as the verifier says at \(verified.program.instructions[step.index].slot): \(registers)"
        })
    }
    return failure
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
}

/// Draws programs until so many were accepted, and holds each to `Soundness`.
struct SoundnessCampaign {
  let soundness: Soundness
  let seed: UInt64
  private(set) var draw: ProgramDraw
  private(set) var accepted = 0
  private(set) var refused = 0
  /// Those whose claims were checked.
  private(set) var claimed = 0
  /// What went wrong, with the shortest program that shows it.
  private(set) var findings: [String] = []

  init(_ soundness: Soundness, seed: UInt64) throws {
    self.soundness = soundness
    self.seed = seed
    let corpus = try VerifierCase.all.map { try Assembler.assemble([UInt8]($0.source.utf8)) }
    draw = ProgramDraw(seed: seed, corpus: corpus)
  }

  /// Goes on until `count` programs were accepted in all, or five findings.
  ///
  /// - Parameter claims: how the claims of the program of a number are checked.
  mutating func run(until count: Int, claims: (Int) -> Soundness.ClaimCheck) {
    while accepted < count && findings.count < 5 {
      guard let program = draw.next() else { continue }
      guard let verified = try? VerifiedProgram(verifying: program, soundness.environment) else {
        refused += 1
        continue
      }
      let check = claims(accepted)
      accepted += 1
      if check != .none { claimed += 1 }
      let runSeed = draw.generator.next()
      if let failure = soundness.failure(verified, seed: runSeed, claims: check) {
        let smallest = Soundness.shrunk(program) { soundness.failure($0, seed: runSeed, claims: check) != nil }
        let reason = soundness.failure(smallest, seed: runSeed, claims: check) ?? failure
        findings.append("\(reason), seed \(seed), run \(runSeed):\n\(smallest.text)")
      }
      draw.keep(program)
    }
  }
}
