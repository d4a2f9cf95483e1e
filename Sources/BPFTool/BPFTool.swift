import EBPFEngine
import Foundation

/// The commands behind `sim bpf`. Each takes its arguments and gives back what to print: no command prints by itself.
public enum BPFTool {
  public static let usage = """
    usage: sim bpf asm FILE.s [-o OUT.bin]
           sim bpf disasm FILE.bin|FILE.o [--section NAME]
           sim bpf verify FILE.bin|FILE.o|FILE.s [--section NAME] [--format text|json]
           sim bpf run FILE.bin|FILE.o|FILE.s [--section NAME] [--mem HEX | --argument TEXT] [--budget N]
           sim bpf conformance-plugin [MEMORY] [--elf] [--jit]

    asm writes binary instructions: to OUT.bin, or to standard output if that is no terminal.
    FILE.o is an ELF object, FILE.s assembly, FILE.bin instructions of 8 bytes each without a header.

    Exit status: 0 done or accepted; 1 refused by the verifier, or faulted when run; 2 wrong usage or unreadable input.

    """

  /// Runs `arguments` (without `sim bpf`); `standardInput` is read only by commands that need it. Binary output is
  /// refused where `outputIsTerminal`.
  public static func run(
    _ arguments: [String], outputIsTerminal: Bool = false, standardInput: () -> [UInt8]
  ) -> CommandResult {
    guard let command = arguments.first else { return .failure(usage) }
    let rest = Array(arguments.dropFirst())
    if command == "help" || Options.askForHelp(arguments) {
      return CommandResult(standardOutput: Array(usage.utf8), status: ExitStatus.success)
    }
    do {
      switch command {
      case "asm": return try AssembleCommand.run(rest, outputIsTerminal: outputIsTerminal)
      case "disasm": return try DisassembleCommand.run(rest)
      case "verify": return try VerifyCommand.run(rest)
      case "run": return try RunCommand.run(rest)
      case "conformance-plugin": return ConformancePlugin.run(rest, standardInput: standardInput())
      default: return .failure("bpf: unknown command '\(command)'\n" + usage)
      }
    } catch {
      return .failure("bpf \(command): \(error.message)")
    }
  }
}

/// A message for the user; the command's name comes before it.
struct ToolError: Error {
  var message: String
}
