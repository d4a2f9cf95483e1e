import SimEvents

/// The first event in which a run differs from its record.
public struct Divergence: Equatable, Sendable {
  /// Counted from 0.
  public var number: UInt64
  /// What the trace says; nil if it ends before.
  public var expected: Event?
  /// What happened; nil if the run ended before.
  public var got: Event?
  /// The events just before, which are the same in both.
  public var before: [Event]

  /// A part of the event that is not the same: in text form, "-" where the other kind of event has no such field.
  public struct Difference: Equatable, Sendable {
    public var name: String
    public var expected: String
    public var got: String
  }

  /// Time, instruction, kind, and the fields, as far as they differ.
  public var differences: [Difference] {
    guard let expected, let got else { return [] }
    var differences: [Difference] = []
    func compare(_ name: String, _ old: String, _ new: String) {
      if old != new { differences.append(Difference(name: name, expected: old, got: new)) }
    }
    compare("time", "\(expected.time)", "\(got.time)")
    compare("instruction", "\(expected.instruction)", "\(got.instruction)")
    compare("kind", expected.payload.kind.name, got.payload.kind.name)
    let (old, new) = (expected.fields, got.fields)
    for field in old {
      compare(field.name, field.value.text, new.first { $0.name == field.name }?.value.text ?? "-")
    }
    for field in new where !old.contains(where: { $0.name == field.name }) {
      compare(field.name, "-", field.value.text)
    }
    return differences
  }

  /// The earlier of the two events.
  private var place: Event? {
    guard let expected, let got else { return expected ?? got }
    return expected.instruction < got.instruction ? expected : got
  }

  /// The number of instructions retired before the first different event.
  public var instruction: UInt64 { place?.instruction ?? 0 }
  /// The virtual time of the first different event, in cycles.
  public var time: UInt64 { place?.time ?? 0 }
}
