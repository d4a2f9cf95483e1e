import Foundation
import Scenarios
import Testing

@testable import Exploration

@Suite struct BadExplorationTests {
  private static let one = #""parameters": [{"name": "a", "pointer": "/seed", "values": [1, 2]}]"#

  @Test(arguments: [
    (#""parameters": []"#, "names none"),
    (#""parameters": [{"name": "a"}]"#, "is missing"),
    (#""parameters": [{"name": "a", "pointer": "seed", "values": [1]}]"#, "a JSON pointer starts with \"/\""),
    (#""parameters": [{"name": "a b", "pointer": "/seed", "values": [1]}]"#, "is no name"),
    (#""parameters": [{"name": "run", "pointer": "/seed", "values": [1]}]"#, "is a column of all exports"),
    (#""parameters": [{"name": "a", "pointer": "/seed", "values": []}]"#, "write 1 to 10000 values"),
    (#""parameters": [{"name": "a", "pointer": "/seed", "values": [1, 1]}]"#, "\"1\" is there twice"),
    (#""parameters": [{"name": "a", "values": [1]}]"#, "nobody says what it is to be put for"),
    (#""parameters": [{"name": "a", "pointer": "/seed", "from": 2, "to": 1, "steps": 2}]"#, "is not greater than"),
    (
      #""parameters": [{"name": "a", "pointer": "/seed", "from": 0, "to": 1, "steps": 2, "scale": "log"}]"#,
      "no logarithm"
    ),
    (#""parameters": [{"name": "a", "pointer": "/seed", "from": 1, "to": 5}]"#, "add \"steps\""),
    (#""parameters": [{"name": "a", "pointer": "/seed", "from": 1, "to": 3, "steps": 5}]"#, "comes twice"),
    (#""parameters": [{"name": "a", "pointer": "/seed", "from": 1, "to": 1e400, "steps": 5}]"#, "is no number"),
    (
      #""parameters": [{"name": "a", "pointer": "/seed", "values": [1]}, {"name": "b", "pointer": "/seed", "values": [1]}]"#,
      "both set /seed"
    ),
    (#""repeats": 2, \#(one)"#, "sets the seed"),
    (#""repeats": 0, \#(one)"#, "out of range"),
    (#""sampling": "some", \#(one)"#, "is nothing that is known"),
    (#""sampling": {"random": 1, "latinHypercube": 2}, \#(one)"#, "names 2 ways"),
    (#""sampling": {"random": 1000000000}, \#(one)"#, "out of range"),
    (#""points": [], \#(one)"#, "lists none"),
    (
      #""parameters": [{"name": "a", "role": "circumstance", "pointer": "/seed", "values": [1]}]"#,
      "\"circumstance\" is no role; known roles: choice, context"
    ),
    (#""parameters": [{"name": "a", "role": "context", "pointer": "/seed", "values": [1]}]"#, "are all contexts"),
    (
      #""baseline": {"b": 64}, "parameters": [{"name": "a", "pointer": "/seed", "values": [1]}, {"name": "b", "role": "context", "pointer": "/machine/memoryMiB", "values": [64]}]"#,
      "\"b\" is a context"
    ),
    (#""campaign": {}, \#(one)"#, "$.campaign"),
    (#""campaign": {"models": []}, \#(one)"#, "$.campaign.models: names none"),
    (#""campaign": {"models": [{"pkru": {}}], "scenario": "x"}, \#(one)"#, "unknown key \"scenario\""),
    (#""campaign": {"models": [{"pkru": {}}], "samples": 0}, \#(one)"#, "$.campaign.samples: 0 is out of range"),
    (#""points": [{}], \#(one)"#, "has no one value for \"a\""),
    (#""points": [{"a": 1}], "sampling": "grid", \#(one)"#, "means nothing beside \"points\""),
    (#""skip": [{"b": 1}], \#(one)"#, "unknown key \"b\""),
    (#""skip": [{"a": 3}], \#(one)"#, "\"3\" is no value of \"a\""),
    (#""skip": [{"a": [1, 2]}], \#(one)"#, "no point is left"),
    (
      #""measure": {"spans": [{"name": "x", "from": {"symbol": "no_such"}, "to": {"prompt": true}}]}, \#(one)"#,
      "has no symbol"
    ),
    (
      #""measure": {"spans": [{"name": "x.y", "from": {"prompt": true}, "to": {"typed": true}}]}, \#(one)"#,
      "is no name"
    ),
    (
      #""measure": {"spans": [{"name": "prompt", "from": {"prompt": true}, "to": {"typed": true}}]}, \#(one)"#,
      "already"
    ),
    (
      #""measure": {"spans": [{"name": "x", "from": {"prompt": true}, "to": {"prompt": true}}]}, \#(one)"#,
      "the same as"
    ),
    (#""measure": {"spans": [{"name": "x", "from": {}, "to": {"prompt": true}}]}, \#(one)"#, "names 0 moments"),
    (#""references": [{"name": "r", "measured": "m", "result": "x"}], \#(one)"#, "name the table"),
    (#""calibration": {"unknowns": []}, \#(one)"#, "nothing to fit to"),
    (#""parameters": [{"name": "a", "pointer": "/guest/desgin", "values": ["none"]}]"#, "unknown key \"desgin\""),
  ])
  func everyMistakeIsOneLine(_ members: String, _ problem: String) throws {
    let folder = try ExplorationFolder()
    let text = folder.problems(members)
    #expect(text.contains(problem))
    #expect(!text.contains("\n") || text.split(separator: "\n").allSatisfy { $0.contains(": ") })
  }

  /// What follows from a mistake is no mistake of its own.
  @Test(arguments: [
    (#"{"name": "a", "pointer": "seed", "values": [1, 2]}"#, "$.parameters[0].pointer"),
    (#"{"name": "a", "pointer": 7, "values": [1]}"#, "$.parameters[0].pointer"),
    (#"{"name": "a", "pointer": "/seed", "from": 1, "to": 5, "steps": 0}"#, "$.parameters[0].steps"),
    (#"{"name": "a", "pointer": "/seed", "from": 1, "to": 5, "steps": 1000000}"#, "$.parameters[0].steps"),
  ])
  func aMistakeIsSaidOnce(_ parameter: String, _ place: String) throws {
    let folder = try ExplorationFolder()
    let text = folder.problems(#""parameters": [\#(parameter)], "baseline": {"a": 1}, "points": [{"a": 1}]"#)
    #expect(text.split(separator: "\n").count == 1, "\(text)")
    #expect(text.contains(place), "\(text)")
  }

  @Test func aHugeGridIsToldBeforeItStarts() throws {
    let folder = try ExplorationFolder()
    let list = (1...9).map { #"{"name": "p\#($0)", "pointer": "/x\#($0)", "from": 1, "to": 10, "steps": 10}"# }
    #expect(folder.problems("\"parameters\": [\(list.joined(separator: ", "))]").contains("at most 1000000 are run"))
  }

  @Test func randomTextsAreRefusedOrRead() throws {
    let seed = Array(
      #"{"scenario": "x", "parameters": [{"name": "a", "pointer": "/seed", "from": 1, "to": 9, "steps": 3}], "skip": [{"a": 1}], "repeats": 2}"#
        .utf8)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<3000 {
      var text = seed
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0..<text.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: text[place] = UInt8.random(in: 0x20...0x7e, using: &generator)
        case 1: text.remove(at: place)
        default: text.insert(contentsOf: text.shuffled(using: &generator).prefix(3), at: place)
        }
      }
      if let file = try? ExplorationFile(path: "random.json", text: text) { _ = try? ExplorationPlan(file) }
    }
  }

  @Test func measurementsMayEndTheirLinesAsOtherSystemsDo() throws {
    let table = try MeasurementTable("group\tname\tmedian\tunit\r\na\tb\t2\tseconds\r\n", path: "m.tsv")
    #expect(table["b"]?.value == 2 && table["b"]?.unit == "seconds")
  }

  @Test(arguments: [
    ("", "is no line of titles"), ("group\tname\tmedian\tunit\na\tb\tc\td\n", "positive number"),
    ("group\tname\tmedian\tunit\na\tb\t-1\td\n", "positive number"),
    ("group\tname\tmedian\tunit\na\tb\n", "positive number"),
    ("group\tname\tmedian\tunit\na\tb\t1\td\na\tb\t2\td\n", "is there twice"),
  ])
  func wrongMeasurementsAreToldWithTheirLine(_ text: String, _ problem: String) {
    let problems = #expect(throws: ScenarioProblems.self) { try MeasurementTable(text, path: "m.tsv") }
    #expect(problems?.description.contains(problem) == true)
    #expect(problems?.description.hasPrefix("m.tsv:") == true)
  }
}
