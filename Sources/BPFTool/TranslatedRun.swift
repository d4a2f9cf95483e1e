import EBPFEngine
import Foundation

/// Runs a program translated to machine code, in pages that are writable first and executable then.
enum TranslatedRun {
  static func run<Host: HelperHost>(
    _ executable: Executable, in space: AddressSpace, arguments: HelperArguments, budget: UInt64,
    helpers: inout Host, through function: HelperThunk.Function
  ) throws(ToolError) -> RunResult {
    let pageSize = Int(getpagesize())
    let size = (NativeProgram.codeSize(checking: executable, in: space) / pageSize + 1) * pageSize
    guard
      let pages = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), pages != MAP_FAILED
    else { throw ToolError(message: "no memory for translated code") }
    defer { munmap(pages, size) }
    let program: NativeProgram
    do throws(TranslationError) {
      let buffer = UnsafeMutableRawBufferPointer(start: pages, count: size)
      program = try NativeProgram(checking: executable, in: space, code: buffer)
    } catch {
      throw ToolError(message: "the program is not translated (\(error))")
    }
    guard mprotect(pages, size, PROT_READ | PROT_EXEC) == 0 else {
      throw ToolError(message: "the system gives no executable pages")
    }
    return program.run(arguments: arguments, budget: budget, helpers: &helpers, through: function)
  }
}
