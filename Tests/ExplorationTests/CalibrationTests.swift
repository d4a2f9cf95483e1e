import Scenarios
import Testing

@testable import Exploration

@Suite struct CalibrationTests {
  private static let scenario = """
    {"guest": {"variant": "noshell", "application": "requests", "requests": {"count": 200, "work": 50}},
     "script": [{"waitForSymbol": "requests_done", "within": "5s"}], "expect": {"outcome": "completed"}}
    """
  private static let spans =
    #""measure": {"spans": [{"name": "request", "from": {"symbol": "receive_request"}, "to": {"symbol": "send_reply"}}]}"#

  /// What is measured on a machine whose costs are known is fitted to these costs, also of two that act together.
  @Test func knownCostsAreFoundAgain() throws {
    let folder = try ExplorationFolder()
    try folder.write(Self.scenario, "s.json")
    let truth =
      #""parameters": [{"name": "work", "values": [{"label": "short", "set": {"/guest/requests/work": 40, "/machine/costs": {"instruction": 0.5}}}, {"label": "long", "set": {"/guest/requests/work": 300, "/machine/costs": {"instruction": 0.5}}}]}]"#
    let known = try Exploration.of(folder.file("\(truth), \(Self.spans)", scenario: "s.json"))
    let means = try (0...1).map { number in
      let results = RunResults(try known.run(number), attacks: nil)
      return try #require(results["request.mean"])
    }
    try folder.write(
      "group\tname\tmedian\tunit\nx\tshort\t\(means[0])\tcycles\nx\tlong\t\(means[1])\tcycles\n", "m.tsv")
    let fit = """
      "parameters": [{"name": "work", "values": [{"label": "short", "set": {}}, {"label": "long", "set": {"/guest/requests/work": 300}}]}],
      \(Self.spans), "measurements": "m.tsv",
      "references": [
        {"name": "short", "measured": "short", "result": "request.mean", "point": {"work": "short"}, "part": "training"},
        {"name": "long", "measured": "long", "result": "request.mean", "point": {"work": "long"}, "part": "training"}],
      "calibration": {"unknowns": [
        {"name": "work", "pointer": "/guest/requests/work", "from": 5, "to": 200, "scale": "log", "points": {"work": "short"}},
        {"name": "instruction", "pointer": "/machine/costs/instruction", "from": 0.1, "to": 4, "scale": "log"}]}
      """
    let outcome = try Calibrator(Exploration.of(folder.file(fit, scenario: "s.json", name: "fit")), workers: 2).fit()
    #expect(outcome.values.map(\.name) == ["work", "instruction"])
    #expect(abs(Double(outcome.values[0].value)! - 40) <= 2)
    #expect(abs(Double(outcome.values[1].value)! - 0.5) <= 0.01)
    #expect(outcome.references.error(of: .training)!.largest < 1)
  }

  @Test func whoHasNothingToFitIsToldSo() throws {
    let folder = try ExplorationFolder()
    let members = #""parameters": [{"name": "a", "pointer": "/seed", "values": [1]}]"#
    let exploration = try Exploration.of(folder.file(members))
    let refusal = #expect(throws: Calibrator.Refusal.self) { _ = try Calibrator(exploration, workers: 1) }
    #expect(refusal?.description.contains("there is nothing to fit") == true)
  }
}
