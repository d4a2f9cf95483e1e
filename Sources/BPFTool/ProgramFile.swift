import EBPFEngine
import Foundation

/// A program read from a file, with what it needs at run time.
struct LoadedProgram {
  var program: Program
  /// Declares the maps that the program names; `nil` for raw programs and assembly.
  var object: ProgramObject?
  /// Where instructions come from, as far as an object tells.
  var lines = SourceLines()
  /// The section that an object has it in.
  var section: [UInt8]?
}

/// Reads programs from files: assembly (`.s`, `.asm`), ELF objects (told by their first bytes), or raw encoded slots.
enum ProgramFile {
  /// Larger files are refused before they are read.
  static let maximumSize = 64 << 20

  static func bytes(of path: String) throws(ToolError) -> [UInt8] {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let size = attributes[.size] as? Int
    else { throw ToolError(file: path, message: "no such file") }
    guard attributes[.type] as? FileAttributeType != .typeDirectory else {
      throw ToolError(file: path, message: "is a folder")
    }
    guard size <= maximumSize else { throw ToolError(file: path, message: "larger than \(maximumSize >> 20) MiB") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ToolError(file: path, message: "cannot be read")
    }
    return [UInt8](data)
  }

  static func isAssembly(_ path: String) -> Bool { path.hasSuffix(".s") || path.hasSuffix(".asm") }

  static func isObject(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) }

  /// The program in a file; `name` chooses a function or section of an object.
  static func load(_ path: String, named name: String?, types: String? = nil) throws(ToolError) -> LoadedProgram {
    let bytes = try bytes(of: path)
    guard name == nil || !isAssembly(path) && isObject(bytes) else {
      throw withoutSections(path)
    }
    if isAssembly(path) { return LoadedProgram(program: try assemble(bytes, path)) }
    do throws(ToolError) {
      let isObject = isObject(bytes)
      return try parse(isObject ? try relocate(bytes, against: types) : bytes, isObject: isObject, named: name)
    } catch {
      throw error.about(path)
    }
  }

  static func assemble(_ bytes: [UInt8], _ path: String) throws(ToolError) -> Program {
    do throws(AssemblyError) { return try Assembler.assemble(bytes) } catch {
      // The error's own description begins with its place.
      let message = "\(error)".dropFirst("\(error.line):\(error.column): ".count)
      throw ToolError(file: path, line: error.line, column: error.column, message: String(message))
    }
  }

  /// An object relocated against the types of a file, if one is named.
  static func relocate(_ object: [UInt8], against types: String?) throws(ToolError) -> [UInt8] {
    guard let types else { return object }
    let target = try bytes(of: types)
    do throws(ObjectError) { return try TypeRelocator.relocate(object, against: target) } catch {
      throw ToolError(file: types, message: "\(error)")
    }
  }

  /// A program from the bytes of an ELF object or of encoded slots.
  static func parse(_ bytes: [UInt8], isObject: Bool, named name: String?) throws(ToolError) -> LoadedProgram {
    guard isObject else {
      do throws(DecodingError) { return LoadedProgram(program: try Program(bytes: bytes)) } catch {
        throw ToolError(message: error.reason.isOfWholeFile ? whole(error.reason) : "\(error)")
      }
    }
    let object: ProgramObject
    do throws(ObjectError) { object = try ProgramObject(bytes: bytes) } catch { throw ToolError(message: "\(error)") }
    let wanted = name.map { Array($0.utf8) }
    guard let entry = object.program(named: wanted) else {
      if let failure = object.failure(named: wanted) { throw ToolError(message: "\(failure.error)") }
      throw missing(name ?? "", in: object)
    }
    return LoadedProgram(program: entry.program, object: object, lines: entry.lines, section: entry.section)
  }

  static func withoutSections(_ path: String) -> ToolError {
    ToolError(file: path, message: "only ELF objects have sections to choose from; leave out --section")
  }

  /// What is wrong with bytes that are no sequence of instructions at all, and what would be one.
  static func whole(_ reason: DecodingError.Reason) -> String {
    "no BPF program: \(reason.text); a program is an ELF object, assembly (.s, .asm), or instructions of 8 bytes each"
  }

  /// Says what an object offers instead: its sections, and the programs of each.
  static func missing(_ name: String, in object: ProgramObject) -> ToolError {
    var sections: [(name: [UInt8], programs: [String])] = []
    for entry in object.programs.map({ ($0.section, $0.name) }) + object.failures.map({ ($0.section, $0.name) }) {
      let program = String(decoding: entry.1, as: UTF8.self)
      if let index = sections.firstIndex(where: { $0.name == entry.0 }) {
        sections[index].programs.append(program)
      } else {
        sections.append((entry.0, [program]))
      }
    }
    let known = sections.map { "\(String(decoding: $0.name, as: UTF8.self)) (\($0.programs.joined(separator: ", ")))" }
    return ToolError(message: "no section or program '\(name)'; sections are: \(known.joined(separator: ", "))")
  }
}

extension DecodingError.Reason {
  /// Whether the bytes are no sequence of instructions at all, so that there is nothing to refuse.
  var isOfWholeFile: Bool {
    switch self {
    case .emptyProgram, .partialSlot, .tooManySlots: true
    default: false
    }
  }
}
