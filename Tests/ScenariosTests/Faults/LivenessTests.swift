import Testing

@testable import Scenarios

/// Runs whose faults end, and that have to make progress then.
@Suite struct LivenessTests {
  private func run(faults: String) throws -> RunResult {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "scenario.json",
      """
      {"guest": {"variant": "ushellmpk", "design": "uio-mpk"}, "share": {"files": {"motd.txt": "be kind\\n"}},
       "liveness": {"from": "3s", "within": "5s"}, "faults": [\(faults)],
       "script": [{"expect": "> "}, {"send": "cat motd.txt"}, {"expect": "never shown", "within": "100ms"}]}
      """)
    return try ScenarioRun(ScenarioFile(path: file), products: products, seed: nil).run()
  }

  /// A step that fails does not end the run; the run ends soon after the guest has shown that it lives.
  @Test func whatLivesMakesProgress() throws {
    let result = try run(faults: "")
    #expect(result.outcome == .completed && result.failures.isEmpty, "\(result.reason) \(result.failures)")
    #expect((3_000_000_000..<8_000_000_000).contains(result.virtualTimeNs))
    #expect(result.transcriptText.contains("be kind"))
  }

  /// The timer's interrupts are lost: nothing wakes the application any more.
  @Test func whatStandsStillIsHung() throws {
    let result = try run(
      faults: #"{"when": {"time": "2s"}, "what": {"register": {"name": "rip", "set": 0}}}"#)
    #expect([.crashed, .hung].contains(result.outcome), "\(result.reason)")
    let drop = #"{"when": {"time": "2500ms"}, "what": {"interrupt": {"vector": 32, "fate": "drop"}}}"#
    let stalled = try run(faults: drop)
    #expect(
      stalled.outcome == .completed || stalled.reason.hasPrefix("no progress after the faults ended"),
      "\(stalled.reason)")
  }

  /// What waits for its operation when the faults end does not happen any more; what is held goes on.
  @Test func faultsEnd() throws {
    let late = #"{"when": {"time": "2999ms"}, "what": {"interrupt": {"vector": 200, "fate": "drop"}}}"#
    let after = #"{"when": {"time": "3001ms"}, "what": {"register": {"name": "rip", "set": 0}}}"#
    let result = try run(faults: "\(late), \(after)")
    #expect(result.outcome == .completed)
    #expect(result.faults == [.missed("its moment came, but nothing that it waits for came after it"), .notTriggered])
    let swap = #"{"when": {"start": true}, "what": {"ninePReply": {"message": "Rread", "fate": "swap"}}}"#
    let swapped = try run(faults: swap)
    #expect(swapped.outcome == .completed && swapped.faults == [.injected])
    #expect(swapped.transcriptText.contains("be kind"))
  }

  @Test func mistakesAreNamed() throws {
    for (members, words) in [
      (#""liveness": {"from": "0s"}"#, "is 0"), (#""liveness": {}"#, "key \"from\" is missing"),
      (#""liveness": {"from": "30s"}"#, "more than the budget"),
      (#""liveness": {"from": "3s"}, "script": [{"send": "exit"}]"#, "makes no progress then"),
    ] {
      let problems = #expect(throws: ScenarioProblems.self) {
        try Scenario.read(Array(#"{"guest": {"variant": "ushell"}, \#(members)}"#.utf8), file: "x.json")
      }
      #expect(problems?.description.contains(words) == true, "\(problems?.description ?? "")")
    }
  }
}
