import Foundation
import Scenarios

/// Something of a scenario that differs from point to point.
public struct Parameter: Equatable, Sendable {
  /// One of its values.
  public struct Choice: Equatable, Sendable {
    /// What reports call it; no other value of the parameter has the same.
    public var label: String
    /// What is put into the scenario, and where.
    package var changes: [(pointer: JSONPointer, value: JSONNode)]

    public static func == (one: Choice, other: Choice) -> Bool {
      one.label == other.label && one.changes.map(\.pointer) == other.changes.map(\.pointer)
        && one.changes.map(\.value) == other.changes.map(\.value)
    }
  }

  /// A number between two others.
  struct Range: Equatable, Sendable {
    var pointer: JSONPointer
    var from: Double
    var to: Double
    /// Equal steps multiply instead of adding.
    var isLogarithmic: Bool
    var isInteger: Bool

    /// The number at a share of the way, from 0 to 1.
    func value(at share: Double) -> Double {
      let value =
        isLogarithmic ? exp(log(from) + (log(to) - log(from)) * share) : from + (to - from) * share
      return isInteger ? value.rounded() : value
    }

    /// Reads "pointer", "from", "to", "scale" and "integer" of an object that may have further keys.
    init?(_ reader: ObjectReader) {
      enum Scale: String, CaseIterable { case linear, log }
      guard reader["pointer"] != nil else {
        reader.complain("pointer", "is missing", "add it, such as \"/machine/memoryMiB\"")
        return nil
      }
      let pointer = Parameter.pointer(reader["pointer"], reader.path("pointer"), reader.problems)
      guard let pointer, let from = Parameter.number(reader, "from"), let to = Parameter.number(reader, "to") else {
        if reader["from"] == nil || reader["to"] == nil {
          reader.complain("values", "are missing", "write \"values\": [ … ], or \"from\" and \"to\"")
        }
        return nil
      }
      isLogarithmic = reader.word("scale", Scale.self, noun: "scale") == .log
      guard from < to else {
        reader.complain("to", "is not greater than \"from\"", "write a greater number")
        return nil
      }
      if isLogarithmic, from <= 0 {
        reader.complain("from", "is not above 0, where no logarithm is", "write a number above 0")
        return nil
      }
      (self.pointer, self.from, self.to) = (pointer, from, to)
      isInteger = reader.boolean("integer") ?? (from == from.rounded() && to == to.rounded())
    }

    /// As JSON has it: a whole number, or three significant digits, which is as fine as costs can be.
    func text(at share: Double) -> String {
      let value = value(at: share)
      return isInteger ? "\(Int64(value))" : String(format: "%.3g", value)
    }

    func choice(at share: Double) -> Choice {
      let text = text(at: share)
      return Choice(label: text, changes: [(pointer, JSONNode(value: .number(text)))])
    }
  }

  enum Values: Equatable, Sendable {
    case choices([Choice])
    case range(Range, steps: Int?)
  }

  /// What a parameter is to those who compare points.
  public enum Role: String, CaseIterable, Sendable {
    /// Somebody decides its value: points are compared across its values.
    case choice
    /// A circumstance that nobody chooses, such as the machine's costs or a load: points are compared within each of its values.
    case context
  }

  public var name: String
  public var role: Role
  var values: Values

  static let countMax = 10_000
  static let table = KeyTable(
    name: "parameter", keys: ["name", "role", "pointer", "values", "from", "to", "steps", "scale", "integer"],
    required: ["name"])
  static let choiceTable = KeyTable(name: "choice", keys: ["label", "set"], required: ["label", "set"])

  /// How many values it has; nil for a range without steps.
  public var count: Int? {
    switch values {
    case .choices(let choices): choices.count
    case .range(_, let steps): steps
    }
  }

  /// Those of a grid; of a range without steps none.
  var choices: [Choice] {
    switch values {
    case .choices(let choices): choices
    case .range(let range, let steps):
      (0..<(steps ?? 0)).map { range.choice(at: steps == 1 ? 0 : Double($0) / Double(steps! - 1)) }
    }
  }

  public var labels: [String] { choices.map(\.label) }

  /// All places that it sets, each once.
  public var pointers: [String] {
    switch values {
    case .range(let range, _): return [range.pointer.description]
    case .choices(let choices):
      var places: [String] = []
      for place in choices.flatMap({ $0.changes.map(\.pointer.description) }) where !places.contains(place) {
        places.append(place)
      }
      return places
    }
  }

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems),
      let name = reader.string("name")
    else { return nil }
    guard !name.isEmpty, name.utf8.count <= 40, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2c })
    else {
      reader.complain("name", "is no name", "use up to 40 printable ASCII characters without blanks and commas")
      return nil
    }
    if ExplorationExport.columns.contains(name) || RunMeter.resultNames.contains(name) {
      reader.complain("name", "\"\(name)\" is a column of all exports", "choose another name")
    }
    self.name = name
    role = reader.word("role", Role.self, noun: "role") ?? .choice
    if reader["values"] != nil {
      let pointer = Self.pointer(reader["pointer"], reader.path("pointer"), problems)
      for key in ["from", "to", "steps", "scale", "integer"] where reader[key] != nil {
        reader.complain(key, "means nothing beside \"values\"", "take it away")
      }
      // What is wrong with the pointer was said, and is not what is wrong with the values.
      guard reader["pointer"] == nil || pointer != nil, let choices = Self.choices(reader, pointer) else { return nil }
      values = .choices(choices)
    } else {
      guard let range = Range(reader) else { return nil }
      let steps = reader.integer("steps", in: 1...UInt64(Self.countMax)).map { Int($0) }
      guard steps != nil || reader["steps"] == nil else { return nil }
      values = .range(range, steps: steps)
      if let twice = Self.duplicate(labels) {
        reader.complain("steps", "are so small that \(twice) comes twice", "take fewer, or a wider range")
      }
    }
  }

  fileprivate static func pointer(_ node: JSONNode?, _ path: String, _ problems: ProblemList) -> JSONPointer? {
    guard let node else { return nil }
    guard case .string(let text) = node.value else {
      problems.add(node, path, "is \(node.kindName)", "write a JSON pointer, such as \"/guest/design\"")
      return nil
    }
    do throws(JSONPointer.SyntaxError) { return try JSONPointer(text) } catch {
      problems.add(node, path, error.problem, error.remedy)
      return nil
    }
  }

  private static func choices(_ reader: ObjectReader, _ pointer: JSONPointer?) -> [Choice]? {
    let elements = reader.elements("values")
    guard !elements.isEmpty, elements.count <= countMax else {
      reader.complain("values", "are \(elements.count)", "write 1 to \(countMax) values: [ … ]")
      return nil
    }
    let choices = elements.compactMap { choice($0.node, $0.path, pointer, reader.problems) }
    if let twice = duplicate(choices.map(\.label)) {
      reader.complain("values", "\"\(twice)\" is there twice", "give each value a label of its own")
    }
    return choices.count == elements.count ? choices : nil
  }

  private static func choice(
    _ node: JSONNode, _ path: String, _ pointer: JSONPointer?, _ problems: ProblemList
  ) -> Choice? {
    guard case .object = node.value, pointer == nil || node["set"] != nil else {
      guard let pointer else {
        problems.add(
          node, path, "nobody says what it is to be put for",
          "add \"pointer\" to the parameter, or write {\"label\": …, \"set\": {\"/guest/design\": …}}")
        return nil
      }
      return Choice(label: label(of: node), changes: [(pointer, node.withoutPositions)])
    }
    guard let reader = ObjectReader(node, path: path, table: choiceTable, problems: problems),
      let labelNode = reader["label"]
    else { return nil }
    let label = label(of: labelNode)
    if label.isEmpty || label.utf8.count > 80 || label.utf8.contains(where: { $0 < 0x20 }) {
      reader.complain("label", "is no label", "write a short text on one line")
    }
    var changes: [(pointer: JSONPointer, value: JSONNode)] = []
    for member in reader.entries("set") {
      do throws(JSONPointer.SyntaxError) {
        changes.append((try JSONPointer(member.key), member.value.withoutPositions))
      } catch { problems.add(member.keyPosition, "\(path).set", error.problem, error.remedy) }
    }
    return Choice(label: label, changes: changes)
  }

  /// A number that a range may have as its end.
  static func number(_ reader: ObjectReader, _ key: String) -> Double? {
    guard let node = reader[key] else { return nil }
    guard case .number(let literal) = node.value, let number = Double(literal), abs(number) <= 1e15 else {
      reader.complain(key, "is no number that is known here", "write one between -10^15 and 10^15")
      return nil
    }
    return number
  }

  private static func duplicate(_ labels: [String]) -> String? {
    var known: Set<String> = []
    return labels.first { !known.insert($0).inserted }
  }

  /// A value as reports write it.
  static func label(of node: JSONNode) -> String {
    if case .string(let text) = node.value { text } else { node.text }
  }
}
