import Testing

@testable import EBPFEngine

/// The verifier's own work stays within its limits, and a verdict does not depend on how it is cut into slices.
@Suite struct LimitTests {
  /// Ways that spill different pointers, so that no state covers another.
  private static let source: String = {
    var source = "mov %r6, 0\n"
    for index in 0..<6 {
      source += "ldxb %r4, [%r3+\(index)]\nmov %r5, %r3\njset %r4, 1, l\(index)\nadd %r5, \(index + 1)\n"
      source += "l\(index): stxdw [%r10-\(8 * index + 8)], %r5\n"
    }
    return source + "mov %r0, 0\nexit\n"
  }()

  @Test func statesTakeNoMoreMemoryThanTheLimit() throws {
    let program = try Assembler.assemble(Array(Self.source.utf8))
    var environment = VerifierCase.unlimited
    let all = try Verifier.verify(program, environment)
    #expect(all.rememberedStates > 30)
    environment.limits.stateBytes = 20_000
    let few = try Verifier.verify(program, environment)
    #expect(few.rememberedStates < all.rememberedStates)
    #expect(few.rememberedStates * 1000 <= 20_000)
    environment.limits.stateBytes = 1000
    #expect(throws: Refusal.self) { try Verifier.verify(program, environment) }
  }

  @Test func theGuestsLimitsFitIntoItsMemory() {
    let limits = VerifierEnvironment.Limits.guest
    // Values and nodes, whose arrays double; states of both kinds.
    let graph = limits.instructions * 4 * 8 * 2
    #expect(2 * limits.stateBytes + graph <= 20 << 20)
  }

  @Test(arguments: [1, 7, 100]) func slicesChangeNothing(slice: Int) throws {
    let program = try Assembler.assemble(Array(Self.source.utf8))
    let whole = try Verifier.verify(program, VerifierCase.unlimited)
    var pauses = 0
    let sliced = try Verifier.verify(program, VerifierCase.unlimited, slice: slice) { pauses += 1 }
    #expect(whole == sliced)
    #expect(pauses >= whole.exploredInstructions / slice - 1)
  }
}
