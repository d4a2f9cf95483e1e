/// The context of uIO's programs: 128 bytes that r1 leads to, a copy for each run.
///
///     offset  started by bpf_attach                       started by bpf_exec
///     0       address of the traced function              the argument's text, zero-terminated
///     8       its arguments: rdi, rsi, rdx, rcx, r8, r9   (text goes on)
///     56      zeros                                       (text goes on, then zeros)
///     120     zeros that no verified program overwrites   zeros
///
/// The prototype's `struct UbpfTracerCtx { u64 traced_function_address; char buf[120]; }` with the arguments in `buf`.
/// The last bytes are always zero, so that a helper that takes a string can be given any place in the context.
public enum ProgramContext {
  /// Bytes.
  public static let size = 128
  /// Offset of the traced function's address.
  public static let functionOffset = 0
  /// Offset of the first of `argumentCount` arguments, 8 bytes each.
  public static let argumentsOffset = 8
  public static let argumentCount = 6
  /// Bytes of text that `bpf_exec` may put at offset 0.
  public static let maximumTextSize = 119

  /// What the verifier lets a program do with it. A program may use the buffer for itself, but not forge the address.
  public static let fields = [
    VerifierEnvironment.ContextField(offset: 0, size: size, rights: .read, endsWithZero: true),
    VerifierEnvironment.ContextField(offset: 8, size: 112, rights: .readWrite),
  ]
}

extension VerifierEnvironment {
  /// What programs of uIO find, whether `bpf_exec` or `bpf_attach` starts them: the context in r1, its size in r2, the
  /// helpers of `HelperTable.uio`, and the maps of their object (`maps(of:)`; none for a raw program).
  public static func uio(maps: [Map] = []) -> VerifierEnvironment {
    VerifierEnvironment(
      arguments: [.context, .number(UInt64(ProgramContext.size))], context: ProgramContext.fields, maps: maps,
      helpers: .uio)
  }
}
