import Foundation
import GuestOS
import Processes

/// The line of source that an address of an image comes from.
public enum SourceLine: Equatable, Sendable, CustomStringConvertible {
  /// `file:line`.
  case known(String)
  /// The image was linked without debug information.
  case noTable
  /// There is a table, but llvm-symbolizer, which reads it, is not installed or does not know the address.
  case unreadable

  /// Asks llvm-symbolizer, if the image has a line table (DWARF 5, section 6.2).
  public init(of address: UInt64, in image: GuestImage) {
    guard image.hasSection(named: ".debug_line") else {
      self = .noTable
      return
    }
    self = Self.ask(address, image).map(Self.known) ?? .unreadable
  }

  public var description: String {
    switch self {
    case .known(let place): place
    case .noTable: "no line table in the image"
    case .unreadable: "line unknown"
    }
  }

  private static let tool = "llvm-symbolizer"

  private static func ask(_ address: UInt64, _ image: GuestImage) -> String? {
    guard let program = InstalledProgram.url(named: tool) else { return nil }
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).elf")
    defer { try? FileManager.default.removeItem(at: file) }
    guard (try? Data(image.bytes).write(to: file)) != nil else { return nil }
    let arguments = ["--obj=\(file.path)", "--functions=none", "--basenames", "0x" + String(address, radix: 16)]
    guard let data = try? ChildProcess.run(program, arguments).output else { return nil }
    // FILE:LINE:COLUMN; what is not known is ?? or 0.
    let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first ?? ""
    let parts = line.split(separator: ":")
    guard parts.count == 3, parts[0] != "??", parts[1] != "0" else { return nil }
    return "\(parts[0]):\(parts[1])"
  }
}
