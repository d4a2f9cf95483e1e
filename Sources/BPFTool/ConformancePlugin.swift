import EBPFEngine

/// The plugin protocol of the public BPF conformance suite: the program as hexadecimal bytes on standard input, memory
/// as hexadecimal bytes in the first argument, r0 in hexadecimal on standard output. With `--jit` the program runs
/// translated to machine code.
enum ConformancePlugin {
  static func run(_ arguments: [String], standardInput: [UInt8]) -> CommandResult {
    let memoryArguments = arguments.filter { $0 != "--elf" && $0 != "--jit" }
    guard memoryArguments.count <= 1, let memory = HexadecimalBytes.parse((memoryArguments.first ?? "").utf8) else {
      return .failure("bpf conformance-plugin: the memory is not a sequence of hexadecimal bytes")
    }
    guard let bytes = HexadecimalBytes.parse(standardInput) else {
      return .failure("bpf conformance-plugin: the program is not a sequence of hexadecimal bytes")
    }
    do throws(ToolError) {
      let loaded = try ProgramFile.parse(bytes, isObject: arguments.contains("--elf"), named: nil)
      return try ProgramRun.run(
        loaded, memory: memory, budget: RunCommand.defaultBudget, helpers: .conformance, prefix: "",
        isTranslated: arguments.contains("--jit"))
    } catch {
      return .failure("bpf conformance-plugin: \(error.message)")
    }
  }
}
