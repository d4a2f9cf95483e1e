import EBPFEngine

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
      program, CheckedMachine.environment, seed: bytes, run: { CheckedMachine.run($0, seed: $1, base: $2, budget: $3) })
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

  /// What is accepted never faults, ends within what was explored, and does the same wherever its memory lies. What is
  /// refused may fault, but ends within its budget.
  static func checkSafety(
    _ program: Program, _ environment: VerifierEnvironment, seed bytes: [UInt8],
    run: (_ program: Program, _ seed: UInt64, _ base: UInt64, _ budget: UInt64) -> CheckedMachine.Trace?
  ) throws(Violation) -> FuzzOutcome {
    var generator = FuzzGenerator(bytes: bytes)
    let report: VerificationReport
    do throws(Refusal) { report = try Verifier.verify(program, environment) } catch {
      guard program.index(ofSlot: error.slot) != nil, !error.description.isEmpty else {
        throw Violation("refused at no instruction: \(error)", program)
      }
      _ = run(program, generator.next(), 0x1000_0000, 5000)
      return .refused
    }
    let budget = UInt64(report.exploredInstructions)
    for _ in 0..<2 {
      let seed = generator.next()
      guard let first = run(program, seed, 0x1000_0000, budget),
        let second = run(program, seed, 0x7654_3000_0000, budget)
      else { throw Violation("accepted, but cannot be linked", program) }
      if case .fault(let fault) = first.outcome { throw Violation("accepted, but \(fault)", program) }
      guard first == second else { throw Violation("accepted, but its results tell where its memory lies", program) }
    }
    return .accepted
  }
}
