import GuestOS
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
    let (old, new) = (expected.payload.fields, got.payload.fields)
    for field in old {
      compare(field.name, field.value.text, new.first { $0.name == field.name }?.value.text ?? "-")
    }
    for field in new where !old.contains(where: { $0.name == field.name }) {
      compare(field.name, "-", field.value.text)
    }
    return differences
  }

  /// For people, over several lines.
  ///
  /// - Parameter image: names the addresses.
  public func text(image: GuestImage?) -> String {
    let place = got ?? expected
    var lines = ["first difference: event \(number)"]
    if let place {
      lines[0] += ", virtual time \(place.time) cycles, instruction \(place.instruction)"
    }
    lines.append(
      "  expected  \(expected.map { describe($0, image) } ?? "no further event: the recorded run ended here")")
    lines.append("  got       \(got.map { describe($0, image) } ?? "no further event: this run ended here")")
    lines += differences.map { "  \($0.name): expected \($0.expected), got \($0.got)" }
    if !before.isEmpty { lines.append("  the \(before.count) events before:") }
    for (index, event) in before.enumerated() {
      lines.append("    \(number - UInt64(before.count - index)): \(describe(event, image))")
    }
    return lines.joined(separator: "\n")
  }

  private func describe(_ event: Event, _ image: GuestImage?) -> String {
    let pointer = event.payload.fields.first { $0.name == "instructionPointer" }?.value
    guard case .address(let address)? = pointer, let found = image?.symbol(at: address) else { return event.text }
    return "\(event.text) (\(found.symbol.name)+0x\(String(found.offset, radix: 16)))"
  }
}
