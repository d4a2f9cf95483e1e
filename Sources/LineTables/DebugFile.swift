/// A file with a line table.
public struct DebugFile: Sendable {
  public var bytes: [UInt8]
  /// What relative names in the table are relative to, itself relative to the project; empty: to the project.
  public var folder: String

  public init(_ bytes: [UInt8], folder: String = "") {
    self.bytes = bytes
    self.folder = folder
  }
}

/// A file of source by the name that reports have for it: relative to the project, wherever that is.
package struct SourceName: Hashable {
  package var text: String
  /// Of the project; others are named by their last part.
  package var isOwn: Bool

  var lastPart: Substring { text.split(separator: "/").last ?? text[...] }

  private static let folders = ["Sources", "extensions", "attacks", "benchmarks"]

  /// - Returns: nil for what no file is: code that a compiler made up.
  init?(_ path: String, in folder: String) {
    guard let last = path.split(separator: "/").last, !last.hasPrefix("<") else { return nil }
    var parts: [Substring] = []
    for part in (path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)").split(separator: "/")
    where part != "." {
      if part == "..", let before = parts.last, before != ".." { parts.removeLast() } else { parts.append(part) }
    }
    let start = path.hasPrefix("/") ? parts.firstIndex { Self.folders.contains(String($0)) } : 0
    isOwn = start.map { Self.folders.contains(String(parts[$0])) } ?? false
    text = isOwn ? parts[start!...].joined(separator: "/") : String(last)
  }
}

extension DebugFile {
  /// Whether it is an object with the same code as another one.
  public func hasCode(of object: [UInt8]) -> Bool {
    guard let own = DebugObject(bytes), let other = DebugObject(object) else { return false }
    func code(_ object: DebugObject) -> [[UInt8]] {
      object.sections.filter { $0.name.hasPrefix(".text") }.map { Array(object.bytes[$0.contents]) }
    }
    return code(own) == code(other)
  }
}
