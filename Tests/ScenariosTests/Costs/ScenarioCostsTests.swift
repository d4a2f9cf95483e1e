import Foundation
import SimMachine
import Testing

@testable import Scenarios

private func machine(_ text: String) throws -> MachineSpecification {
  try Scenario.read(Array("{\"machine\": \(text)}".utf8), file: "s.json").machine
}

/// What scenarios say of costs.
@Suite struct ScenarioCostsTests {
  @Test func aTableIsNamedAndBringsItsClock() throws {
    let table = try #require(CostTableFile.named("epyc"))
    #expect(try machine("{}").costs == CostTableFile.standard.costs)
    #expect(try machine("{\"costs\": \"epyc\"}").costs == table.costs)
    #expect(try machine("{\"costs\": \"epyc\"}").clockMHz == table.clockMHz)
    #expect(try machine("{\"clockMHz\": 7, \"costs\": \"epyc\"}").clockMHz == 7)
    #expect(try machine("{\"costs\": {\"table\": \"epyc\"}}").costs == table.costs)
  }

  @Test func singleValuesGoOverATable() throws {
    var costs = CostTableFile.standard.costs
    (costs.wrpkru, costs.instruction) = (30, CycleRate(thousandths: 700))
    #expect(try machine("{\"costs\": {\"wrpkru\": 30, \"instruction\": 0.7}}").costs == costs)
    var slow = try #require(CostTableFile.named("slow")).costs
    slow.halt = 5
    #expect(try machine("{\"costs\": {\"halt\": 5, \"table\": \"slow\"}}").costs == slow)
  }

  @Test(arguments: [
    ("\"unti\"", "\"unti\" is no cost table; did you mean \"unit\"?"),
    ("3", "is a number; write the name of a cost table"),
    ("{\"table\": 3}", "$.machine.costs.table: is a number"),
    ("{\"table\": \"nix\"}", "known cost tables: default, flat"),
    ("{\"wrpkro\": 1}", "did you mean \"wrpkru\"?"), ("{\"wrpkru\": -1}", "$.machine.costs.wrpkru: -1 is negative"),
    ("{\"instruction\": 0}", "$.machine.costs.instruction: 0 is out of range"), ("{\"file\": \"a\"}", "is not here"),
  ])
  func aMistakeIsExplained(costs: String, said: String) {
    do {
      _ = try machine("{\"costs\": \(costs)}")
      Issue.record("it was accepted")
    } catch {
      #expect("\(error)".contains(said), "\(error)")
    }
  }

  private func scenario(_ folder: TemporaryFolder, _ costs: String) throws -> String {
    try folder.write("s.json", "{\"machine\": {\"costs\": \(costs)}, \"guest\": {\"variant\": \"ushell\"}}")
  }

  @Test func aFileIsTakenIntoTheText() throws {
    let folder = try TemporaryFolder()
    let table = try #require(CostTableFile.named("epyc"))
    try folder.write("tables/mine.json", table.text)
    let path = try scenario(folder, "{\"file\": \"tables/mine.json\", \"wrpkru\": 77}")
    let file = try ScenarioFile(path: path)
    var costs = table.costs
    costs.wrpkru = 77
    #expect(file.scenario.machine.costs == costs && file.scenario.machine.clockMHz == table.clockMHz)
    let inputs = file.inputs(BuildProducts(folder: folder.url))
    #expect(inputs.contains { $0.path.hasSuffix("tables/mine.json") && $0.role == "the cost table" })
    // A recording has the text alone.
    try FileManager.default.removeItem(at: folder.url)
    #expect(try Scenario.read(file.text, file: "s.json").machine == file.scenario.machine)
  }

  @Test func otherScenariosKeepTheirBytes() throws {
    let folder = try TemporaryFolder()
    let path = try scenario(folder, "{  \"wrpkru\": 77}")
    #expect(try ScenarioFile(path: path).text == [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
  }

  @Test(arguments: [
    ("\"no.json\"", "s.json:1:32: $.machine.costs.file: there is no file no.json"), ("\".\"", "is a folder"),
    ("\"\"", "is no path"), ("7", "is a number"), ("\"/etc/passwd\"", "is an absolute path"),
    ("\"big.json\"", "at most 65536 make sense"), ("\"text.json\"", "text.json:1:1: $: not JSON"),
    ("\"s.json\"", "s.json:1:2: $: unknown key \"machine\""),
    ("\"good.json\", \"table\": \"unit\"", "name a table, or"),
  ])
  func aFileThatIsNoTableIsExplained(file: String, said: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("big.json", String(repeating: " ", count: 1 << 17))
    try folder.write("text.json", "costs")
    try folder.write("good.json", try #require(CostTableFile.named("unit")).text)
    let path = try scenario(folder, "{\"file\": \(file)}")
    do {
      _ = try ScenarioFile(path: path)
      Issue.record("it was accepted")
    } catch {
      #expect("\(error)".contains(said), "\(error)")
    }
  }

  @Test(arguments: ["\"slow\"", "{\"table\": \"slow\"}", "{\"table\": \"slow\", \"wrpkru\": 1}"])
  func aSingleValueCanBeSet(costs: String) throws {
    let folder = try TemporaryFolder()
    let changes = [
      try ScenarioChange("/machine/costs/wrpkru=30"), try ScenarioChange("/machine/costs/instruction=0.7"),
    ]
    let file = try ScenarioFile(path: scenario(folder, costs), changes: changes)
    var slow = try #require(CostTableFile.named("slow")).costs
    (slow.wrpkru, slow.instruction) = (30, CycleRate(thousandths: 700))
    #expect(file.scenario.machine.costs == slow)
    let bare = try folder.write("t.json", "{\"guest\": {\"variant\": \"ushell\"}}")
    #expect(try ScenarioFile(path: bare, changes: changes).scenario.machine.costs.wrpkru == 30)
  }
}
