import SimMachine

extension CostTableFile {
  /// Gives a cost another value.
  ///
  /// - Parameters:
  ///   - name: one of ``entries``.
  ///   - thousandths: of a cycle; what the cost can't be is the nearest that it can.
  public mutating func set(_ name: String, thousandths: UInt64, origin: Origin, source: String) {
    guard let cost = CostName.all.first(where: { $0.name == name }),
      let place = entries.firstIndex(where: { $0.name == name })
    else { preconditionFailure("there is no cost \(name)") }
    let bounds = cost.bounds
    let rounded = bounds.isRate ? thousandths : (thousandths / 1_000 + (thousandths % 1_000 >= 500 ? 1 : 0)) * 1_000
    cost.set(min(max(rounded, bounds.range.lowerBound), bounds.range.upperBound), in: &costs)
    entries[place] = Entry(
      name: name, value: cost.text(in: costs), unit: cost.unit, origin: origin, source: source)
  }

  /// The table as a file has it, JSON for people.
  public var text: String { node.laidOut() }

  /// The same on one line.
  public var json: String { node.text }

  private var node: JSONNode {
    func object(_ members: [(String, JSONNode)]) -> JSONNode {
      JSONNode(value: .object(members.map { JSONNode.Member(key: $0.0, value: $0.1) }))
    }
    func string(_ text: String) -> JSONNode { JSONNode(value: .string(text)) }
    func number(_ literal: String) -> JSONNode { JSONNode(value: .number(literal)) }
    let costs = entries.map { entry in
      (
        entry.name,
        object([
          ("value", number(entry.value)), ("unit", string(entry.unit)), ("origin", string(entry.origin.rawValue)),
          ("source", string(entry.source)),
        ])
      )
    }
    return object([
      ("name", string(name)), ("description", string(summary)), ("clockMHz", number("\(clockMHz)")),
      ("costs", object(costs)),
    ])
  }
}
