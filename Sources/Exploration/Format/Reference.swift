import Scenarios

/// A result of the exploration that somebody has measured on a real machine.
public struct Reference: Equatable, Sendable {
  public enum Part: String, CaseIterable, Sendable {
    /// Free parameters are fitted to it.
    case training
    /// It was kept from the fit and tells how far the model can be believed.
    case heldBack = "held-back"
    /// Neither: it stands in the table with what is to be known of it, and in no error.
    case unfitted
    /// The model has nothing that could give it; it is there with the reason.
    case notModelled = "not-modelled"
  }

  /// One side: where the exploration has it, and what the measurement is called.
  public struct Side: Equatable, Sendable {
    /// Labels of parameters; those that are not named are the first ones.
    public var point: [String: String]
    /// The name in the table of measurements.
    public var measured: String
  }

  public var name: String
  /// What figure or table of the publication it belongs to.
  public var figure: String
  /// The exploration's result: "request.perSecond".
  public var result: String
  public var side: Side
  /// What it is compared with: then the change in percent counts, and not the number itself.
  public var base: Side?
  public var part: Part
  /// Why it is not modelled, or what is to be known of it.
  public var note: String

  static let table = KeyTable(
    name: "reference",
    keys: ["name", "figure", "result", "point", "measured", "basePoint", "baseMeasured", "part", "note"],
    required: ["name", "measured"])

  init?(_ node: JSONNode, path: String, _ parameters: [Parameter], _ problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems),
      let name = reader.string("name"), let measured = reader.string("measured")
    else { return nil }
    func combination(_ key: String) -> [String: String]? {
      guard let node = reader[key] else { return [:] }
      return ExplorationFile.combination(node, reader.path(key), parameters, problems)?.compactMapValues(\.first)
    }
    self.name = name
    figure = reader.string("figure") ?? ""
    result = reader.string("result") ?? ""
    part = reader.word("part", Part.self, noun: "part") ?? .heldBack
    note = reader.string("note") ?? ""
    if part == .notModelled, note.isEmpty { reader.complain("note", "is missing", "say why it can't be modelled") }
    if part != .notModelled, result.isEmpty {
      reader.complain("result", "is missing", "name one, such as \"request.perSecond\"")
    }
    guard let point = combination("point"), let basePoint = combination("basePoint") else { return nil }
    side = Side(point: point, measured: measured)
    base = reader.string("baseMeasured").map { Side(point: basePoint, measured: $0) }
    if base == nil, reader["basePoint"] != nil {
      reader.complain("baseMeasured", "is missing", "name the measurement at \"basePoint\"")
    }
  }
}
