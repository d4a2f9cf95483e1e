/// A program that the verifier accepted. There is no other way to make one, so whoever holds it need not check again:
/// translated code may leave out the checks of memory accesses (`NativeProgram`).
///
/// The proof is about the environment: whoever runs the program gives it arguments, context, maps, regions and helpers
/// as the environment says.
public struct VerifiedProgram: Sendable {
  public let program: Program
  public let report: VerificationReport

  /// Verifies `program`, in slices as `Verifier.verify` does.
  public init(
    verifying program: Program, _ environment: VerifierEnvironment, slice: Int = .max, pause: () -> Void = {}
  ) throws(Refusal) {
    report = try Verifier.verify(program, environment, slice: slice, pause: pause)
    self.program = program
  }
}

/// A verified program with its 64-bit immediates resolved.
public struct VerifiedExecutable {
  public let executable: Executable

  /// `resolve` gives the values that the environment promised.
  public init(
    _ verified: VerifiedProgram, resolve: (WideImmediate) -> UInt64? = { _ in nil }
  ) throws(LinkError) {
    executable = try Executable(verified.program, resolve: resolve)
  }
}
