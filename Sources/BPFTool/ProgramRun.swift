import EBPFEngine

/// Runs one program over a memory of its own.
enum ProgramRun {
  /// Address of the memory that r1 points to.
  static let memoryBase: UInt64 = 0x1000_0000

  static func run(
    _ program: Program, memory: [UInt8], budget: UInt64, prefix: String
  ) throws(ToolError) -> CommandResult {
    let executable: Executable
    do throws(LinkError) { executable = try Executable(program) } catch {
      throw ToolError(message: "instruction \(error.slot): 64-bit immediate \(error.immediate) has no meaning here")
    }
    var memory = memory
    let result = memory.withUnsafeMutableBytes { buffer -> RunResult? in
      let space = AddressSpace()
      var address: UInt64 = 0
      if let storage = buffer.baseAddress, buffer.count > 0 {
        address = memoryBase
        let region = try? space.addRegion(storage, size: buffer.count, base: memoryBase, rights: .readWrite)
        guard region != nil else { return nil }
      }
      var helpers = ConformanceHelpers()
      let arguments = HelperArguments(r1: address, r2: UInt64(buffer.count))
      return Interpreter.run(executable, in: space, arguments: arguments, budget: budget, helpers: &helpers)
    }
    guard let result else { throw ToolError(message: "the memory does not fit into the address space") }
    switch result.outcome {
    case .returned(let value):
      return CommandResult(
        standardOutput: Array("\(prefix)\(String(value, radix: 16))\n".utf8), status: ExitStatus.success)
    case .fault(let fault):
      return .failure("\(fault)", status: ExitStatus.refused)
    }
  }
}

/// The helper that the conformance suite's call tests expect: number 5, which gives its first argument back.
struct ConformanceHelpers: HelperHost {
  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    guard number == 5 else { throw .unknownHelper }
    return arguments.r1
  }
}
