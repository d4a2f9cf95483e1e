import Scenarios
import SimEvents

extension TraceComparison {
  /// The object that `sim diff --format json` prints first.
  public var json: JSONText {
    .object(
      [
        ("same", .boolean(isSame)), ("compared", .string(closeness.rawValue)),
        ("a", old.json), ("b", new.json),
        (
          "inputs",
          .array(
            inputs.map { .object([("what", .string($0.what)), ("a", .string($0.old)), ("b", .string($0.new))]) })
        ),
        ("equalEvents", .integer(equalCount)),
      ] + [("first", first), ("shift", shift)].compactMap { name, difference in difference.map { (name, json($0)) } })
  }

  private func json(_ difference: TraceDifference) -> JSONText {
    var members = sides(difference.pair)
    members.append(
      (
        "fields",
        .array(
          fieldTexts(difference).map {
            .object([("name", .string($0.name)), ("a", .string($0.old)), ("b", .string($0.new))])
          })
      ))
    members += [
      ("onlyInA", .integer(UInt64(difference.onlyOld))), ("onlyInB", .integer(UInt64(difference.onlyNew))),
      ("before", .array(difference.before.map { .object(sides($0)) })),
    ]
    return .object(members)
  }

  /// The object for a piece of the listing; equal events have none.
  public func json(_ change: ListedChange) -> JSONText? {
    switch change {
    case .hunk, .same: nil
    case .onlyOld(let event): .object([("a", event.json(old))])
    case .onlyNew(let event): .object([("b", event.json(new))])
    }
  }

  private func sides(_ pair: EventPair) -> [(key: String, value: JSONText)] {
    [("a", pair.old?.json(old)), ("b", pair.new?.json(new))].compactMap { name, event in event.map { (name, $0) } }
  }
}

extension ComparedTrace {
  fileprivate var json: JSONText {
    .object(
      [
        ("name", .string(name)), ("scenario", .string(trace.header.scenario)), ("seed", .integer(trace.header.seed)),
      ] + (trace.header.file(.image).map { [("image", .string($0.digest.description))] } ?? [])
        + [("events", .integer(trace.eventCount))])
  }
}

extension NumberedEvent {
  /// As an event listing has it, with its number first and the symbol of its instruction last.
  fileprivate func json(_ side: ComparedTrace) -> JSONText {
    var members: [(key: String, value: JSONText)] = [
      ("number", .integer(number)), ("time", .integer(event.time)), ("instruction", .integer(event.instruction)),
      ("kind", .string(event.payload.kind.name)),
    ]
    members += event.payload.fields.map { ($0.name, JSONText($0.value)) }
    if let name = event.instructionPointer.flatMap({ side.image?.name(of: $0) }) {
      members.append(("symbol", .string(name)))
    }
    return .object(members)
  }
}

extension JSONText {
  /// A field as event listings show it.
  init(_ value: EventFieldValue) {
    self =
      switch value {
      case .unsigned(let number): .integer(number)
      case .address: .string(value.text)
      case .flag(let flag): .boolean(flag)
      case .text(let text): .string(text)
      // Each byte is the character with its number.
      case .bytes(let bytes): .string(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })))
      }
  }
}
