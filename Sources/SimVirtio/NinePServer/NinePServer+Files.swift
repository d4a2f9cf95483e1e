import NineP

extension NinePServer {
  func node(_ number: UInt64) throws(ErrorNumber) -> ShareTree.Node {
    guard let node = session.tree[number] else { throw .noEntry }
    return node
  }

  func qid(of number: UInt64) throws(ErrorNumber) -> QID {
    let node = try node(number)
    let type: QIDType =
      switch node.content {
      case .file: .file
      case .directory: .directory
      case .symbolicLink: .symbolicLink
      }
    return QID(type: type, version: node.version, path: number)
  }

  // MARK: Opening

  mutating func open(_ number: UInt32, _ flags: UInt32) throws(ErrorNumber) -> Reply {
    var fid = try session.fid(number)
    guard fid.use == .path else { throw .invalid }
    if flags & OpenFlags.directory != 0, try !node(fid.node).content.isDirectory { throw .notDirectory }
    try begin(&fid, flags)
    session.set(fid, for: number)
    return .lopen(try qid(of: fid.node), dataBytesMax: 0)
  }

  mutating func create(
    _ number: UInt32, _ name: ByteView, _ flags: UInt32, _ mode: UInt32, _ group: UInt32
  ) throws(ErrorNumber) -> Reply {
    let directory = try session.fid(number)
    guard directory.use == .path else { throw .invalid }
    // Linux: a directory cannot be made by opening it.
    guard flags & OpenFlags.directory == 0 else { throw .invalid }
    let isExclusive = flags & OpenFlags.exclusive != 0
    let last = try lastName(name, in: directory.node)
    if last.isDots { throw isExclusive ? .exists : .isDirectory }
    let bytes = try last.entryName()
    var fid = directory
    if let existing = try session.tree.entry(bytes, in: directory.node) {
      guard !isExclusive else { throw .exists }
      guard try !node(existing.node).content.isDirectory else { throw .isDirectory }
      fid.node = existing.node
    } else {
      fid.node = try make(.file([]), name, in: directory, permissions: mode, group: group)
    }
    try begin(&fid, flags)
    fid.identity = try session.tree.entry(bytes, in: directory.node)?.identity
    session.set(fid, for: number)
    return .lcreate(try qid(of: fid.node), dataBytesMax: 0)
  }

  /// What Tlopen and Tlcreate have in common. Whoever may read and write may also ask for neither (Linux's access mode 3).
  private mutating func begin(_ fid: inout Fid, _ flags: UInt32) throws(ErrorNumber) {
    let truncates = flags & OpenFlags.truncate != 0
    var listingEnd: UInt64 = 0
    switch try node(fid.node).content {
    case .directory(_, _, let nextCookie):
      guard flags & OpenFlags.accessMask == OpenFlags.readOnly, !truncates else { throw .isDirectory }
      listingEnd = nextCookie
    // An open that only reads cuts the file off too, as in Linux.
    case .file: if truncates { try session.tree.resize(fid.node, to: 0, at: clock()) }
    // A client follows links itself; what it opens by mistake is one too many.
    case .symbolicLink: throw .symbolicLink
    }
    fid.use = .open(flags: flags, listingEnd: listingEnd)
  }

  // MARK: Reading and writing

  /// The first offset that Linux cannot express.
  private static let offsetLimit = UInt64(1) << 63

  private func require(_ offset: UInt64, and count: Int) throws(ErrorNumber) {
    guard offset < Self.offsetLimit, Self.offsetLimit - offset > UInt64(count) else { throw .invalid }
  }

  func read(
    _ number: UInt32, _ offset: UInt64, _ count: UInt32, room: Int
  ) throws(ErrorNumber) -> ArraySlice<UInt8> {
    let fid = try session.fid(number)
    try require(offset, and: 0)
    let count = min(Int(count), room - Limits.dataReplyOverhead)
    guard fid.use != .attributeNames else { return [] }
    guard let flags = fid.openFlags, [OpenFlags.readOnly, OpenFlags.readWrite].contains(flags & OpenFlags.accessMask)
    else { throw .badFile }
    try require(offset, and: max(count, 0))
    return try session.tree.read(fid.node, at: offset, count: count)
  }

  mutating func write(_ number: UInt32, _ offset: UInt64, _ data: ByteView) throws(ErrorNumber) -> Reply {
    let fid = try session.fid(number)
    try require(offset, and: 0)
    guard let flags = fid.openFlags, [OpenFlags.writeOnly, OpenFlags.readWrite].contains(flags & OpenFlags.accessMask)
    else { throw .badFile }
    try require(offset, and: data.count)
    let end = UInt64(try node(fid.node).content.byteCount)
    try session.tree.write(
      data.bytes, to: fid.node, at: flags & OpenFlags.append != 0 ? end : offset, time: clock())
    return .write(count: UInt32(truncatingIfNeeded: data.count))
  }

  func readLink(_ number: UInt32) throws(ErrorNumber) -> [UInt8] {
    guard case .symbolicLink(let target) = try node(try session.fid(number).node).content else { throw .invalid }
    return target
  }
}
