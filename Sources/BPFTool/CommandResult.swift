/// What a command printed and how it ended; the executable passes it on.
public struct CommandResult: Equatable, Sendable {
  public var standardOutput: [UInt8]
  /// Without the end of its line.
  public var standardError: String
  public var status: Int32

  init(standardOutput: [UInt8] = [], standardError: String = "", status: Int32) {
    self.standardOutput = standardOutput
    self.standardError = standardError
    self.status = status
  }
}

/// Exit statuses of all `bpf` commands.
enum ExitStatus {
  static let success: Int32 = 0
  /// The program ran into a fault, or the verifier refused it.
  static let refused: Int32 = 1
}
