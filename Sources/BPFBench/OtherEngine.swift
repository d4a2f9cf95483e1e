import CBPFKernels
import EBPFEngine
import Glibc

/// uBPF from a shared library that the user names: its interpreter and its machine code on the same programs.
final class OtherEngine {
  private typealias Create = @convention(c) () -> OpaquePointer?
  private typealias Load =
    @convention(c) (OpaquePointer, UnsafeRawPointer, UInt32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) ->
    Int32
  private typealias Register =
    @convention(c) (OpaquePointer, UInt32, UnsafePointer<CChar>, UnsafeMutableRawPointer) -> Int32
  private typealias Execute =
    @convention(c) (OpaquePointer, UnsafeMutableRawPointer, Int, UnsafeMutablePointer<UInt64>) -> Int32
  private typealias Compile =
    @convention(c) (OpaquePointer, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> UnsafeRawPointer?
  private typealias Compiled = @convention(c) (UnsafeMutableRawPointer, Int) -> UInt64

  private let library: UnsafeMutableRawPointer

  init(path: String) throws {
    guard let library = dlopen(path, RTLD_NOW) else { throw BenchError.fault("\(path) cannot be loaded") }
    self.library = library
  }

  private func function<Type>(_ name: String, as type: Type.Type) throws -> Type {
    guard let symbol = dlsym(library, name) else { throw BenchError.fault("no \(name) in the library") }
    return unsafeBitCast(symbol, to: type)
  }

  /// Runs of the program, interpreted and compiled; programs with maps are not for uBPF.
  func ways(_ program: Program, memory: UnsafeMutableRawPointer, size: Int) throws -> [Way]? {
    let hasMaps = program.instructions.contains { instruction in
      if case .loadWide(_, let immediate) = instruction.operation, case .mapByIndex = immediate { return true }
      return false
    }
    guard !hasMaps, let machine = try function("ubpf_create", as: Create.self)() else { return nil }
    let helper: @convention(c) (UInt64, UInt64, UInt64, UInt64, UInt64, UnsafeMutableRawPointer) -> UInt64 =
      bpf_kernel_increment_thunk
    let register = try function("ubpf_register", as: Register.self)
    _ = register(machine, 8, "increment", unsafeBitCast(helper, to: UnsafeMutableRawPointer.self))
    var message: UnsafeMutablePointer<CChar>?
    let bytes = program.bytes
    guard try function("ubpf_load", as: Load.self)(machine, bytes, UInt32(bytes.count), &message) == 0 else {
      throw BenchError.fault("the library refuses the program")
    }
    let execute = try function("ubpf_exec", as: Execute.self)
    guard let address = try function("ubpf_compile", as: Compile.self)(machine, &message) else {
      throw BenchError.fault("the library does not compile the program")
    }
    let compiled = unsafeBitCast(address, to: Compiled.self)
    return [
      Way("uBPF") {
        var value: UInt64 = 0
        guard execute(machine, memory, size, &value) == 0 else { throw BenchError.fault("uBPF") }
        return value
      },
      Way("uBPF compiled") { compiled(memory, size) },
    ]
  }
}
