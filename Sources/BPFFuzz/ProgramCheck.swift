import EBPFEngine
import SeededRandom

/// Any bytes as a program: decoder, encoder, disassembler, assembler, verifier and interpreter hold what they promise.
public enum ProgramCheck {
  /// Longer inputs are cut.
  public static let maximumSize = 512 * 8

  public static func check(_ input: [UInt8]) throws(Violation) -> FuzzOutcome {
    let bytes = Array(input.prefix(min(input.count & ~7, maximumSize)))
    let program: Program
    do throws(DecodingError) { program = try Program(bytes: bytes) } catch {
      guard error.slot >= 0 && error.slot <= bytes.count / 8 else { throw Violation("no such place: \(error)") }
      return .notAProgram
    }
    try checkRoundTrip(program, bytes)
    return try checkSafety(
      program, CheckedMachine.environment, seed: bytes, run: { CheckedMachine.run($0, $1, seed: $2, budget: $3) })
  }

  private static func checkRoundTrip(_ program: Program, _ bytes: [UInt8]) throws(Violation) {
    guard program.bytes == bytes else { throw Violation("encoding differs from what was decoded", program) }
    let text = Disassembler.disassemble(program)
    let again: Program
    do throws(AssemblyError) { again = try Assembler.assemble(text) } catch {
      throw Violation("the disassembly does not assemble: \(error)", program)
    }
    guard again == program else { throw Violation("the disassembly assembles to another program", program) }
  }

  typealias Run = (
    _ program: Program, _ way: CheckedMachine.Way, _ seed: UInt64, _ budget: UInt64
  ) -> CheckedMachine.Trace?

  /// Two places for context and stack.
  private static let bases: (UInt64, UInt64) = (0x1000_0000, 0x7654_3000_0000)

  /// What is accepted never faults, ends within what was explored, and does the same wherever its memory lies. What is
  /// refused may fault, but ends within its budget. Translated code does what the interpreter does.
  static func checkSafety(
    _ program: Program, _ environment: VerifierEnvironment, seed bytes: [UInt8], run: Run
  ) throws(Violation) -> FuzzOutcome {
    var generator = SeededGenerator(bytes: bytes)
    let verified: VerifiedProgram
    do throws(Refusal) { verified = try VerifiedProgram(verifying: program, environment) } catch {
      guard program.index(ofSlot: error.slot) != nil, !error.description.isEmpty else {
        throw Violation("refused at no instruction: \(error)", program)
      }
      let seed = generator.next()
      let trace = run(program, .interpreted(base: bases.0), seed, 5000)
      try checkTranslation(program, run(program, .translated(base: bases.0), seed, 5000), trace)
      return .refused
    }
    // Where only the budget limits a run, any will do.
    let isBounded = verified.report.instructionBound != nil
    let budget = verified.report.instructionBound ?? 20_000
    for _ in 0..<2 {
      let seed = generator.next()
      guard let first = run(program, .interpreted(base: bases.0), seed, budget),
        let second = run(program, .interpreted(base: bases.1), seed, budget)
      else { throw Violation("accepted, but cannot be linked", program) }
      if case .fault(let fault) = first.outcome, isBounded || fault.kind != .budgetExhausted {
        throw Violation("accepted, but \(fault)", program)
      }
      guard first == second else { throw Violation("accepted, but its results tell where its memory lies", program) }
      try checkTranslation(program, run(program, .translated(base: bases.0), seed, budget), first)
      try checkTranslation(program, run(program, .trusted(verified), seed, budget), first)
    }
    return .accepted
  }

  private static func checkTranslation(
    _ program: Program, _ translated: CheckedMachine.Trace?, _ interpreted: CheckedMachine.Trace?
  ) throws(Violation) {
    #if arch(x86_64)
      guard translated == interpreted else {
        let (a, b) = (translated?.outcome, interpreted?.outcome)
        throw Violation(
          "translated it ends as \(String(describing: a)), interpreted as \(String(describing: b))", program)
      }
    #endif
  }
}
