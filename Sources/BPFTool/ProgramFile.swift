import EBPFEngine
import Foundation

/// A program read from a file, with what it needs at run time.
struct LoadedProgram {
  var program: Program
  /// Declares the maps that the program names; `nil` for raw programs and assembly.
  var object: ProgramObject?
}

/// Reads programs from files: assembly (`.s`, `.asm`), ELF objects (told by their first bytes), or raw encoded slots.
enum ProgramFile {
  /// Larger files are refused before they are read.
  static let maximumSize = 64 << 20

  static func bytes(of path: String) throws(ToolError) -> [UInt8] {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let size = attributes[.size] as? Int
    else { throw ToolError(message: "\(path): no such file") }
    guard attributes[.type] as? FileAttributeType != .typeDirectory else {
      throw ToolError(message: "\(path): is a folder")
    }
    guard size <= maximumSize else { throw ToolError(message: "\(path): larger than \(maximumSize >> 20) MiB") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ToolError(message: "\(path): cannot be read")
    }
    return [UInt8](data)
  }

  /// The program in a file; `name` chooses a function or section of an object.
  static func load(_ path: String, named name: String?) throws(ToolError) -> LoadedProgram {
    let bytes = try bytes(of: path)
    do throws(ToolError) {
      if path.hasSuffix(".s") || path.hasSuffix(".asm") {
        do throws(AssemblyError) { return LoadedProgram(program: try Assembler.assemble(bytes)) } catch {
          throw ToolError(message: "\(error)")
        }
      }
      return try parse(bytes, isObject: bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]), named: name)
    } catch {
      throw ToolError(message: "\(path): \(error.message)")
    }
  }

  /// A program from the bytes of an ELF object or of encoded slots.
  static func parse(_ bytes: [UInt8], isObject: Bool, named name: String?) throws(ToolError) -> LoadedProgram {
    guard isObject else {
      do throws(DecodingError) { return LoadedProgram(program: try Program(bytes: bytes)) } catch {
        throw ToolError(message: "\(error)")
      }
    }
    let object: ProgramObject
    do throws(ObjectError) { object = try ProgramObject(bytes: bytes) } catch { throw ToolError(message: "\(error)") }
    guard let entry = object.program(named: name.map { Array($0.utf8) }) else {
      let known = object.programs.map { String(decoding: $0.name, as: UTF8.self) }.joined(separator: ", ")
      throw ToolError(message: "no program or section '\(name ?? "")'; programs are: \(known)")
    }
    return LoadedProgram(program: entry.program, object: object)
  }
}
