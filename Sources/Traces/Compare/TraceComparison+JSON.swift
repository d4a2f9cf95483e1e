import Scenarios
import SimEvents

extension TraceComparison {
  /// The object that `sim diff --format json` prints first.
  public func json(_ rerun: Rerun? = nil) -> JSONText {
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
      ] + [("first", first), ("shift", shift)].compactMap { name, difference in difference.map { (name, json($0)) } }
        + (rerun.map { [("rerun", $0.json(self))] } ?? []))
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
    case .onlyOld(let event): .object([("a", event.json(old.symbols))])
    case .onlyNew(let event): .object([("b", event.json(new.symbols))])
    }
  }

  private func sides(_ pair: EventPair) -> [(key: String, value: JSONText)] {
    [("a", pair.old?.json(old.symbols)), ("b", pair.new?.json(new.symbols))].compactMap { name, event in
      event.map { (name, $0) }
    }
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
