import CostTables
import SimMachine

/// A cost table as its file has it: each value with where it is from, and the clock of the machine that it describes.
public struct CostTableFile: Equatable, Sendable {
  /// Where a value is from.
  public enum Origin: String, CaseIterable, Sendable {
    case measurement, manual, paper, assumption
    /// Fitted to measurements of whole runs.
    case calibration
  }

  /// A cost with its value as text, in `unit`.
  public struct Entry: Equatable, Sendable {
    public var name: String
    public var value: String
    public var unit: String
    public var origin: Origin
    public var source: String
  }

  public var name: String
  public var summary: String
  /// Of the machine, where a scenario gives none.
  public var clockMHz: UInt64
  /// One for each cost that there is, in a fixed order.
  public var entries: [Entry]
  public var costs: CostTable

  /// A table is written by people: more is a mistake.
  static let bytesMax = 1 << 16

  static let table = KeyTable(
    name: "costTable", keys: ["$schema", "name", "description", "clockMHz", "costs"],
    required: ["name", "clockMHz", "costs"])
  static let costsTable = KeyTable(
    name: "costs", keys: CostName.all.map(\.name), required: CostName.all.map(\.name))
  private static let costKeys = ["value", "unit", "origin", "source"]
  static let costTable = KeyTable(name: "cost", keys: costKeys, required: costKeys)

  /// Reads a table's text.
  ///
  /// - Parameter file: the path that problems name; nothing is read from it.
  public static func read(_ text: [UInt8], file: String) throws(ScenarioProblems) -> CostTableFile {
    let root = try Scenario.tree(text, file: file)
    let problems = ProblemList(file: file)
    let table = CostTableFile(root, problems: problems)
    guard problems.problems.isEmpty, let table else { throw ScenarioProblems(problems.problems) }
    return table
  }

  /// Reads a table's file.
  public init(path: String) throws(ScenarioProblems) {
    self = try Self.read(readText(path: path, bytesMax: Self.bytesMax), file: path)
  }

  private init?(_ root: JSONNode, problems: ProblemList) {
    guard let reader = ObjectReader(root, path: "$", table: Self.table, problems: problems) else { return nil }
    _ = reader.string("$schema")
    name = reader.string("name") ?? ""
    if name.isEmpty, reader["name"] != nil { reader.complain("name", "is empty", "write a name") }
    summary = reader.string("description") ?? ""
    clockMHz = reader.integer("clockMHz", in: MachineSpecification.clockRange, unit: "MHz") ?? 1
    (entries, costs) = ([], CostTable())
    guard let node = reader["costs"],
      let values = ObjectReader(node, path: "$.costs", table: Self.costsTable, problems: problems)
    else { return }
    for cost in CostName.all {
      guard let node = values[cost.name] else { continue }
      let path = values.path(cost.name)
      guard let value = ObjectReader(node, path: path, table: Self.costTable, problems: problems) else { continue }
      value.cost(cost, under: "value", into: &costs)
      if let unit = value.string("unit"), unit != cost.unit {
        value.complain("unit", "\"\(unit)\" is not the unit of this cost", "write \"\(cost.unit)\"")
      }
      let origin = value.word("origin", Origin.self, noun: "origin") ?? .assumption
      let source = value.string("source") ?? ""
      if source.isEmpty, value["source"] != nil { value.complain("source", "is empty", "say where the value is from") }
      entries.append(
        Entry(name: cost.name, value: cost.text(in: costs), unit: cost.unit, origin: origin, source: source))
    }
  }
}

extension CostTableFile {
  /// The tables that ship.
  public static let shipped: [CostTableFile] = ShippedCostTables.texts.map { name, text in
    do {
      return try read(text, file: "\(name).json")
    } catch {
      preconditionFailure("a shipped cost table can't be read: \(error)")
    }
  }

  /// What a scenario that names no table gets.
  public static let standard = named("default") ?? shipped[0]

  public static func named(_ name: String) -> CostTableFile? { shipped.first { $0.name == name } }

  /// What is wrong with a name that no shipped table has, and how to mend it.
  public static func remedy(for name: String) -> String {
    remedyForName(name, among: shipped.map(\.name), noun: "cost table")
  }
}
