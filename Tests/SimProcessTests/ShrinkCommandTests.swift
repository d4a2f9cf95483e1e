import Foundation
import Testing

/// `sim shrink` as a program: files, refusals, and what it says.
@Suite(.enabled(if: canRun)) final class ShrinkCommandTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "shrink-\(UUID().uuidString)")

  init() throws {
    for name in ["in/files", "out", "full"] {
      try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    try write("in/files/a.txt", "here\n")
    try write("full/x", "")
    try write(
      "in/failing.json",
      """
      {"name": "named", "description": "Shows a file.", "share": {"folder": "files", "extensions": ["hello.o"]},
       "script": [{"expect": "> "}, {"send": "ls"}, {"expect": "> "}, {"send": "cat a.txt"}, {"expect": "> "}],
       "expect": {"console": {"lacks": ["here", "there"]}}}
      """)
    try write("in/passing.json", #"{"script": [{"expect": "> "}]}"#)
    try write("in/damaged.json", #"{"script": [{"expect": "> "}"#)
    try write("in/wrong.json", #"{"script": [{"expct": "> "}]}"#)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  private var files: [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  @Test(arguments: [
    (["in/missing.json"], "in/missing.json: $: there is no file missing.json"),
    (["in/damaged.json"], "not JSON"),
    (["in/wrong.json"], "unknown key \"expct\"; did you mean \"expect\"?"),
    (["in/passing.json"], "in/passing.json: does not fail: it completed, and all that it expects came"),
    (["in/passing.json", "-o", "out/x.json"], "there is nothing to shrink"),
    (["in/failing.json", "-o", "in/failing.json"], "-o would write over the scenario in/failing.json, which is read"),
    (["in/failing.json", "-o", "in/files/x"], "-o would write into the share's folder in/files"),
    (["in/failing.json", "-o", "no/x.json"], "no/x.json: can't be written: No such file or directory"),
    (["in/failing.json", "--others", "full"], "full: already holds something; name a new or an empty folder"),
    (["in/failing.json", "--others", "in"], "--others would write into the folder that holds the scenario"),
    (["in/failing.json", "-o", "o/x.json", "--others", "o"], "name a place outside of it"),
    (["in/failing.json", "--limit", "0"], "--limit is 1 or more"),
    (["in/failing.json", "--limit", "-3"], "write a whole number from 0"),
    (["in/failing.json", "--time", "soon"], "write a whole number from 1 with ns, us, ms or s"),
    (["in/failing.json", "--set", "/guest/variant=ushelmpk"], "did you mean \"ushellmpk\"?"),
  ])
  func isRefused(arguments: [String], reason: String) throws {
    let before = files
    let answer = try sim(["shrink"] + arguments, in: folder)
    #expect(answer.status == 2 && answer.error.contains(reason) && answer.output.isEmpty, "\(answer)")
    #expect(files == before)
  }

  @Test func theResultIsAFileThatFailsInTheSameWayFromWhereItLies() throws {
    let answer = try sim(["shrink", "in/failing.json", "-o", "out/small.json", "--others", "others"], in: folder)
    #expect(answer.status == 0 && answer.error.isEmpty, "\(answer)")
    #expect(answer.output.hasPrefix("named: completed: "), "\(answer.output)")
    #expect(answer.output.contains("each part that is left is needed\n"))
    #expect(answer.output.hasSuffix("out/small.json: written\n"))
    let text = try String(contentsOf: folder.appending(path: "out/small.json"), encoding: .utf8)
    #expect(text.contains(#""folder": "../in/files""#) && text.contains(#"It was: Shows a file."#), "\(text)")
    #expect(text.contains("cat a.txt"), "\(text)")
    for gone in ["hello.o", "there", "\"ls\"", "named"] { #expect(!text.contains(gone), "\(text)") }
    let run = try sim(["run", "out/small.json"], in: folder)
    #expect(run.status == 1 && run.output.contains("FAILED small"))
    #expect(run.output.contains("- a console showed \"here\""))
    // What is smallest already stays as it is.
    let again = try sim(["shrink", "out/small.json", "--format", "json"], in: folder)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])
    let sizes = ["original", "smallest"].map { name in
      ((object[name] as? [String: Any])?["size"] as? [String: Any])?["bytes"] as? Int
    }
    #expect(sizes[0] == sizes[1] && object["minimal"] as? Bool == true && again.status == 0, "\(again.output)")
  }

  @Test func asJSONEverythingIsOneObject() throws {
    let answer = try sim(["shrink", "in/failing.json", "--limit", "12", "--format", "json", "--seed", "9"], in: folder)
    #expect(answer.status == 0 && answer.output.split(separator: "\n").count == 1, "\(answer)")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any])
    #expect(object["runs"] as? Int == 12 && object["minimal"] as? Bool == false)
    #expect(object["cutBy"] as? String == "limit")
    let signature = try #require(object["signature"] as? [String: Any])
    #expect(signature["unmet"] as? [String] == ["a console showed \"here\""])
    #expect(object["result"] is [String: Any] && object["otherFailures"] is [Any])
    let refusal = try sim(["shrink", "in/passing.json", "--format", "json"], in: folder)
    #expect(refusal.status == 2 && refusal.output.contains(#""exitCode":2"#) && refusal.error.isEmpty, "\(refusal)")
  }

  /// The scenario of an experiment is that very run.
  @Test func anExperimentOfACampaignBecomesAScenario() throws {
    try write(
      "c.json",
      """
      {"scenario": "\(root.path)/scenarios/set-count.json", "window": {"while": "extension"}, "samples": 4,
       "models": [{"memory": {"symbol": "overlay_return_stack"}}]}
      """)
    let campaign = try sim(["campaign", "c.json", "-d", "c.db", "--jsonl", "c.jsonl"], in: folder)
    let lines = try String(contentsOf: folder.appending(path: "c.jsonl"), encoding: .utf8)
    let crashed = try #require(lines.split(separator: "\n").first { $0.contains(#""class":"crashed""#) }, "\(campaign)")
    let record = try #require(try JSONSerialization.jsonObject(with: Data(crashed.utf8)) as? [String: Any])
    let replay = ["campaign", "replay", "c.db", "--experiment", "\(record["experiment"] as? Int ?? -1)", "--scenario"]
    let answer = try sim(replay + ["out/e.json"], in: folder)
    #expect(answer.status == 0 && answer.output.hasSuffix("out/e.json: written\n"), "\(answer)")
    let run = try sim(["run", "out/e.json", "--format", "json"], in: folder)
    let result = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(result["outcome"] as? String == "crashed" && result["digest"] as? String == record["digest"] as? String)
    let refusal = try sim(replay + ["c.db"], in: folder)
    #expect(refusal.status == 2 && refusal.error.contains("--scenario would write over the database"), "\(refusal)")
  }

  @Test func withoutATimeNothingIsSearched() throws {
    let answer = try sim(["shrink", "in/failing.json", "--time", "1ns"], in: folder)
    #expect(answer.status == 0 && answer.output.contains("CUT SHORT by --time"), "\(answer)")
    #expect(answer.output.contains("cat a.txt"))
  }
}
