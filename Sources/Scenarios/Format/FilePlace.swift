import Foundation
import Glibc

extension URL {
  /// A file where the file system finds it: `..` behind a link leads out of the folder that the link names, where Foundation takes away
  /// the link's own name.
  package init(filePlace path: String) {
    self.init(fileURLWithPath: Self.withoutParents(path))
  }

  /// A file whose name is relative to this folder.
  package func place(of name: String) -> URL {
    name.contains("..") ? URL(filePlace: "\(path)/\(name)") : appending(path: name)
  }

  private static func withoutParents(_ path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let last = parts.lastIndex(of: ".."), !path.utf8.contains(0) else { return path }
    let parents = parts[...last].joined(separator: "/")
    guard let real = realpath(parents, nil) else { return path }
    defer { free(real) }
    let folder = String(cString: real)
    // Where no link is in the way, the path stays as it was given.
    if URL(fileURLWithPath: parents, isDirectory: true).standardizedFileURL.path == folder { return path }
    return ([folder] + parts[(last + 1)...].map(String.init)).joined(separator: "/")
  }
}
