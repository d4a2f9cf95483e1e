import NineP
import SimVirtio

extension MachineSnapshot {
  /// The machine as it would stand here if it had been made with another share: true only where the guest has looked at no file of it
  /// yet, for which whoever asks has to see.
  ///
  /// - Parameter old: the share that the machine was made with.
  /// - Returns: nil if the guest has changed something in its share, holds a file, or could tell the two apart by what it knows of
  ///   the root: its version, the number of names in it.
  public func offering(_ new: Share, insteadOf old: Share) -> MachineSnapshot? {
    var copy = self
    for index in copy.state.slots.indices {
      guard case .nineP(var device) = copy.state.slots[index].device else { continue }
      let start = FileTime(seconds: state.configuration.startTime)
      guard device.session.replaceTree(of: old, by: new, start: start) else { return nil }
      copy.state.slots[index].device = .nineP(device)
    }
    return copy
  }
}
