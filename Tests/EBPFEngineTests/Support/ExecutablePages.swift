import EBPFEngine
import Glibc

/// Pages that are writable first and executable then, never both.
final class ExecutablePages {
  let buffer: UnsafeMutableRawBufferPointer

  /// Whether translated programs can run here; says why not, once.
  static let areAvailable: Bool = {
    #if arch(x86_64)
      guard let pages = ExecutablePages(size: 4096), pages.makeExecutable() else {
        print("native programs not run: the system gives no executable pages")
        return false
      }
      return true
    #else
      print("native programs not run: this processor is not an x86-64")
      return false
    #endif
  }()

  init?(size: Int) {
    let length = max((size + 4095) & ~4095, 4096)
    let pages = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else { return nil }
    buffer = UnsafeMutableRawBufferPointer(start: pages, count: length)
  }

  deinit { munmap(buffer.baseAddress, buffer.count) }

  func makeWritable() -> Bool { mprotect(buffer.baseAddress, buffer.count, PROT_READ | PROT_WRITE) == 0 }
  func makeExecutable() -> Bool { mprotect(buffer.baseAddress, buffer.count, PROT_READ | PROT_EXEC) == 0 }
}

/// A translated program and the pages it is in.
struct NativeRun {
  enum Failure: Error { case noPages }

  let program: NativeProgram
  private let pages: ExecutablePages

  /// - Parameter pages: where the code goes if there is room for it.
  init(checking executable: Executable, in space: AddressSpace, pages: ExecutablePages? = nil) throws {
    (program, self.pages) = try Self.translated(
      size: { NativeProgram.codeSize(checking: executable, in: space) }, pages,
      { code throws(TranslationError) in try NativeProgram(checking: executable, in: space, code: code) })
  }

  init(trusting executable: VerifiedExecutable, in space: AddressSpace, pages: ExecutablePages? = nil) throws {
    (program, self.pages) = try Self.translated(
      size: { NativeProgram.codeSize(trusting: executable, in: space) }, pages,
      { code throws(TranslationError) in try NativeProgram(trusting: executable, in: space, code: code) })
  }

  private static func translated(
    size: () -> Int, _ given: ExecutablePages?,
    _ translate: (UnsafeMutableRawBufferPointer) throws(TranslationError) -> NativeProgram
  ) throws -> (NativeProgram, ExecutablePages) {
    if let given, given.makeWritable() {
      do {
        let program = try translate(given.buffer)
        guard given.makeExecutable() else { throw Failure.noPages }
        return (program, given)
      } catch TranslationError.bufferTooSmall {
        // It gets pages of its own.
      }
    }
    guard let pages = ExecutablePages(size: size()) else { throw Failure.noPages }
    let program = try translate(pages.buffer)
    guard pages.makeExecutable() else { throw Failure.noPages }
    return (program, pages)
  }

  func run<Host: HelperHost>(
    _ arguments: HelperArguments, budget: UInt64, helpers: inout Host, through function: HelperThunk.Function
  ) -> RunResult {
    withExtendedLifetime(pages) {
      program.run(arguments: arguments, budget: budget, helpers: &helpers, through: function)
    }
  }
}
