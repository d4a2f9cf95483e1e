import NineP

extension NinePServer {
  /// The entries of an open directory after the one that `offset` belongs to, as many whole ones as fit.
  ///
  /// A listing begins at offset 0 and ends at what was the newest entry then; whoever begins again sees what is new.
  mutating func list(_ number: UInt32, _ offset: UInt64, _ count: UInt32, room: Int) throws(ErrorNumber) -> [UInt8] {
    var fid = try session.fid(number)
    guard case .open(let flags, var end) = fid.use else { throw .badFile }
    guard case .directory(let entries, let parent, let nextCookie) = try node(fid.node).content else {
      throw .notDirectory
    }
    guard try node(fid.node).linkCount > 0 else { throw .noEntry }
    guard offset <= UInt64(Int64.max) else { throw .invalid }
    if offset == 0, end != nextCookie {
      end = nextCookie
      fid.use = .open(flags: flags, listingEnd: end)
      session.set(fid, for: number)
    }
    let limit = min(Int(count), room - Limits.dataReplyOverhead)
    guard limit > 0 else { throw .invalid }
    var bytes = [UInt8](repeating: 0, count: limit)
    var isFull = false
    let used = bytes.withUnsafeMutableBytes { buffer in
      var writer = DirectoryWriter(buffer)
      for (dots, cookie) in [("." as StaticString, UInt64(1)), ("..", 2)] where cookie > offset && !isFull {
        isFull = !append(ByteView(dots), cookie == 1 ? fid.node : parent, cookie, &writer)
      }
      for entry in entries where entry.cookie > offset && entry.cookie < end && !isFull {
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
  private func append(_ name: ByteView, _ number: UInt64, _ cookie: UInt64, _ writer: inout DirectoryWriter) -> Bool {
    // An entry without a file cannot be; it would be left out.
    guard let qid = try? qid(of: number), let content = session.tree[number]?.content else { return true }
    return writer.append(
      DirectoryEntry(qid: qid, offset: cookie, type: FileMode.entryType(content.fileType), name: name))
  }
}
