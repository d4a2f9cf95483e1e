import ArgumentParser
import BPFTool
import Scenarios

struct BPFCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bpf",
    abstract: "Assemble, disassemble, verify and run eBPF programs.",
    discussion: """
      A FILE.o is an ELF object, a FILE.s or FILE.asm assembly (docs/bpf-assembly.md), and any other file instructions of
      8 bytes each without a header.

      EXAMPLES
        sim bpf asm six.s -o six.bin
        sim bpf disasm six.bin
        sim bpf verify .build/extensions/hello.bpf.o
        sim bpf run .build/extensions/hello.bpf.o --argument world
        sim help bpf verify

      EXIT CODES
        0  done or accepted    1  refused by the verifier, or faulted when run    2  wrong usage or unreadable input
      """,
    subcommands: [Assemble.self, Disassemble.self, Verify.self, Run.self, ConformancePlugin.self]
  )

  /// Prints what a command of the tool gives back, and ends as it says.
  fileprivate static func show(_ command: () throws(ToolError) -> CommandResult) throws {
    let result: CommandResult
    do throws(ToolError) { result = try command() } catch { throw CommandFailure(error) }
    StandardOutput.write(result.standardOutput)
    if !result.standardError.isEmpty { StandardError.show(result.standardError) }
    if result.status != 0 { throw ExitCode(result.status) }
  }
}

extension ParsableCommand {
  func show(_ command: () throws(ToolError) -> CommandResult) throws { try BPFCommand.show(command) }
}

/// The program's file and which of an object's programs is meant.
struct BPFProgramOptions: ParsableArguments {
  @Argument(
    help: "An ELF object, assembly (.s, .asm), or raw instructions.",
    completion: .file(extensions: ["o", "s", "asm", "bin"]))
  var file: String

  @Option(help: "The section or function of an object; the first if none is given.")
  var section: String?
}
