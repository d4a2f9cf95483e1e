import EBPFEngine
import Foundation

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
    // Not by renaming: the file may be a device.
    do { try Data(program.bytes).write(to: URL(fileURLWithPath: output)) } catch {
      throw ToolError(message: "\(output): cannot be written: \(reason(error))")
    }
    return CommandResult(status: ExitStatus.success)
  }

  /// The operating system's words where it gave any.
  private static func reason(_ error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] ?? error
    return (cause as? POSIXError).map { String(cString: strerror($0.code.rawValue)) } ?? error.localizedDescription
  }
}
