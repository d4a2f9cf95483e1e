/// By what way control goes from one actor to another.
///
/// Raw values are part of the trace format.
public enum Crossing: UInt8, Sendable {
  /// The unikernel lets an extension run, by the gate that is there for it.
  case enter = 0
  /// The extension has come back by itself.
  case leave
  /// The unikernel has taken control from an extension: a handler returned to the place where extensions end.
  case abort
  /// An extension calls a gate at its entry.
  case gate
  /// The gate goes back to the extension.
  case back
  /// An exception or interrupt takes over.
  case interrupt
  /// Its handler has returned.
  case resume
  /// The extension's own right to write is opened by the gate that is there for it.
  case open
  /// That right is taken back.
  case close
  /// Code of an extension runs without having been entered by a gate.
  case ungated

  /// The name that listings use: that of the case.
  public var name: String { "\(self)" }
}
