/// By what way control goes from one actor to another.
///
/// Raw values are the names in listings; the order of the cases is part of the trace format.
public enum Crossing: String, CaseIterable, Sendable, Codable {
  /// The unikernel lets an extension run, by the gate that is there for it.
  case enter
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

  /// The number that traces have.
  var number: UInt8 { UInt8(Self.allCases.firstIndex(of: self) ?? 0) }

  init?(number: UInt8) {
    guard Int(number) < Self.allCases.count else { return nil }
    self = Self.allCases[Int(number)]
  }
}
