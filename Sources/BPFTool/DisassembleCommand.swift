import EBPFEngine

/// `disasm FILE`: the program as assembly text.
enum DisassembleCommand {
  static func run(_ arguments: [String]) throws(ToolError) -> CommandResult {
    let options = try Options(arguments, known: [])
    let program = try ProgramFile.program(options.file())
    return CommandResult(standardOutput: Disassembler.disassemble(program), status: ExitStatus.success)
  }
}
