/// What became of a fault in a run.
public enum FaultFate: Equatable, Sendable {
  /// It happened; what waits for an interrupt or a device may have been asked for long before.
  case injected
  /// Its moment never came, or what it waits for.
  case notTriggered
  /// Its moment came, and it could not be applied there.
  case missed(String)
}
