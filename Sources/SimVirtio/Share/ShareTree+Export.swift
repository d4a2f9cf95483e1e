import Glibc
import NineP

extension ShareTree {
  /// Writes the tree to the folder `path`, which must be new or empty.
  ///
  /// Everything is written beside it under another name first and takes the name only when it is complete: whatever goes
  /// wrong, no half-written file is left.
  /// - Returns: the symbolic links that were left out, since the guest has moved them to where they lead out of the share.
  @discardableResult
  public func export(to path: String) throws(ShareError) -> [String] {
    let target = Self.withoutEnd(path)
    try Self.requireNewOrEmpty(target)
    let temporary = target + Array(".partial-\(getpid())".utf8)
    var writer = FolderWriter(tree: self)
    do throws(ShareError) {
      try writer.writeFolder(Self.root, temporary)
      guard withPath(temporary, { old in withPath(target) { Glibc.rename(old, $0) } }) == 0 else {
        throw FolderWriter.failure(target, errno)
      }
    } catch {
      writer.removeWritten()
      throw error
    }
    return writer.leftOut
  }

  /// Refuses a folder that is neither new nor empty, or stands where nothing can be made.
  public static func requireExportable(to path: String) throws(ShareError) {
    let target = withoutEnd(path)
    try requireNewOrEmpty(target)
    let parent = target.lastIndex(of: UInt8(ascii: "/")).map { Array(target[...$0]) } ?? Array(".".utf8)
    guard withPath(parent, { access($0, W_OK | X_OK) }) == 0 else { throw FolderWriter.failure(target, errno) }
  }

  private static func withoutEnd(_ path: String) -> [UInt8] {
    var target = Array(path.utf8)
    while target.count > 1, target.last == UInt8(ascii: "/") { target.removeLast() }
    return target
  }

  private static func requireNewOrEmpty(_ path: [UInt8]) throws(ShareError) {
    let text = String(decoding: path, as: UTF8.self)
    var information = stat()
    guard withPath(path, { lstat($0, &information) }) == 0 else {
      guard errno == ENOENT else { throw FolderWriter.failure(path, errno) }
      return
    }
    guard information.st_mode & S_IFMT == S_IFDIR, let stream = withPath(path, { opendir($0) }) else {
      throw ShareError(path: text, reason: .notAFolder)
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      guard name == Array(".".utf8) || name == Array("..".utf8) else {
        throw ShareError(path: text, reason: .targetNotEmpty)
      }
    }
  }
}

/// Writes a tree into a folder of the host and remembers what it made, so that it can take it back.
private struct FolderWriter {
  let tree: ShareTree
  private(set) var leftOut: [String] = []
  private var written: [(path: [UInt8], isFolder: Bool)] = []

  init(tree: ShareTree) {
    self.tree = tree
  }

  static func failure(_ path: [UInt8], _ number: Int32) -> ShareError {
    ShareError(path: String(decoding: path, as: UTF8.self), reason: .unwritable(systemMessage(number)))
  }

  mutating func writeFolder(_ directory: UInt64, _ path: [UInt8]) throws(ShareError) {
    guard withPath(path, { mkdir($0, 0o777) }) == 0 else { throw Self.failure(path, errno) }
    written.append((path, true))
    let entries = (try? tree.entries(of: directory)) ?? []
    for entry in entries.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
      let place = path + [UInt8(ascii: "/")] + entry.name
      switch tree[entry.node]?.content {
      case .directory: try writeFolder(entry.node, place)
      case .file(let bytes): try writeFile(bytes, place)
      case .symbolicLink(let target) where tree.linkStaysInside(target, from: directory):
        guard withPath(target, { text in withPath(place) { symlink(text, $0) } }) == 0 else {
          throw Self.failure(place, errno)
        }
        written.append((place, false))
      case .symbolicLink: leftOut.append(String(decoding: entry.name, as: UTF8.self))
      case nil: break
      }
    }
  }

  private mutating func writeFile(_ bytes: [UInt8], _ path: [UInt8]) throws(ShareError) {
    let descriptor = withPath(path) { open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
    written.append((path, false))
    var failure: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
          failure = count < 0 ? errno : EIO
          return
        }
        done += count
      }
    }
    if close(descriptor) != 0 && failure == 0 { failure = errno }
    guard failure == 0 else { throw Self.failure(path, failure) }
  }

  /// Takes back what was written, the last first.
  func removeWritten() {
    for (path, isFolder) in written.reversed() {
      _ = withPath(path) { isFolder ? rmdir($0) : unlink($0) }
    }
  }
}
