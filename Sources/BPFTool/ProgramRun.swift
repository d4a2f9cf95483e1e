import EBPFEngine
import Hexadecimal

/// What a run of a program is given.
struct RunSetup {
  var memory: [UInt8]
  /// The packet that the context leads to.
  var packet: [UInt8] = []
  var type = ProgramType.uio
  /// What decides about the types of programs that take over.
  var context = ContextChoice.uio
  var helpers = ToolHelpers.Kind.uio
  var budget: UInt64
  var isTranslated = false
  /// Entries that maps have at the start.
  var entries: [MapEntry] = []
}

/// Runs one program over a memory of its own.
enum ProgramRun {
  /// Address of the memory that r1 points to.
  static let memoryBase: UInt64 = 0x1000_0000
  /// Address of the packet: one that fits into the fields of the context.
  static let packetBase: UInt64 = 0x2000_0000
  static func run(_ loaded: LoadedProgram, _ setup: RunSetup) throws(ToolError) -> ProgramResult {
    let space = AddressSpace()
    let maps = MapSet(space: space)
    do throws(MapError) { try loaded.object?.makeMaps(in: maps) } catch {
      throw ToolError(message: "the object's maps cannot be made (\(error))")
    }
    for entry in setup.entries { try entry.put(into: maps, of: loaded.object) }
    var memory = setup.memory
    setup.type.fillContext(&memory, packet: packetBase, size: setup.packet.count)
    let areas = [(memory, memoryBase), (setup.packet, packetBase)].map { bytes, base in
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
      buffer.copyBytes(from: bytes)
      return (buffer: buffer, base: base)
    }
    defer { for area in areas { area.buffer.deallocate() } }
    for area in areas where area.buffer.count > 0 {
      guard let storage = area.buffer.baseAddress else { continue }
      do throws(AddressSpaceError) {
        _ = try space.addRegion(storage, size: area.buffer.count, base: area.base, rights: .readWrite)
      } catch {
        throw ToolError(message: "the memory does not fit into the address space")
      }
    }
    var arguments = HelperArguments(r1: memory.isEmpty ? 0 : memoryBase, r2: UInt64(memory.count))
    if !setup.type.isOfUIO { arguments = HelperArguments(r1: arguments.r1) }
    var helpers = ToolHelpers(setup.helpers, maps, packet: setup.packet.isEmpty ? nil : packetBase, setup.packet.count)
    let end = try end(of: loaded, setup, maps, space, arguments, &helpers)
    maps.endRun()
    var result = ProgramResult(output: helpers.output, end: end)
    result.maps = MapContents.all(loaded.object, maps)
    return result
  }

  /// Follows tail calls from program to program.
  private static func end(
    of loaded: LoadedProgram, _ setup: RunSetup, _ maps: MapSet, _ space: AddressSpace, _ arguments: HelperArguments,
    _ helpers: inout ToolHelpers
  ) throws(ToolError) -> ProgramResult.End {
    var program = loaded.program
    var budget = setup.budget
    while true {
      let executable: Executable
      do throws(LinkError) { executable = try Executable(program, resolve: maps.resolve) } catch {
        throw ToolError(message: "instruction \(error.slot): 64-bit immediate \(error.immediate) has no meaning here")
      }
      let result: RunResult
      if setup.isTranslated {
        result = try TranslatedRun.run(
          executable, in: space, arguments: arguments, budget: budget, helpers: &helpers
        ) { ToolHelpers.serve($0, $1, $2, $3, $4, $5) }
      } else {
        result = Interpreter.run(executable, in: space, arguments: arguments, budget: budget, helpers: &helpers)
      }
      switch result.outcome {
      case .returned(let value): return .returned(value)
      case .fault(let fault):
        guard case .helper(_, .tailCall) = fault.kind, let next = helpers.takeOver(),
          let programs = loaded.object?.programs, programs.indices.contains(next)
        else { return .fault("\(fault)") }
        let type = setup.context.type(ofSection: programs[next].section)
        guard type.name == setup.type.name else {
          throw ToolError(
            message: "tail call of '\(String(decoding: programs[next].name, as: UTF8.self))', a program of the type "
              + "\(type.name), from one of the type \(setup.type.name): programs take over from their own type only")
        }
        program = programs[next].program
        // The call itself was not counted.
        budget -= min(budget, result.instructionCount + 1)
      }
    }
  }
}

extension ProgramType {
  /// Puts the addresses of a packet into a context, as far as that has the fields.
  func fillContext(_ memory: inout [UInt8], packet: UInt64, size: Int) {
    for field in context where field.content != .number && field.offset + field.size <= memory.count {
      let address = field.content == .packetEnd ? packet + UInt64(size) : packet
      for byte in 0..<field.size {
        memory[field.offset + byte] = UInt8(truncatingIfNeeded: address >> UInt64(8 * byte))
      }
    }
  }
}
