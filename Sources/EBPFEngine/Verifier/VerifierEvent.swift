#if !hasFeature(Embedded)
  /// What the verifier does next, for logs and statistics.
  public enum VerifierEvent: Sendable {
    /// It explores the instruction at a slot, with that known of registers and stack.
    case explores(slot: Int, known: String)
    /// A way ends before the instruction at a slot: what is known is covered by what was known there before.
    case covered(slot: Int)
    /// What is known at the head of a loop, at a slot, stands for all further rounds from here on.
    case sumsUp(slot: Int)
    /// It begins anew, and follows the loops round by round in which a proof failed.
    case beginsAgain
    /// It takes up the way that begins at a slot, which a branch left for later.
    case resumes(slot: Int)
  }

  extension Verifier {
    /// Verifies as `verify(_:_:)` does, and tells of each step.
    public static func verify(
      _ program: Program, _ environment: VerifierEnvironment, telling listener: @escaping (VerifierEvent) -> Void
    ) throws(Refusal) -> VerificationReport {
      var explorer = try explorer(program, environment)
      explorer.listener = listener
      return try explorer.explore()
    }
  }

  extension Explorer {
    func tell(_ event: (Int) -> VerifierEvent, at index: Int) {
      listener?(event(Int(program.instructions[index].slot)))
    }

    func tellState(at index: Int) {
      guard let listener else { return }
      var text = TextWriter()
      state.write(to: &text)
      listener(.explores(slot: Int(program.instructions[index].slot), known: text.string))
    }
  }
#endif
