import EBPFEngine
import OutputFiles

extension BPFTool {
  /// Writes the raw program to `output`, or to standard output unless that is a terminal.
  public static func assemble(
    _ file: String, to output: String? = nil, outputIsTerminal: Bool = false
  ) throws(ToolError) -> CommandResult {
    guard output != nil || !outputIsTerminal else {
      throw ToolError(message: "the program is binary and the output a terminal; name a file with -o")
    }
    let program = try ProgramFile.assemble(ProgramFile.bytes(of: file), file)
    guard let output else { return CommandResult(standardOutput: program.bytes, status: ExitStatus.success) }
    do throws(OutputError) {
      try requireSeparate(outputs: [CommandFile(output, "-o")], inputs: [CommandFile(file, "the program")])
      let target = try AtomicFile(output)
      target.write(program.bytes)
      try target.finish()
    } catch { throw ToolError(file: error.path.isEmpty ? nil : error.path, message: error.problem) }
    return CommandResult(status: ExitStatus.success)
  }
}
