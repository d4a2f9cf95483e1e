/// The exit codes of all subcommands.
enum ExitStatus {
  static let badInput: Int32 = 2
  /// As EX_SOFTWARE of sysexits.h: the simulator contradicts itself.
  static let defect: Int32 = 70
  /// As EX_OSERR of sysexits.h. Neither the scenario nor the simulator is to blame.
  static let hostShortage: Int32 = 71
  /// As EX_TEMPFAIL of sysexits.h: the same command may come through later.
  static let tryAgain: Int32 = 75
  /// As timeout(1) ends.
  static let timeout: Int32 = 124

  /// What weighs most comes first: a simulator that contradicts itself makes all other answers doubtful, and what has no
  /// result says less than what has failed.
  private static let byWeight: [Int32] = [defect, hostShortage, tryAgain, badInput, timeout, 1, 0]

  /// The exit code of a command that several parts ended with.
  static func worst(_ statuses: some Sequence<Int32>) -> Int32 {
    statuses.min { (byWeight.firstIndex(of: $0) ?? 0) < (byWeight.firstIndex(of: $1) ?? 0) } ?? 0
  }
}
