import Foundation

/// Where a path leads to, so that two names of one place can be told to be the same.
struct FilePlace {
  /// Without links, `.` and `..` as far as there is something; what comes behind is taken as it is written.
  let canonical: String
  /// Of what is there; nil: nothing.
  let identity: Identity?
  /// Neither a file nor a folder: a device, a pipe, a socket. Writing there replaces nothing.
  let isSpecial: Bool
  /// How many names what is there has.
  let linkCount: Int

  struct Identity: Equatable {
    var device: dev_t
    var node: ino_t
  }

  /// As many as Linux follows (path_resolution(7)).
  private static let linksMax = 40

  init(_ path: String) {
    canonical = Self.canonical(path, linksLeft: Self.linksMax)
    var information = stat()
    let exists = stat(path, &information) == 0
    identity = exists ? Identity(device: information.st_dev, node: information.st_ino) : nil
    isSpecial = exists && !information.isRegularFile && !information.isFolder
    linkCount = exists ? Int(information.st_nlink) : 0
  }

  func isSame(as other: FilePlace) -> Bool {
    canonical == other.canonical || identity != nil && identity == other.identity
  }

  /// Whether this lies in a folder, at any depth; by the folder's identity too, as it may be mounted twice.
  func isInside(_ folder: FilePlace) -> Bool {
    var parent = Self.parent(of: canonical)
    while let path = parent {
      if FilePlace(path).isSame(as: folder) { return true }
      parent = Self.parent(of: path)
    }
    return false
  }

  /// Whether a file in this folder, at any depth, is the same as `file` by another name (a hard link).
  func holdsLink(to file: FilePlace) -> Bool {
    guard file.linkCount > 1, let names = FileManager.default.enumerator(atPath: canonical) else { return false }
    for case let name as String in names where FilePlace("\(canonical)/\(name)").identity == file.identity {
      return true
    }
    return false
  }

  private static func canonical(_ path: String, linksLeft: Int) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    let names = path.split(separator: "/").filter { $0 != "." }
    let path =
      (path.hasPrefix("/") ? "/" : FileManager.default.currentDirectoryPath + "/") + names.joined(separator: "/")
    guard let parent = parent(of: path) else { return "/" }
    if linksLeft > 0, let next = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
      return canonical(next.hasPrefix("/") ? next : "\(parent)/\(next)", linksLeft: linksLeft - 1)
    }
    let folder = canonical(parent, linksLeft: linksLeft)
    return (folder == "/" ? "" : folder) + "/" + (names.last ?? "")
  }

  /// The path without its last name; nil for the root.
  private static func parent(of path: String) -> String? {
    let names = path.split(separator: "/")
    return names.isEmpty ? nil : "/" + names.dropLast().joined(separator: "/")
  }
}
