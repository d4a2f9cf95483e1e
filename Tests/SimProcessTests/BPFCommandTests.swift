import Foundation
import Testing

/// The command line of `sim bpf`; what its commands do is tested in BPFToolTests.
@Suite(.enabled(if: canRun)) struct BPFCommandTests {
  private static let commands = ["asm", "disasm", "verify", "run", "conformance-plugin"]

  @Test(arguments: commands) func everyCommandShowsItsHelp(command: String) throws {
    for arguments in [["help", "bpf", command], ["bpf", command, "--help"], ["bpf", command, "missing.s", "-h"]] {
      let answer = try sim(arguments)
      #expect(answer.status == 0 && answer.error.isEmpty)
      #expect(answer.output.contains("USAGE: sim bpf \(command)") && answer.output.contains("EXAMPLES"))
    }
  }

  @Test func theCommandsAreListed() throws {
    for arguments in [["bpf"], ["bpf", "--help"], ["help", "bpf"]] {
      let answer = try sim(arguments)
      #expect(answer.status == 0)
      for command in Self.commands { #expect(answer.output.contains("  \(command) "), "\(answer.output)") }
    }
  }

  @Test func theVersionIsToldEverywhere() throws {
    let version = try sim(["--version"]).output
    #expect(try !version.isEmpty && sim(["bpf", "--version"]).output == version)
    #expect(try sim(["bpf", "run", "--version"]).output == version)
  }

  @Test func completionKnowsTheCommands() throws {
    for shell in ["bash", "zsh", "fish"] {
      let script = try sim(["--generate-completion-script", shell])
      #expect(script.status == 0 && script.output.contains("conformance-plugin") && script.output.contains("budget"))
    }
  }

  @Test func theArgumentOfAProgramIsNoOption() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).s")
    try Data("ldxb %r0, [%r1]\nexit\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try sim(["bpf", "run", file.path, "--argument", "--help"]).output == "0x2d\n")
    #expect(try sim(["bpf", "run", file.path, "--mem", "2a"]).output == "0x2a\n")
  }

  @Test(arguments: [
    (["nonsense"], "nonsense"), (["disasm"], "<file>"), (["run", "--budget"], "--budget"),
    (["run", "x", "--budget", "many"], "'many' is invalid"), (["verify", "x", "--format", "xml"], "'xml' is invalid"),
    (["run", "x", "--mem", "0", "--argument", "y"], "exclude each other"), (["run", "/nonexistent"], "no such file"),
    (["conformance-plugin", "xyz"], "not a sequence of hexadecimal bytes"), (["asm", "x", "y"], "Unexpected argument"),
  ])
  func wrongUsageIsExplained(arguments: [String], message: String) throws {
    let answer = try sim(["bpf"] + arguments)
    #expect(answer.status == 2 && answer.output.isEmpty && answer.error.contains(message), "\(answer.error)")
  }
}
