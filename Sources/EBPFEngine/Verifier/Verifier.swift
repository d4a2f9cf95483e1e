/// What an accepted program cost to verify.
public struct VerificationReport: Equatable, Sendable {
  /// Instructions explored, over all ways through the program.
  public var exploredInstructions = 0
  /// Instructions that no run takes more of: those explored, times the rounds of loops that were summed up. `nil` where
  /// helpers call functions, or `may_goto` lets loops go on: there only the budget limits a run.
  public var instructionBound: UInt64?
  var isBounded = true
  /// States kept for comparison, ways that ended at one of them, and branches that waited at one time.
  public var rememberedStates = 0
  public var prunedPaths = 0
  public var maximumPendingBranches = 0
  /// Deepest nesting of local calls, the program included.
  public var maximumDepth = 1
}

/// Proves that a program, whatever its input, reads and writes only what it may, calls helpers only as their
/// signatures say, leaks no address, and ends. docs/bpf-verifier.md states the policy.
public enum Verifier {
  /// Explores all ways through `program`, which ends within `environment.limits`.
  ///
  /// - Parameters:
  ///   - slice: instructions after which `pause` is called again and again, for others to go on meanwhile.
  public static func verify(
    _ program: Program, _ environment: VerifierEnvironment, slice: Int = .max, pause: () -> Void = {}
  ) throws(Refusal) -> VerificationReport {
    precondition(slice > 0, "a slice has instructions")
    var explorer = try explorer(program, environment)
    return try explorer.explore(slice: slice, pause: pause)
  }

  /// What explores a program whose shape and immediates are fine.
  static func explorer(_ program: Program, _ environment: VerifierEnvironment) throws(Refusal) -> Explorer {
    try checkImmediates(program, environment)
    let flow = ControlFlow(program, helpers: environment.helpers)
    if let index = flow.unreachable {
      throw Refusal(slot: Int(program.instructions[index].slot), reason: .unreachable, state: nil)
    }
    return Explorer(program, environment, flow)
  }

  /// All 64-bit immediates have a meaning, those of instructions that no run comes to included: whoever loads the
  /// program has to resolve them.
  private static func checkImmediates(
    _ program: Program, _ environment: VerifierEnvironment
  ) throws(Refusal) {
    for instruction in program.instructions {
      guard case .loadWide(_, let immediate) = instruction.operation else { continue }
      do throws(Refusal.Reason) {
        _ = try environment.resolve(immediate)
      } catch {
        throw Refusal(slot: Int(instruction.slot), reason: error, state: nil)
      }
    }
  }
}
