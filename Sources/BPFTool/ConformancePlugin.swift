import EBPFEngine

/// The plugin protocol of the public BPF conformance suite: the program as hexadecimal bytes on standard input, memory
/// as hexadecimal bytes in the first argument, r0 in hexadecimal on standard output.
enum ConformancePlugin {
  static func run(_ arguments: [String], standardInput: [UInt8]) -> CommandResult {
    let memoryArguments = arguments.filter { $0 != "--elf" }
    guard memoryArguments.count <= 1, let memory = HexadecimalBytes.parse((memoryArguments.first ?? "").utf8) else {
      return .failure("bpf conformance-plugin: the memory is not a sequence of hexadecimal bytes")
    }
    guard let bytes = HexadecimalBytes.parse(standardInput) else {
      return .failure("bpf conformance-plugin: the program is not a sequence of hexadecimal bytes")
    }
    do throws(ToolError) {
      let program = try program(bytes, isObject: arguments.contains("--elf"))
      return try ProgramRun.run(program, memory: memory, budget: RunCommand.defaultBudget, prefix: "")
    } catch {
      return .failure("bpf conformance-plugin: \(error.message)")
    }
  }

  private static func program(_ bytes: [UInt8], isObject: Bool) throws(ToolError) -> Program {
    do throws(DecodingError) { return try Program(bytes: bytes) } catch { throw ToolError(message: "\(error)") }
  }
}
