import EBPFEngine

/// `disasm FILE [--section NAME]`: the program as assembly text.
enum DisassembleCommand {
  static func run(_ arguments: [String]) throws(ToolError) -> CommandResult {
    let options = try Options(arguments, known: ["--section"])
    let loaded = try ProgramFile.load(options.file(), named: options["--section"])
    return CommandResult(standardOutput: Disassembler.disassemble(loaded.program), status: ExitStatus.success)
  }
}
