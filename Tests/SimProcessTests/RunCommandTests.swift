import Foundation
import FoundationXML
import Testing

/// `sim run` on several files, with changes, in limited time.
@Suite(.enabled(if: canRun)) final class RunCommandTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "run \(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in [("endless.json", endlessRun), ("bad.json", "{\n \"sed\": 1}")] {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func place(_ name: String) -> String { folder.appending(path: name).path }

  private func objects(_ answer: Answer) throws -> [[String: Any]] {
    try answer.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  /// Of a run by itself.
  private func digestOfHello() throws -> String? {
    let alone = try objects(sim(["run", "scenarios/hello.json", "--format", "json"]))
    return try #require(alone.first)["digest"] as? String
  }

  @Test func severalFilesAreRunWhateverBecomesOfEach() throws {
    let files = ["scenarios/hello.json", place("bad.json"), place("missing.json"), "scenarios/args.json"]
    let answer = try sim(["run"] + files + ["--format", "json", "--junit", place("r.xml")])
    #expect(answer.status == 2 && answer.error.isEmpty, "\(answer.error)")
    let results = try objects(answer)
    #expect(results.map { $0["passed"] as? Bool } == [true, false, false, true])
    #expect(try results[0]["digest"] as? String == digestOfHello())
    #expect(results[1]["file"] as? String == place("bad.json") && results[1]["exitCode"] as? Int == 2)
    let problem = try #require((results[1]["problems"] as? [[String: Any]])?.first)
    #expect(problem["line"] as? Int == 2 && problem["column"] as? Int == 2 && problem["path"] as? String == "$")
    #expect(problem["message"] as? String == "unknown key \"sed\"")
    #expect(problem["remedy"] as? String == "did you mean \"seed\"?")

    let document = try XMLDocument(contentsOf: folder.appending(path: "r.xml"))
    #expect(try document.nodes(forXPath: "//testcase/@name").map(\.stringValue) == ["hello", "bad", "missing", "args"])
    #expect(try document.nodes(forXPath: "//testcase/error/@type").map(\.stringValue) == ["input", "input"])
    let shown = try document.nodes(forXPath: "//testcase[@name='hello']/system-out").first?.stringValue
    #expect(shown?.contains("virtio | Hello from an extension!") == true)
  }

  @Test func aFailingRunIsAFailureWithItsReason() throws {
    let arguments = ["run", "scenarios/rogue-write.json", "--design", "none", "--format", "json"]
    let answer = try sim(arguments + ["--junit", place("r.xml")])
    #expect(answer.status == 1)
    let result = try #require(try objects(answer).first)
    #expect(result["passed"] as? Bool == false)
    let failures = try #require(result["failures"] as? [String])
    #expect(!failures.isEmpty)
    let document = try XMLDocument(contentsOf: folder.appending(path: "r.xml"))
    #expect(try document.nodes(forXPath: "//failure").first?.stringValue == failures.joined(separator: "\n"))
  }

  @Test func aReportIsNoFileThatTheRunReadsOrWrites() throws {
    for (name, reason) in [
      ("bad.json", "--junit would write over the scenario"), ("e", "--junit and --events"), ("no/r.xml", "No such"),
    ] {
      let answer = try sim(["run", place("bad.json"), "--junit", place(name), "--events", place("e")])
      #expect(answer.status == 2 && answer.error.contains(reason), "\(answer.error)")
    }
    #expect(try String(contentsOf: folder.appending(path: "bad.json"), encoding: .utf8) == "{\n \"sed\": 1}")
  }

  @Test func aRecordingHoldsTheScenarioAsItWasChanged() throws {
    let changes = ["--set", "/machine/memoryMiB=128", "--set", "/seed=5", "--design", "none", "--format", "json"]
    let recorded = try sim(["record", "scenarios/rogue-write.json", "-o", place("c.trace")] + changes)
    let run = try sim(["run", "scenarios/rogue-write.json"] + changes)
    #expect(recorded.status == 1 && run.status == 1, "\(recorded.output)\(recorded.error)")
    let digest = try #require(try objects(run)[0]["digest"] as? String)
    #expect(try objects(recorded)[0]["digest"] as? String == digest)
    let unchanged = try sim(["run", "scenarios/rogue-write.json", "--seed", "5", "--format", "json"])
    #expect(try objects(unchanged)[0]["digest"] as? String != digest)
    let again = try sim(["replay", place("c.trace"), "--format", "json"])
    #expect(try objects(again)[0]["same"] as? Bool == true, "\(again.output)\(again.error)")
    #expect(try objects(again)[0]["digest"] as? String == digest)
  }

  @Test(arguments: [
    (["--set", "/machin/memoryMiB=64"], "$: unknown key \"machin\"; did you mean \"machine\"?"),
    (["--set", "/machine/memoryMiB=lots"], "$.machine.memoryMiB: is no whole number"),
    (["--set", "/script/99/send=x"], "--set /script/99/send: $.script has"),
    (["--set", "machine/memoryMiB=64"], "did you mean \"/machine/memoryMiB\"?"),
    (["--set", "/budget"], "there is no \"=\""),
    (["--design", "ebpf"], "does not have the design \"ebpf\""),
    (["--design", "mpk"], "'mpk' is invalid"),
    (["--timeout", "5"], "with ns, us, ms or s"),
    (["--timeout", "0s"], "a whole number from 1"),
    (["--timeout", "-1s"], "--timeout"),
    (["scenarios/args.json", "--events", "e.jsonl"], "name one scenario"),
  ])
  func badInputIsToldWithAPlaceAndARemedy(options: [String], message: String) throws {
    let answer = try sim(["run", "scenarios/hello.json"] + options)
    #expect(answer.status == 2 && answer.output.isEmpty && answer.error.contains(message), "\(answer.error)")
  }

  @Test func aRunBeyondItsTimeEndsWithItsOwnExitCode() throws {
    let answer = try sim([
      "run", place("endless.json"), "scenarios/hello.json", "--timeout", "4s", "--format", "json", "--junit",
      place("r.xml"),
    ])
    #expect(answer.status == 124, "\(answer.output)\(answer.error)")
    let results = try objects(answer)
    #expect(results[0]["exitCode"] as? Int == 124 && results[0]["passed"] as? Bool == false)
    let problem = try #require((results[0]["problems"] as? [[String: Any]])?.first)
    #expect((problem["message"] as? String)?.hasPrefix("not done within 4s of the host's time: ") == true)
    #expect((problem["remedy"] as? String)?.contains("raise --timeout") == true)
    // The others are run, and being watched changes nothing.
    #expect(try results[1]["digest"] as? String == digestOfHello())
    let document = try XMLDocument(contentsOf: folder.appending(path: "r.xml"))
    #expect(try document.nodes(forXPath: "//error/@type").map(\.stringValue) == ["timeout"])
  }

  @Test func aRunBeyondItsTimeLeavesNoFiles() throws {
    let answer = try sim(["run", place("endless.json"), "--timeout", "300ms", "--events", place("e.jsonl")])
    #expect(answer.status == 124 && answer.output.isEmpty && answer.error.contains("not done within 300ms"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["bad.json", "endless.json"])
  }
}
