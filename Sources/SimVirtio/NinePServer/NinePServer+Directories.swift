import NineP

extension NinePServer {
  /// The entries of an open directory after the one that `offset` belongs to, as many whole ones as fit.
  func list(_ number: UInt32, _ offset: UInt64, _ count: UInt32, room: Int) throws(ErrorNumber) -> [UInt8] {
    let fid = try session.fid(number)
    guard fid.openFlags != nil else { throw .badFile }
    let entries = try session.tree.entries(of: fid.node)
    let limit = min(Int(count), room - Limits.dataReplyOverhead)
    guard limit > 0 else { throw .invalid }
    var bytes = [UInt8](repeating: 0, count: limit)
    var isFull = false
    let used = bytes.withUnsafeMutableBytes { buffer in
      var writer = DirectoryWriter(buffer)
      for (dots, cookie) in [("." as StaticString, UInt64(1)), ("..", 2)] where cookie > offset && !isFull {
        let target = cookie == 1 ? fid.node : (try? session.tree.parent(of: fid.node)) ?? fid.node
        isFull = !append(ByteView(dots), target, cookie, &writer)
      }
      for entry in entries where entry.cookie > offset && !isFull {
        isFull = entry.name.withUnsafeBytes { !append(ByteView($0), entry.node, entry.cookie, &writer) }
      }
      return writer.count
    }
    // Nothing would look like the end: a count too small for one entry is an error.
    guard used > 0 || !isFull else { throw .invalid }
    bytes.removeLast(limit - used)
    return bytes
  }

  /// Writes one entry; false when it does not fit.
  private func append(
    _ name: ByteView, _ node: UInt64, _ cookie: UInt64, _ writer: inout DirectoryWriter
  ) -> Bool {
    // An entry without a file cannot be; it would be left out.
    guard let attributes = try? attributes(of: node) else { return true }
    return writer.append(
      DirectoryEntry(
        qid: attributes.qid, offset: cookie, type: FileMode.entryType(attributes.mode), name: name))
  }

  mutating func makeDirectory(_ number: UInt32, _ name: ByteView, _ mode: UInt32) throws(ErrorNumber) -> Reply {
    let directory = try session.fid(number).node
    let node = try session.tree.create(
      .emptyDirectory(parent: directory), name: Array(name.bytes), in: directory, permissions: mode)
    return .mkdir(try qid(of: node))
  }

  mutating func rename(
    _ oldDirectory: UInt32, _ oldName: ByteView, _ newDirectory: UInt32, _ newName: ByteView
  ) throws(ErrorNumber) {
    let replaced = try session.tree.rename(
      oldName.bytes, in: try session.fid(oldDirectory).node, to: Array(newName.bytes),
      in: try session.fid(newDirectory).node)
    if let replaced { session.releaseIfUnused(replaced) }
  }

  mutating func unlink(_ number: UInt32, _ name: ByteView, _ flags: UInt32) throws(ErrorNumber) {
    guard flags & ~UnlinkFlags.removeDirectory == 0 else { throw .invalid }
    let removed = try session.tree.remove(
      name.bytes, in: try session.fid(number).node, isDirectory: flags & UnlinkFlags.removeDirectory != 0)
    session.releaseIfUnused(removed)
  }
}
