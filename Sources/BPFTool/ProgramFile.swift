import EBPFEngine
import Foundation

/// Reads programs from files: assembly (`.s`), or raw encoded slots.
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

  static func program(_ path: String) throws(ToolError) -> Program {
    let bytes = try bytes(of: path)
    if path.hasSuffix(".s") || path.hasSuffix(".asm") {
      do throws(AssemblyError) { return try Assembler.assemble(bytes) } catch {
        throw ToolError(message: "\(path):\(error)")
      }
    }
    do throws(DecodingError) { return try Program(bytes: bytes) } catch {
      throw ToolError(message: "\(path): \(error)")
    }
  }
}
