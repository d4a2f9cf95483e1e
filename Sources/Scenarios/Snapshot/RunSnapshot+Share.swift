import SimMachine

extension RunSnapshot {
  /// The same moment of the same run with the share of another one: where the guest has not looked at any file yet, that is the
  /// run that began with that share.
  ///
  /// - Parameter own: the run that the snapshot is of.
  /// - Returns: nil if the guest could tell the two apart (``MachineSnapshot/offering(_:insteadOf:)``).
  package func offering(shareOf other: PreparedRun, insteadOf own: PreparedRun) -> RunSnapshot? {
    guard let machine = machine.offering(other.share, insteadOf: own.share) else { return nil }
    var copy = self
    copy.machine = machine
    return copy
  }
}
