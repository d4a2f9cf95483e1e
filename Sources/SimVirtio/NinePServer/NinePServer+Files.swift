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

  mutating func open(_ number: UInt32, _ flags: UInt32) throws(ErrorNumber) -> Reply {
    var fid = try session.fid(number)
    guard fid.openFlags == nil else { throw .invalid }
    let access = flags & OpenFlags.accessMask
    guard access != OpenFlags.accessMask else { throw .invalid }
    switch try node(fid.node).content {
    case .directory:
      guard access == OpenFlags.readOnly, flags & OpenFlags.truncate == 0 else { throw .isDirectory }
    case .file:
      guard flags & OpenFlags.directory == 0 else { throw .notDirectory }
      if flags & OpenFlags.truncate != 0 && access != OpenFlags.readOnly { try session.tree.resize(fid.node, to: 0) }
    // A client follows links itself; what it opens by mistake is one too many.
    case .symbolicLink: throw .tooManyLinks
    }
    fid.openFlags = flags
    session.set(fid, for: number)
    return .lopen(try qid(of: fid.node), dataBytesMax: 0)
  }

  mutating func create(
    _ number: UInt32, _ name: ByteView, _ flags: UInt32, _ mode: UInt32
  ) throws(ErrorNumber) -> Reply {
    let fid = try session.fid(number)
    guard fid.openFlags == nil else { throw .invalid }
    guard flags & OpenFlags.accessMask != OpenFlags.accessMask else { throw .invalid }
    let node: UInt64
    if let existing = try session.tree.entry(name.bytes, in: fid.node) {
      guard flags & OpenFlags.exclusive == 0 else { throw .exists }
      guard case .file = try self.node(existing.node).content else { throw .exists }
      if flags & OpenFlags.truncate != 0 { try session.tree.resize(existing.node, to: 0) }
      node = existing.node
    } else {
      node = try session.tree.create(.file([]), name: Array(name.bytes), in: fid.node, permissions: mode)
    }
    session.set(Fid(node: node, openFlags: flags), for: number)
    return .lcreate(try qid(of: node), dataBytesMax: 0)
  }

  /// The flags of a fid that must be open.
  private func openFid(_ number: UInt32) throws(ErrorNumber) -> (node: UInt64, flags: UInt32) {
    let fid = try session.fid(number)
    guard let flags = fid.openFlags else { throw .badFile }
    return (fid.node, flags)
  }

  func read(
    _ number: UInt32, _ offset: UInt64, _ count: UInt32, room: Int
  ) throws(ErrorNumber) -> ArraySlice<UInt8> {
    let (node, flags) = try openFid(number)
    guard flags & OpenFlags.accessMask != OpenFlags.writeOnly else { throw .badFile }
    return try session.tree.read(node, at: offset, count: min(Int(count), room - Limits.dataReplyOverhead))
  }

  mutating func write(_ number: UInt32, _ offset: UInt64, _ data: ByteView) throws(ErrorNumber) -> Reply {
    let (node, flags) = try openFid(number)
    guard flags & OpenFlags.accessMask != OpenFlags.readOnly else { throw .badFile }
    let end = UInt64(try self.node(node).content.byteCount)
    try session.tree.write(data.bytes, to: node, at: flags & OpenFlags.append != 0 ? end : offset)
    return .write(count: UInt32(truncatingIfNeeded: data.count))
  }

  func readLink(_ number: UInt32) throws(ErrorNumber) -> [UInt8] {
    guard case .symbolicLink(let target) = try node(try session.fid(number).node).content else { throw .invalid }
    return target
  }

  func attributes(of number: UInt64) throws(ErrorNumber) -> Attributes {
    let node = try node(number)
    let type =
      switch node.content {
      case .file: FileMode.regular
      case .directory: FileMode.directory
      case .symbolicLink: FileMode.symbolicLink
      }
    let size = UInt64(node.content.byteCount)
    var attributes = Attributes(
      valid: AttributeMask.basic, qid: try qid(of: number), mode: type | node.permissions, size: size,
      blocks: (size + 511) / 512)
    // A directory counts its own "." too.
    attributes.linkCount = UInt64(node.linkCount) * (node.content.isDirectory ? 2 : 1)
    return attributes
  }

  /// Owners and times are constant in a share: setting them is allowed and changes nothing.
  mutating func setAttributes(_ number: UInt32, _ change: AttributeChange) throws(ErrorNumber) {
    let fid = try session.fid(number)
    _ = try node(fid.node)
    if change.valid.contains(.size) { try session.tree.resize(fid.node, to: change.size) }
    if change.valid.contains(.mode) { session.tree.setPermissions(change.mode, of: fid.node) }
  }

  var status: FileSystemStatus {
    let limits = session.tree.limits
    let blockBytes = 4096
    let free = UInt64((limits.bytesMax - session.tree.contentBytes) / blockBytes)
    return FileSystemStatus(
      type: FileSystemStatus.nineP, blockSize: UInt32(blockBytes), blocks: UInt64(limits.bytesMax / blockBytes),
      freeBlocks: free, availableBlocks: free, files: UInt64(limits.entriesMax),
      freeFiles: UInt64(limits.entriesMax - session.tree.entryCount), identifier: 0,
      nameBytesMax: UInt32(Limits.nameBytes))
  }
}
