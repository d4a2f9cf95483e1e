import Scenarios

/// What of a model is not known and may be fitted to measurements.
public struct Calibration: Equatable, Sendable {
  /// A number of the scenario.
  public struct Unknown: Equatable, Sendable {
    public var name: String
    var range: Parameter.Range
    /// The points for which it holds: labels of some parameters; all if empty.
    public var points: [String: Set<String>]
  }

  public var unknowns: [Unknown]
  /// Steps at most.
  public var rounds: Int

  static let table = KeyTable(name: "calibration", keys: ["unknowns", "rounds"], required: ["unknowns"])
  static let parameterTable = KeyTable(
    name: "unknown", keys: ["name", "pointer", "from", "to", "scale", "integer", "points"],
    required: ["name", "pointer", "from", "to"])

  init?(_ node: JSONNode, path: String, _ parameters: [Parameter], _ problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    rounds = Int(reader.integer("rounds", in: 1...50) ?? 8)
    unknowns = reader.elements("unknowns").compactMap { element in
      guard
        let reader = ObjectReader(element.node, path: element.path, table: Self.parameterTable, problems: problems),
        let name = reader.string("name"), let range = Parameter.Range(reader)
      else { return nil }
      let points = reader["points"].flatMap {
        ExplorationFile.combination($0, reader.path("points"), parameters, problems)
      }
      return Unknown(name: name, range: range, points: points ?? [:])
    }
    var names: Set<String> = []
    for unknown in unknowns where !names.insert(unknown.name).inserted {
      reader.complain("unknowns", "\"\(unknown.name)\" is there twice", "give each a name of its own")
    }
    if reader["unknowns"] != nil, reader.elements("unknowns").isEmpty {
      reader.complain("unknowns", "names none", "write a list of {\"name\", \"pointer\", \"from\", \"to\"}")
    }
  }
}
