import EBPFEngine

/// Runs one program over a memory of its own.
enum ProgramRun {
  /// Address of the memory that r1 points to.
  static let memoryBase: UInt64 = 0x1000_0000

  static func run(
    _ loaded: LoadedProgram, memory: [UInt8], budget: UInt64, helpers kind: ToolHelpers.Kind, prefix: String
  ) throws(ToolError) -> CommandResult {
    let space = AddressSpace()
    let maps = MapSet(space: space)
    do throws(MapError) { try loaded.object?.makeMaps(in: maps) } catch {
      throw ToolError(message: "the object's maps cannot be made (\(error))")
    }
    let executable: Executable
    do throws(LinkError) { executable = try Executable(loaded.program, resolve: maps.resolve) } catch {
      throw ToolError(message: "instruction \(error.slot): 64-bit immediate \(error.immediate) has no meaning here")
    }
    var helpers = ToolHelpers(kind, maps)
    var memory = memory
    let result = memory.withUnsafeMutableBytes { buffer -> RunResult? in
      var address: UInt64 = 0
      if let storage = buffer.baseAddress, buffer.count > 0 {
        address = memoryBase
        let region = try? space.addRegion(storage, size: buffer.count, base: memoryBase, rights: .readWrite)
        guard region != nil else { return nil }
      }
      let arguments = HelperArguments(r1: address, r2: UInt64(buffer.count))
      return Interpreter.run(executable, in: space, arguments: arguments, budget: budget, helpers: &helpers)
    }
    guard let result else { throw ToolError(message: "the memory does not fit into the address space") }
    switch result.outcome {
    case .returned(let value):
      let line = Array("\(prefix)\(String(value, radix: 16))\n".utf8)
      return CommandResult(standardOutput: helpers.output + line, status: ExitStatus.success)
    case .fault(let fault):
      return CommandResult(standardOutput: helpers.output, standardError: "\(fault)\n", status: ExitStatus.refused)
    }
  }
}
