import Foundation
import GuestOS
import Hexadecimal
import Processes

/// The line of source that an address of an image comes from.
public enum SourceLine: Equatable, Sendable, CustomStringConvertible {
  /// `file:line`.
  case known(String)
  /// There is no line table: neither in the image nor beside it.
  case noTable
  /// There is a table, but no tool on this host that reads it.
  case noTool
  /// The table does not have the address.
  case unknown

  /// Reads the line table (DWARF 5, section 6.2) of the image, or of the file beside it, with LLVM's or GNU's tool.
  public init(of address: UInt64, in image: GuestImage, _ files: DebugFiles = DebugFiles()) {
    if image.hasSection(named: ".debug_line") {
      let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).elf")
      defer { try? FileManager.default.removeItem(at: file) }
      let isWritten = (try? Data(image.bytes).write(to: file)) != nil
      self = isWritten ? Self.ask(address, file) : .unknown
    } else if let file = files.file(for: image) {
      self = Self.ask(address, file)
    } else {
      self = .noTable
    }
  }

  /// - Parameters:
  ///   - address: in a relocatable object the offset in its text.
  ///   - file: an ELF file with a line table.
  public init(of address: UInt64, inFile file: URL) { self = Self.ask(address, file) }

  public var description: String {
    switch self {
    case .known(let place): place
    case .noTable: "no line table"
    case .noTool: "line unknown without llvm-symbolizer or addr2line"
    case .unknown: "line unknown"
    }
  }

  /// `file:line`, if that is known.
  public var place: String? {
    if case .known(let place) = self { place } else { nil }
  }

  private static func ask(_ address: UInt64, _ file: URL) -> SourceLine {
    let tools: [(name: String, arguments: [String])] = [
      ("llvm-symbolizer", ["--obj=\(file.path)", "--functions=none", "--basenames", address.hexadecimal]),
      ("addr2line", ["--exe=\(file.path)", "--basenames", address.hexadecimal]),
    ]
    for tool in tools {
      guard let program = InstalledProgram.url(named: tool.name),
        let data = try? ChildProcess.run(program, tool.arguments).output
      else { continue }
      return place(in: String(decoding: data, as: UTF8.self)).map(Self.known) ?? .unknown
    }
    return .noTool
  }

  /// The first line is FILE:LINE with perhaps a column or words behind; what is not known is ?? or 0.
  static func place(in output: String) -> String? {
    guard let line = output.split(separator: "\n").first, let match = line.firstMatch(of: /^([^:]+):([1-9][0-9]*)/),
      match.output.1 != "??"
    else { return nil }
    return String(match.output.0)
  }
}
