import EBPFEngine

/// Runs one program over a memory of its own.
enum ProgramRun {
  /// Address of the memory that r1 points to.
  static let memoryBase: UInt64 = 0x1000_0000

  static func run(
    _ loaded: LoadedProgram, memory: [UInt8], budget: UInt64, helpers kind: ToolHelpers.Kind,
    isTranslated: Bool = false
  ) throws(ToolError) -> ProgramResult {
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
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: memory.count, alignment: 8)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: memory)
    var address: UInt64 = 0
    if let storage = buffer.baseAddress, buffer.count > 0 {
      address = memoryBase
      do throws(AddressSpaceError) {
        _ = try space.addRegion(storage, size: buffer.count, base: memoryBase, rights: .readWrite)
      } catch {
        throw ToolError(message: "the memory does not fit into the address space")
      }
    }
    let arguments = HelperArguments(r1: address, r2: UInt64(buffer.count))
    let result: RunResult
    if isTranslated {
      result = try TranslatedRun.run(
        executable, in: space, arguments: arguments, budget: budget, helpers: &helpers
      ) { ToolHelpers.serve($0, $1, $2, $3, $4, $5) }
    } else {
      result = Interpreter.run(executable, in: space, arguments: arguments, budget: budget, helpers: &helpers)
    }
    switch result.outcome {
    case .returned(let value): return ProgramResult(output: helpers.output, end: .returned(value))
    case .fault(let fault): return ProgramResult(output: helpers.output, end: .fault("\(fault)"))
    }
  }
}
