import Campaigns
import Foundation
import OutputFiles
import Scenarios
import TerminalText

/// An exploration as its file says it: which values of which parameters are put into a scenario, and what is measured
/// (docs/exploration-format.md).
public struct ExplorationFile: Sendable {
  /// Which points of the space are run.
  public enum Sampling: Equatable, Sendable {
    /// Each value of each parameter with each of the others.
    case grid
    /// So many points, each value drawn for itself.
    case random(UInt64)
    /// So many points, of which each parameter's range has one in each of as many equal parts (McKay, Beckman and Conover, 1979).
    case latinHypercube(UInt64)
    /// The points that the file lists: for each parameter the number of its value.
    case list([[Int]])
  }

  /// The path as the user gave it, for messages.
  public var path: String
  /// As it was read.
  public var text: [UInt8]
  public var name: String
  public var summary: String
  /// The scenario's path, relative to the exploration's folder.
  public var scenario: String
  public var parameters: [Parameter]
  public var sampling: Sampling
  /// Combinations that are left out: for each named parameter the labels that they have.
  public var skipped: [[String: Set<String>]]
  /// Runs of each point, each with a seed of its own.
  public var repeats: UInt64
  public var seed: UInt64
  public var spans: [SpanSpecification]
  /// The point that reports compare others with: labels of some parameters.
  public var baseline: [String: String]
  /// What reports show first, by the names of results.
  public var goals: [Goal]
  /// The folder of attacks that are run under the design of each point, relative to the exploration's; nil: none are.
  public var attacks: String?
  /// Faults that are tried in the scenario of each point; nil: none are.
  public var campaign: CampaignFaults?
  /// What somebody has measured on a real machine, a table beside the exploration; nil if nothing is named.
  public var measurements: String?
  /// Results that have a measured counterpart.
  public var references: [Reference]
  /// What may be fitted to them.
  public var calibration: Calibration?

  /// A result, and which values of it are good.
  public struct Goal: Equatable, Sendable {
    public var result: String
    public var isLowerBetter: Bool
  }

  static let bytesMax = 1 << 20
  static let repeatsMax: UInt64 = 1000
  static let table = KeyTable(
    name: "exploration",
    keys: [
      "$schema", "name", "description", "scenario", "parameters", "sampling", "points", "skip", "repeats", "seed",
      "measure", "baseline", "goals", "attacks", "campaign", "measurements", "references",
      "calibration",
    ], required: ["scenario", "parameters"])
  static let samplingTable = KeyTable(name: "sampling", keys: ["random", "latinHypercube"])
  static let measureTable = KeyTable(name: "measure", keys: ["spans"])
  static let campaignTable = KeyTable(name: "campaign", keys: CampaignFaults.keys)
  static let goalTable = KeyTable(name: "goal", keys: ["result", "better"], required: ["result"])
  /// Every object that an exploration can contain: the published schema must have the same.
  package static let tables = [
    table, samplingTable, measureTable, goalTable, campaignTable, Parameter.table, Parameter.choiceTable,
    SpanSpecification.table,
    SpanMoment.table, SpanMoment.eventTable, Calibration.table, Calibration.parameterTable,
    Reference.table,
  ]

  /// - Throws: ``ScenarioProblems`` that name the file, the place and the mend.
  public init(path: String) throws(ScenarioProblems) {
    try self.init(path: path, text: readText(path: path, bytesMax: Self.bytesMax))
  }

  /// An exploration that was read earlier.
  ///
  /// - Parameter path: what messages call it.
  public init(path: String, text: [UInt8]) throws(ScenarioProblems) {
    let root: JSONNode
    do throws(JSONSyntaxError) { root = try JSONParser.parse(text) } catch {
      throw ScenarioProblems([
        .init(
          file: path, position: error.position, path: "$", problem: "not JSON: \(error.problem)",
          remedy: "mend the text at this place")
      ])
    }
    let problems = ProblemList(file: path)
    guard let reader = ObjectReader(root, path: "$", table: Self.table, problems: problems) else {
      throw ScenarioProblems(problems.problems)
    }
    (self.path, self.text) = (path, text)
    name = reader.string("name") ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    if reader["name"] != nil, name.isEmpty || name != name.terminalLine || name.contains("/") {
      reader.complain("name", "is empty, or has characters that no file's name shows", "choose a word")
    }
    summary = reader.string("description") ?? ""
    scenario = reader.string("scenario") ?? ""
    if reader["scenario"] != nil, scenario.isEmpty {
      reader.complain("scenario", "is empty", "write a path relative to this file")
    }
    let parameters = Self.parameters(reader)
    // What follows speaks of the parameters, so a missing one would be found missing again and again.
    guard parameters.count == reader.elements("parameters").count else { throw ScenarioProblems(problems.problems) }
    self.parameters = parameters
    if !parameters.isEmpty, parameters.allSatisfy({ $0.role == .context }) {
      reader.complain(
        "parameters", "are all contexts, within which nothing is left to compare", "leave \"role\" out of one")
    }
    sampling = Self.sampling(reader, parameters)
    skipped = reader.elements("skip").compactMap { Self.combination($0.node, $0.path, parameters, problems) }
    repeats = reader.integer("repeats", in: 1...Self.repeatsMax) ?? 1
    seed = reader.integer("seed", in: 0...UInt64(UInt32.max)) ?? 1
    if repeats > 1, let own = parameters.first(where: { $0.pointers.contains("/seed") }) {
      reader.complain(
        "repeats", "are runs with other seeds, and \"\(own.name)\" sets the seed", "take one of them away")
    }
    spans = SpanSpecification.list(reader)
    baseline = [:]
    if let node = reader["baseline"] {
      let chosen = Self.combination(node, "$.baseline", parameters, problems) ?? [:]
      baseline = chosen.compactMapValues { $0.count == 1 ? $0.first : nil }
      if baseline.count < chosen.count { reader.complain("baseline", "names several values", "name one of each") }
      for parameter in parameters where parameter.role == .context && chosen[parameter.name] != nil {
        reader.complain(
          "baseline", "\"\(parameter.name)\" is a context, and each has a baseline of its own", "take it away")
      }
    }
    goals = reader.elements("goals").compactMap { Self.goal($0.node, $0.path, problems) }
    attacks = reader.string("attacks")
    if let node = reader["campaign"],
      let inner = ObjectReader(node, path: "$.campaign", table: Self.campaignTable, problems: problems)
    {
      campaign = CampaignFaults(inner)
    }
    measurements = reader.string("measurements")
    references = reader.elements("references").compactMap { Reference($0.node, path: $0.path, parameters, problems) }
    if !references.isEmpty, measurements == nil {
      reader.complain("measurements", "is missing, and references have their numbers from there", "name the table")
    }
    calibration = reader["calibration"].flatMap { Calibration($0, path: "$.calibration", parameters, problems) }
    if calibration != nil, !references.contains(where: { $0.part == .training }) {
      reader.complain("calibration", "has nothing to fit to", "mark references with \"part\": \"training\"")
    }
    guard problems.problems.isEmpty else { throw ScenarioProblems(problems.problems) }
  }

  private static func goal(_ node: JSONNode, _ path: String, _ problems: ProblemList) -> Goal? {
    enum Better: String, CaseIterable { case lower, higher }
    guard let reader = ObjectReader(node, path: path, table: goalTable, problems: problems),
      let result = reader.string("result")
    else { return nil }
    return Goal(result: result, isLowerBetter: reader.word("better", Better.self, noun: "direction") != .higher)
  }

  private static func parameters(_ reader: ObjectReader) -> [Parameter] {
    let list = reader.elements("parameters").compactMap { Parameter($0.node, path: $0.path, problems: reader.problems) }
    if reader["parameters"] != nil, reader.elements("parameters").isEmpty {
      reader.complain(
        "parameters", "names none", "write a list: [{\"name\": \"seed\", \"pointer\": \"/seed\", \"values\": [1, 2]}]")
    }
    var places: [String: String] = [:]
    var names: Set<String> = []
    for (index, parameter) in list.enumerated() {
      let path = "$.parameters[\(index)]"
      if !names.insert(parameter.name).inserted {
        reader.problems.add(reader.node, path, "\"\(parameter.name)\" is there twice", "give each a name of its own")
      }
      for pointer in parameter.pointers {
        // What is put into a place that is then replaced as a whole would be lost without a word.
        let clash = places.sorted { $0.key < $1.key }.first { place, _ in
          "\(place)/".hasPrefix("\(pointer)/") || "\(pointer)/".hasPrefix("\(place)/")
        }
        if let clash, clash.value != parameter.name {
          let same = clash.key == pointer
          reader.problems.add(
            reader.node, path,
            same
              ? "\"\(parameter.name)\" and \"\(clash.value)\" both set \(pointer)"
              : "\"\(parameter.name)\" sets \(pointer), and \"\(clash.value)\" sets \(clash.key), which contain each other",
            "let one of them set it")
        }
        places[pointer] = parameter.name
      }
    }
    return list
  }

  private static func sampling(_ reader: ObjectReader, _ parameters: [Parameter]) -> Sampling {
    if reader["points"] != nil {
      if reader["sampling"] != nil {
        reader.complain("sampling", "means nothing beside \"points\"", "take one of them away")
      }
      return .list(points(reader, parameters))
    }
    switch reader["sampling"]?.value {
    case nil, .string("grid"): break
    case .object:
      guard
        let object = ObjectReader(
          reader["sampling"]!, path: "$.sampling", table: samplingTable, problems: reader.problems)
      else { return .grid }
      let range = 1...UInt64(ExplorationPlan.pointMax)
      if object.keys.count != 1 {
        reader.complain("sampling", "names \(object.keys.count) ways", "name one: {\"random\": 100}")
      }
      if let count = object.integer("random", in: range, unit: "points") { return .random(count) }
      if let count = object.integer("latinHypercube", in: range, unit: "points") { return .latinHypercube(count) }
    default:
      reader.complain(
        "sampling", "is nothing that is known",
        "write \"grid\", {\"random\": 100} or {\"latinHypercube\": 100}")
    }
    for (index, parameter) in parameters.enumerated() where parameter.count == nil {
      if reader["sampling"]?.value == nil || reader["sampling"]?.value == .string("grid") {
        reader.problems.add(
          reader.node, "$.parameters[\(index)]", "a grid needs to know how many values of a range it has",
          "add \"steps\"")
      }
    }
    return .grid
  }

  private static func points(_ reader: ObjectReader, _ parameters: [Parameter]) -> [[Int]] {
    let elements = reader.elements("points")
    if elements.isEmpty { reader.complain("points", "lists none", "write a list of objects, or take it away") }
    return elements.compactMap { element in
      guard let chosen = combination(element.node, element.path, parameters, reader.problems) else { return nil }
      var point: [Int] = []
      for parameter in parameters {
        guard let labels = chosen[parameter.name], labels.count == 1, let label = labels.first,
          let index = parameter.labels.firstIndex(of: label)
        else {
          reader.problems.add(
            element.node, element.path, "has no one value for \"\(parameter.name)\"", "name one of each parameter")
          return nil
        }
        point.append(index)
      }
      return point
    }
  }

  /// `{"design": "none", "executor": ["jit", "interpreter"]}`.
  static func combination(
    _ node: JSONNode, _ path: String, _ parameters: [Parameter], _ problems: ProblemList
  ) -> [String: Set<String>]? {
    let table = KeyTable(name: "combination", keys: parameters.map(\.name))
    guard let reader = ObjectReader(node, path: path, table: table, problems: problems) else { return nil }
    var chosen: [String: Set<String>] = [:]
    for parameter in parameters {
      guard let value = reader[parameter.name] else { continue }
      let given: [JSONNode] = if case .array(let list) = value.value { list } else { [value] }
      for label in given.map({ Parameter.label(of: $0) }) {
        guard parameter.labels.contains(label) else {
          problems.add(
            value, reader.path(parameter.name), "\"\(label)\" is no value of \"\(parameter.name)\"",
            remedyForName(label, among: parameter.labels, noun: "value"))
          continue
        }
        chosen[parameter.name, default: []].insert(label)
      }
    }
    return chosen
  }

  /// The labels of a point by the names of the parameters.
  func labelsByName(_ point: [String]) -> [String: String] {
    Dictionary(uniqueKeysWithValues: zip(parameters.map(\.name), point))
  }

  /// Whether a point has these labels; of parameters that are not named it may have any.
  func has(_ labels: [String: String], in point: [String]) -> Bool {
    zip(parameters, point).allSatisfy { parameter, label in labels[parameter.name].map { $0 == label } ?? true }
  }

  /// Whether a combination of labels is left out.
  func isSkipped(_ labels: [String: String]) -> Bool {
    skipped.contains { combination in
      !combination.isEmpty && combination.allSatisfy { name, wanted in labels[name].map(wanted.contains) ?? false }
    }
  }

  public var scenarioPath: String { placed(scenario) }

  /// A path of the file as seen from where the file's own path is.
  public func placed(_ path: String) -> String {
    let folder = URL(filePlace: self.path).deletingLastPathComponent().relativePath
    return path.hasPrefix("/") || folder == "." ? path : "\(folder)/\(path)"
  }
}
