import Foundation
import Testing

/// With `--format json` whatever goes wrong is an object on standard output, and standard error says nothing.
@Suite(.enabled(if: canRun)) struct FailureJSONTests {
  private static let none = "/nonexistent/x"

  @Test(arguments: [
    (["run", none], none), (["validate", none], none), (["record", none, "-o", "/nonexistent/o"], none),
    (["replay", none], none), (["snapshot", none, "--at", "1us", "-o", "/nonexistent/o"], none),
    (["resume", none], none),
    (["diff", none, none], none), (["inspect", none], none), (["verify", none, "--against", "qemu-tcg"], none),
    (["bpf", "verify", none], none), (["bpf", "run", none], none), (["bpf", "disasm", none], none),
    (["record", "scenarios/hello.json", "-o", "/nonexistent/o"], "/nonexistent/o"),
    (["run", "scenarios/hello.json", "--events", "/nonexistent/o"], "/nonexistent/o"),
    (["inspect", "traces/hello.trace", "--event", "99999"], "traces/hello.trace"),
    (["inspect", "traces/hello.trace", "--at", "99999999999"], "traces/hello.trace"),
    (["resume", "traces/hello.trace"], "traces/hello.trace"),
    (["replay", "README.md"], "README.md"),
  ])
  func badInputIsAnObjectThatNamesTheFile(arguments: [String], file: String) throws {
    let answer = try sim(arguments + ["--format", "json"])
    #expect(answer.status == 2 && answer.error.isEmpty, "\(answer.error)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any], "\(answer.output)")
    let problem = try #require((object["problems"] as? [[String: Any]])?.first)
    #expect(problem["file"] as? String == file)
    let message = try #require(problem["message"] as? String)
    #expect(!message.isEmpty && !message.contains(file), "\(message)")
    // `validate` gives a verdict, and everything else says how it ended.
    #expect(object["valid"] as? Bool == false || object["exitCode"] as? Int == 2)
  }

  @Test(arguments: [
    ["run"], ["run", "a", "--nonsense"], ["validate"], ["record", "x"], ["replay"], ["snapshot", "x", "-o", "y"],
    ["resume"], ["diff", "x"], ["inspect", "x", "--from", "1"], ["verify"], ["bench", "nonsense"],
    ["costs", "-o", "x"], ["bpf", "verify"],
    ["bpf", "nonsense"], ["run", "a", "--set", "x"], ["run", "a", "--timeout", "never"],
  ])
  func wrongUsageIsAnObjectToo(arguments: [String]) throws {
    for words in [["--format", "json"], ["--format=json"]] {
      let answer = try sim(arguments + words)
      #expect(answer.status == 2 && answer.error.isEmpty, "\(answer.error)")
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any], "\(answer.output)")
      let problem = try #require((object["problems"] as? [[String: Any]])?.first)
      #expect((problem["message"] as? String)?.isEmpty == false)
      #expect((problem["remedy"] as? String)?.hasPrefix("see sim help \(arguments[0])") == true)
    }
  }

  @Test func aFaultOfAProgramIsAnObject() throws {
    let answer = try sim(["bpf", "run", ".build/extensions/null-value.bpf.o", "--format", "json"])
    #expect(answer.status == 1 && answer.error.isEmpty)
    let object = try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any]
    #expect(object?["fault"] as? String == "instruction 6: invalid read of 8 bytes at 0x0")
  }

  @Test func assemblyErrorsHaveLineAndColumn() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).s")
    try Data("mov %r0, 42\nmov %r12, 1\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let answer = try sim(["bpf", "verify", file.path, "--format", "json"])
    let object = try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any]
    let problem = try #require((object?["problems"] as? [[String: Any]])?.first)
    #expect(problem["file"] as? String == file.path && problem["line"] as? Int == 2 && problem["column"] as? Int == 5)
    #expect(problem["message"] as? String == "expected a register %r0 to %r10")
  }
}
