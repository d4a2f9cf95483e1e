import EBPFEngine
import OutputFiles

/// `asm FILE [-o OUT.bin]`: writes the raw program to the file, or to standard output unless that is a terminal.
enum AssembleCommand {
  static func run(_ arguments: [String], outputIsTerminal: Bool) throws(ToolError) -> CommandResult {
    let options = try Options(arguments, known: ["-o"])
    let path = try options.file()
    guard options["-o"] != nil || !outputIsTerminal else {
      throw ToolError(message: "the program is binary and the output a terminal; name a file with -o")
    }
    let source = try ProgramFile.bytes(of: path)
    let program: Program
    do throws(AssemblyError) { program = try Assembler.assemble(source) } catch {
      throw ToolError(message: "\(path):\(error)")
    }
    guard let output = options["-o"] else {
      return CommandResult(standardOutput: program.bytes, status: ExitStatus.success)
    }
    do throws(OutputError) {
      try requireOutput(output, differsFrom: path)
      let file = try AtomicFile(output)
      file.write(program.bytes)
      try file.finish()
    } catch { throw ToolError(message: error.description) }
    return CommandResult(status: ExitStatus.success)
  }
}
