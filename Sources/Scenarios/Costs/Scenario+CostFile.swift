import Foundation
import OutputFiles

extension Scenario {
  /// Takes in the cost table that a scenario names as a file: its values become the scenario's own, so that a recording has all that
  /// the run follows from.
  ///
  /// - Parameters:
  ///   - folder: that of the scenario, where the table's path begins.
  ///   - file: the scenario's path, for messages.
  /// - Returns: the tree with the values, and the path that it named; nil if it names none.
  static func takingInCosts(
    _ tree: JSONNode, folder: URL, file: String
  ) throws(ScenarioProblems) -> (tree: JSONNode, path: String)? {
    guard let machine = tree["machine"], let costs = machine["costs"], let node = costs["file"] else { return nil }
    func problem(_ problem: String, _ remedy: String) -> ScenarioProblem {
      ScenarioProblem(
        file: file, position: node.position, path: "$.machine.costs.file", problem: problem, remedy: remedy)
    }
    guard case .string(let path) = node.value else {
      throw ScenarioProblems([problem("is \(node.kindName)", "write the path of a cost table")])
    }
    let problems = ProblemList(file: file)
    guard checkPath(path, at: node, path: "$.machine.costs.file", problems: problems) else {
      throw ScenarioProblems(problems.problems)
    }
    if costs["table"] != nil {
      throw ScenarioProblems([problem("there is \"table\" as well", "name a table, or the file of one")])
    }
    let url = path.hasPrefix("/") ? URL(filePlace: path) : folder.place(of: path)
    let text = [UInt8](try readFile(url, bytesMax: CostTableFile.bytesMax, describe: problem))
    let table = try CostTableFile.read(text, file: CommandFile.path(path, besides: file))
    return (tree.replacingCosts(by: table), path)
  }
}

extension JSONNode {
  /// The same scenario with a table's values in the place of its file; what the scenario gives itself stays.
  fileprivate func replacingCosts(by table: CostTableFile) -> JSONNode {
    var tree = self
    tree.changeMember("machine") { machine in
      machine.changeMember("costs") { costs in
        guard case .object(var members) = costs.value else { return }
        members.removeAll { $0.key == "file" }
        for entry in table.entries where costs[entry.name] == nil {
          members.append(Member(key: entry.name, value: JSONNode(value: .number(entry.value))))
        }
        costs.value = .object(members)
      }
      guard machine["clockMHz"] == nil, case .object(let members) = machine.value else { return }
      machine.value = .object(
        members + [Member(key: "clockMHz", value: JSONNode(value: .number("\(table.clockMHz)")))])
    }
    return tree
  }

  /// Changes the value of a key that is there.
  private mutating func changeMember(_ key: String, _ change: (inout JSONNode) -> Void) {
    guard case .object(var members) = value, let place = members.firstIndex(where: { $0.key == key }) else { return }
    change(&members[place].value)
    value = .object(members)
  }

  /// A scenario that names its table by a word alone can be given single values as well: the word becomes the key "table".
  mutating func openCosts() {
    changeMember("machine") { machine in
      machine.changeMember("costs") { costs in
        guard case .string = costs.value else { return }
        costs = JSONNode(value: .object([Member(key: "table", value: costs)]), position: costs.position)
      }
    }
  }
}
