extension VerifierEnvironment {
  /// Bounds on the verifier's own work; what needs more is refused. They are numbers of their own, whatever memory the
  /// machine has, so that a verdict does not depend on where it is given.
  public struct Limits: Equatable, Sendable {
    /// Instructions explored, over all ways through the program (Linux: 1,000,000).
    public var instructions = 1_000_000
    /// Branches still to be explored at one time (Linux: 8,192).
    public var pendingBranches = 8192
    /// Rounds that loops may take, one inside the other multiplied, where they are not followed one by one.
    public var rounds: UInt64 = 1 << 23
    /// States remembered at one instruction, and in all.
    public var statesPerJoin = 32
    public var states = 131_072
    /// Bytes that the states remembered may take, and those of branches that wait the same again.
    public var stateBytes = 256 << 20

    public init() {}

    /// Those of Linux, for tools.
    public static var host: Limits { Limits() }

    /// Those of the guest, whose memory is small.
    public static var guest: Limits {
      var limits = Limits()
      limits.instructions = 100_000
      limits.pendingBranches = 1024
      limits.statesPerJoin = 16
      limits.states = 4096
      limits.stateBytes = 6 << 20
      return limits
    }
  }
}
