import EBPFEngine
import Foundation

/// `asm FILE [-o OUT.bin]`: writes the raw program to the file, or to standard output.
enum AssembleCommand {
  static func run(_ arguments: [String]) throws(ToolError) -> CommandResult {
    let options = try Options(arguments, known: ["-o"])
    let path = try options.file()
    let source = try ProgramFile.bytes(of: path)
    let program: Program
    do throws(AssemblyError) { program = try Assembler.assemble(source) } catch {
      throw ToolError(message: "\(path):\(error)")
    }
    guard let output = options["-o"] else {
      return CommandResult(standardOutput: program.bytes, status: ExitStatus.success)
    }
    do { try Data(program.bytes).write(to: URL(fileURLWithPath: output), options: .atomic) } catch {
      throw ToolError(message: "\(output): cannot be written")
    }
    return CommandResult(status: ExitStatus.success)
  }
}
