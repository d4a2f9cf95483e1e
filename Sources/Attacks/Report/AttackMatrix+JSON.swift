import Scenarios

extension AttackMatrix {
  /// The object that `--format json` prints.
  public var json: JSONText {
    let costs: [(key: String, value: JSONText)] =
      self.costs.isEmpty ? [] : [("costs", .object(self.costs.map { ($0.design.rawValue, Self.json($0)) }))]
    return .object(
      [
        ("designs", .array(designs.map { .string($0.rawValue) })),
        ("attacks", .array(rows.map(Self.json))),
        ("totals", .object(designs.enumerated().map { place, design in (design.rawValue, total(place)) })),
        ("passed", .boolean(differences.isEmpty && problems.isEmpty && !hasDefect)),
      ] + costs)
  }

  private static func json(_ cost: DesignCost) -> JSONText {
    .object(DesignCost.lines.compactMap { line in line.value(cost).map { (line.name, .integer($0)) } })
  }

  private func total(_ place: Int) -> JSONText {
    .object(
      totals.filter { $0.counts[place] > 0 }.map { ($0.words, .integer(UInt64($0.counts[place]))) })
  }

  private static func json(_ row: Row) -> JSONText {
    let attack = row.attack
    var members: [(key: String, value: JSONText)] = [
      ("name", .string(attack.name)), ("class", .string(attack.attackClass.rawValue)), ("file", .string(attack.file)),
      ("title", .string(attack.title)), ("reference", .string(attack.reference)),
    ]
    if let precondition = attack.precondition { members.append(("precondition", .string(precondition))) }
    members.append(("cells", .array(row.cells.map { json($0, attack) })))
    return .object(members)
  }

  private static func json(_ cell: CellVerdict, _ attack: Attack) -> JSONText {
    var members: [(key: String, value: JSONText)] = [("design", .string(cell.design.rawValue))]
    if let outcome = cell.outcome, cell.problems.isEmpty { members.append(("outcome", .string(outcome.rawValue))) }
    members.append(("refusedAsNative", .boolean(attack.isRefusedAsNative(cell))))
    if let expected = cell.expected { members.append(("expected", expected.json)) }
    if let found = cell.found {
      members += found.members
      members.append(("replay", .string(replayCommand(attack, cell.design))))
    }
    if let control = cell.control {
      let expected = cell.expectedControl.map { [("expected", JSONText.string($0.rawValue))] } ?? []
      members.append(
        ("control", .object([("outcome", .string(control.outcome.rawValue))] + expected + control.members)))
    }
    members.append(("differences", .array(cell.differences.map { .string($0) })))
    members.append(("problems", .array(cell.problems.map { .string($0) })))
    return .object(members)
  }
}

extension Attack.Expectation {
  fileprivate var json: JSONText {
    let members: [(key: String, value: String?)] = [
      ("outcome", outcome.rawValue), ("rule", rule?.rawValue), ("event", event?.name),
    ]
    return .object(members.compactMap { member in member.value.map { (member.key, .string($0)) } })
  }
}

extension CellResult {
  fileprivate var members: [(key: String, value: JSONText)] {
    var members: [(key: String, value: JSONText)] = [("reason", .string(reason))]
    if let evidence {
      members.append(("evidence", evidence.json.adding(event.map { [("kind", .string($0.name))] } ?? [])))
    }
    return members + [
      ("instructions", .integer(instructions)), ("virtualTimeNs", .integer(virtualTimeNs)), ("digest", .string(digest)),
    ]
  }
}
