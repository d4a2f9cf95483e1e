import Foundation
import SimVirtio

/// The objects of the programs that a run may load: files of its share, and the same with line tables where a build has made them.
public struct ProgramObjects: Sendable {
  /// Files of the share by name.
  private var files: [String: [UInt8]] = [:]
  /// Folders of objects with line tables, which would be bytes to transfer in those that are loaded.
  private let folders: [URL]

  public init(share: [Share.Item], folders: [URL] = []) {
    self.folders = folders
    for case .file(let path, let bytes) in share { files[path] = bytes }
  }

  /// The bytes of a program's file, which the guest names without the folders that it is in; nil if the share has none of its name.
  public func file(ofProgram name: String) -> [UInt8]? {
    files.keys.sorted().first { $0 == name || $0.hasSuffix("/\(name)") }.flatMap { files[$0] }
  }

  /// What has the line table of a program's object: one that a build has made with the same code, or the object itself.
  public func debugFile(of name: String, _ bytes: [UInt8]) -> DebugFile {
    for folder in folders where !name.contains("/") {
      guard let data = try? Data(contentsOf: folder.appending(path: name)) else { continue }
      let file = DebugFile([UInt8](data), folder: "extensions")
      if file.hasCode(of: bytes) { return file }
    }
    // Those of attacks have their tables themselves.
    return DebugFile(bytes, folder: "attacks")
  }

  /// The lines of a program; nil if there is none of its name, or no line table.
  public func lines(ofProgram name: String) -> ModuleLines? {
    file(ofProgram: name).flatMap { ModuleLines(debugFile(of: name, $0), loadedFrom: $0) }
  }
}
