/// What became of a fault in a run.
public enum FaultFate: Equatable, Sendable {
  /// It happened; what waits for an interrupt or a device may have been asked for long before.
  case injected
  /// Its moment never came.
  case notTriggered
  /// Its moment came, and it could not be applied there, or what it waited for never came.
  case missed(String)
}

extension FaultFate {
  /// That of several faults together: they have happened if one of them has.
  public init(of fates: some Sequence<FaultFate>) {
    let all = Array(fates)
    self = all.first { $0 == .injected } ?? all.first { $0 != .notTriggered } ?? .notTriggered
  }
}
