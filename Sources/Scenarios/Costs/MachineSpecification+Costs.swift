import SimMachine

extension MachineSpecification {
  /// What a scenario may say of costs beside the name of a table.
  static let costsTable = KeyTable(name: "machineCosts", keys: ["table", "file"] + CostName.all.map(\.name))

  /// The costs that a scenario names, and the clock of their table.
  static func costs(
    _ node: JSONNode, path: String, problems: ProblemList
  ) -> (costs: CostTable, clockMHz: UInt64) {
    if case .string(let name) = node.value { return named(name, node, path, problems) }
    guard case .object = node.value else {
      problems.add(node, path, "is \(node.kindName)", "write the name of a cost table, or an object of costs")
      return named(nil, node, path, problems)
    }
    guard let reader = ObjectReader(node, path: path, table: costsTable, problems: problems) else {
      return named(nil, node, path, problems)
    }
    var result = named(reader.string("table"), reader["table"] ?? node, reader.path("table"), problems)
    if reader["file"] != nil {
      reader.complain("file", "the table is not here", "take it in by a scenario's own file (docs/cost-tables.md)")
    }
    for cost in CostName.all { reader.cost(cost, into: &result.costs) }
    return result
  }

  private static func named(
    _ name: String?, _ node: JSONNode, _ path: String, _ problems: ProblemList
  ) -> (costs: CostTable, clockMHz: UInt64) {
    var file = CostTableFile.standard
    if let name {
      if let known = CostTableFile.named(name) {
        file = known
      } else {
        problems.add(node, path, "\"\(name)\" is no cost table", CostTableFile.remedy(for: name))
      }
    }
    return (file.costs, file.clockMHz)
  }
}
