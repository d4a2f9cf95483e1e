import Foundation
import Testing

/// What happens to results that nobody takes: they are never lost with a good exit code, and never a crash.
@Suite(.enabled(if: canRun)) struct LostOutputTests {
  /// Runs the simulator through a shell, with a redirection behind it.
  private func shell(_ arguments: [String], _ redirection: String) throws -> Answer {
    try sim(
      ["-c", "\"$0\" \"$@\" \(redirection)", program.path] + arguments, program: URL(fileURLWithPath: "/bin/sh"))
  }

  private static let commands = [
    ["bpf", "asm"], ["bpf", "disasm"], ["bpf", "verify"], ["bpf", "run"], ["help", "bpf"],
    ["run", "scenarios/hello.json"], ["run", "scenarios/hello.json", "--format", "json"],
    ["inspect", "traces/hello.trace", "--events"], ["inspect", "traces/hello.trace"],
    ["validate", "scenarios/hello.json"], ["diff", "traces/hello.trace", "traces/args.trace", "--all"],
    ["--help"], ["--version"],
  ]

  /// The commands with a file for those about programs, and the file.
  private func withCommands(_ body: ([String]) throws -> Void) throws {
    let source = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).s")
    let binary = source.appendingPathExtension("bin")
    defer { for file in [source, binary] { try? FileManager.default.removeItem(at: file) } }
    try Data("mov %r0, 42\nexit\n".utf8).write(to: source)
    #expect(try sim(["bpf", "asm", source.path, "-o", binary.path]).status == 0)
    for command in Self.commands {
      guard command.first == "bpf" && command != ["bpf", "help"] else {
        try body(command)
        continue
      }
      try body(command + [command == ["bpf", "asm"] ? source.path : binary.path])
    }
  }

  @Test(arguments: [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")])
  func outputThatCannotBeWrittenIsAnError(redirection: String, reason: String) throws {
    try withCommands { command in
      let answer = try shell(command, redirection)
      #expect(answer.status == 2, "\(command): \(answer.status)")
      let last = answer.error.split(separator: "\n").last ?? ""
      // Of output that was refused before the end, the reason is no longer known.
      #expect(
        ["can't write the output", "can't write the output: \(reason)"].contains(last), "\(command): \(answer.error)")
    }
  }

  @Test func theSameCommandsAreFineWhereOutputIsTaken() throws {
    try withCommands { command in
      let answer = try shell(command, "")
      #expect(answer.status == (command.first == "diff" ? 1 : 0) && !answer.output.isEmpty, "\(command)")
      #expect(!answer.error.contains("can't write"), "\(command): \(answer.error)")
    }
  }

  @Test(arguments: ["2>/dev/full", "2>&-", "<&- >&- 2>&-"])
  func errorsThatNobodyReadsDoNotCrash(redirection: String) throws {
    for command in [["run", "missing.json"], ["bpf", "run", "missing.o"], ["nonsense"], ["validate", "README.md"]] {
      #expect(try shell(command, redirection).status == 2, "\(command) \(redirection)")
    }
  }

  @Test func aTraceWrittenWhileOutputIsClosedHoldsNothingElse() throws {
    let trace = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).trace")
    defer { try? FileManager.default.removeItem(at: trace) }
    #expect(try shell(["record", "scenarios/hello.json", "-o", trace.path], ">&-").status == 2)
    #expect(try sim(["inspect", trace.path]).status == 0)
  }
}
