import Foundation
import OutputFiles
import Scenarios
import TerminalText

/// A campaign as its file says it: which faults, where in which run, how many (docs/campaign-format.md).
public struct CampaignFile: Sendable {
  /// The path as the user gave it, for messages.
  public var path: String
  /// As it was read.
  public var text: [UInt8]
  public var name: String
  public var summary: String
  public var scenario: ScenarioFile
  public var faults: CampaignFaults

  static let table = KeyTable(
    name: "campaign",
    keys: ["$schema", "name", "description", "scenario"] + CampaignFaults.keys, required: ["scenario"])

  /// - Throws: ``ScenarioProblems`` that name the file, the place and the mend.
  public init(path: String) throws(ScenarioProblems) {
    let url = URL(filePlace: path)
    text = try readText(path: path, bytesMax: 1 << 20)
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
    self.path = path
    name = reader.string("name") ?? url.deletingPathExtension().lastPathComponent
    if reader["name"] != nil, name.isEmpty || name != name.terminalLine {
      reader.complain("name", "is empty, or has characters that no line shows", "choose a word")
    }
    summary = reader.string("description") ?? ""
    faults = CampaignFaults(reader)
    let named = reader.string("scenario")
    guard problems.problems.isEmpty, let named else { throw ScenarioProblems(problems.problems) }
    let folder = url.deletingLastPathComponent().relativePath
    scenario = try ScenarioFile(path: named.hasPrefix("/") || folder == "." ? named : "\(folder)/\(named)")
    try requireNoFaults()
  }

  /// A campaign that is no file: faults in a scenario that somebody has made.
  ///
  /// - Throws: for a scenario with faults of its own.
  public init(name: String, scenario: ScenarioFile, faults: CampaignFaults) throws(ScenarioProblems) {
    (path, text, summary) = (scenario.path, [], "")
    (self.name, self.scenario, self.faults) = (name, scenario, faults)
    try requireNoFaults()
  }

  private func requireNoFaults() throws(ScenarioProblems) {
    guard !scenario.scenario.faults.isEmpty else { return }
    throw ScenarioProblems([
      .init(
        file: path, position: nil, path: "$", problem: "its scenario has faults of its own",
        remedy: "take \"faults\" out of \(scenario.path), or name another one")
    ])
  }
}

extension CampaignFile {
  /// The files that the campaign is read from.
  public func inputs(_ products: BuildProducts) -> [CommandFile] {
    [CommandFile(path, "the campaign")] + scenario.inputs(products)
  }
}
