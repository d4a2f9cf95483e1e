import EBPFEngine
import Glibc

/// The machine code of one program, in pages of its own.
final class NativeCode {
  let program: NativeProgram
  private let pages: UnsafeMutableRawPointer
  private let size: Int

  /// `nil` where code cannot be made. `make` translates into writable pages of `size` bytes.
  private init?(size: Int, _ make: (UnsafeMutableRawBufferPointer) -> NativeProgram?) {
    guard size > 0, let pages = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      pages != MAP_FAILED
    else { return nil }
    guard let program = make(UnsafeMutableRawBufferPointer(start: pages, count: size)),
      mprotect(pages, size, PROT_READ | PROT_EXEC) == 0
    else {
      munmap(pages, size)
      return nil
    }
    self.program = program
    self.pages = pages
    self.size = size
  }

  /// With all checks.
  convenience init?(checking executable: Executable, in space: AddressSpace) {
    self.init(size: NativeProgram.codeSize(checking: executable, in: space)) { code in
      try? NativeProgram(checking: executable, in: space, code: code)
    }
  }

  /// Without those that the verifier has made unnecessary.
  convenience init?(trusting verified: VerifiedExecutable, in space: AddressSpace) {
    self.init(size: NativeProgram.codeSize(trusting: verified, in: space)) { code in
      try? NativeProgram(trusting: verified, in: space, code: code)
    }
  }

  deinit { munmap(pages, size) }
}
