import NineP

extension NinePServer {
  func attributes(of number: UInt64) throws(ErrorNumber) -> Attributes {
    let node = try node(number)
    let size = UInt64(node.content.byteCount)
    var attributes = Attributes(
      valid: AttributeMask.basic, qid: try qid(of: number), mode: node.content.fileType | node.permissions, size: size,
      blocks: node.content.blocks)
    attributes.user = node.user
    attributes.group = node.group
    attributes.linkCount = UInt64(node.linkCount)
    attributes.accessTime = node.accessTime
    attributes.modificationTime = node.modificationTime
    attributes.changeTime = node.changeTime
    return attributes
  }

  /// Changes all of what is asked for, or nothing.
  mutating func setAttributes(_ number: UInt64, _ change: AttributeChange) throws(ErrorNumber) {
    let content = try node(number).content
    for (given, time) in [
      (AttributeChange.Fields.accessTimeGiven, change.accessTime),
      (.modificationTimeGiven, change.modificationTime),
    ] where change.valid.contains(given) {
      guard time.nanoseconds < 1_000_000_000 else { throw .invalid }
    }
    if change.valid.contains(.mode), case .symbolicLink = content { throw .notSupported }
    if change.valid.contains(.size) { try setSize(of: number, to: change.size) }
    let now = clock()
    if change.valid.contains(.mode) { session.tree.setPermissions(change.mode, of: number, at: now) }
    if !change.valid.isDisjoint(with: [.user, .group]) {
      session.tree.setOwner(
        user: change.valid.contains(.user) ? change.user : nil,
        group: change.valid.contains(.group) ? change.group : nil, of: number, at: now)
    }
    func time(_ asked: AttributeChange.Fields, _ given: AttributeChange.Fields, _ time: FileTime) -> FileTime? {
      guard change.valid.contains(asked) else { return nil }
      return change.valid.contains(given) ? time : now
    }
    if !change.valid.isDisjoint(with: [.accessTime, .modificationTime, .changeTime]) {
      session.tree.setTimes(
        access: time(.accessTime, .accessTimeGiven, change.accessTime),
        modification: time(.modificationTime, .modificationTimeGiven, change.modificationTime), of: number, at: now)
    }
  }

  private mutating func setSize(of number: UInt64, to size: UInt64) throws(ErrorNumber) {
    guard size <= UInt64(Int64.max) else { throw .invalid }
    try session.tree.resize(number, to: size, at: clock())
  }

  var status: FileSystemStatus {
    let limits = session.tree.limits
    let blockBytes = 4096
    let free = UInt64((limits.bytesMax - session.tree.contentBytes) / blockBytes)
    return FileSystemStatus(
      type: FileSystemStatus.nineP, blockSize: UInt32(blockBytes), blocks: UInt64(limits.bytesMax / blockBytes),
      freeBlocks: free, availableBlocks: free, files: UInt64(limits.entriesMax),
      freeFiles: UInt64(limits.entriesMax - min(session.tree.entryCount, limits.entriesMax)), identifier: 0,
      nameBytesMax: UInt32(Limits.nameBytes))
  }

  // MARK: Extended attributes

  /// No file has any: their list is empty.
  mutating func walkExtendedAttributes(
    _ number: UInt32, _ newNumber: UInt32, _ name: ByteView
  ) throws(ErrorNumber) -> Reply {
    let fid = try session.fid(number)
    try requireFree(newNumber)
    guard name.count == 0 else { throw .noData }
    session.set(
      Fid(node: fid.node, identity: fid.identity, user: fid.user, use: .attributeNames), for: newNumber)
    return .xattrwalk(bytes: 0)
  }

  // MARK: 9P2000.u's record

  func record(of number: UInt32) throws(ErrorNumber) -> ServerReply {
    let fid = try session.fid(number)
    let node = try node(fid.node)
    var record = StatRecord()
    record.type = 0
    record.device = 0
    record.qid = try qid(of: fid.node)
    record.mode = node.permissions & 0o777
    if node.permissions & FileMode.setUserID != 0 { record.mode |= CreatePermissions.setUserID }
    if node.permissions & FileMode.setGroupID != 0 { record.mode |= CreatePermissions.setGroupID }
    record.accessTime = UInt32(truncatingIfNeeded: node.accessTime.seconds)
    record.modificationTime = UInt32(truncatingIfNeeded: node.modificationTime.seconds)
    record.length = UInt64(node.content.byteCount)
    record.user = node.user
    record.group = node.group
    record.modifier = node.user
    var target: [UInt8] = []
    switch node.content {
    case .file: break
    case .directory: record.mode |= CreatePermissions.directory
    case .symbolicLink(let text):
      record.mode |= CreatePermissions.symbolicLink
      target = text
    }
    let name = fid.node == ShareTree.root ? [UInt8(ascii: "/")] : (try? place(of: fid))?.entry.name ?? []
    return .stat(record, name: name, target: target)
  }

  /// Changes all of what is asked for, or nothing (wstat(5)).
  mutating func change(_ number: UInt32, _ record: StatRecord) throws(ErrorNumber) {
    let fid = try session.fid(number)
    let unchanged = StatRecord()
    var change = AttributeChange(valid: [])
    if record.mode != unchanged.mode {
      let isDirectory = record.mode & CreatePermissions.directory != 0
      guard isDirectory == (try node(fid.node).content.isDirectory) else { throw .inputOutput }
      change.valid.insert(.mode)
      change.mode = record.mode & 0o777
      if record.mode & CreatePermissions.setUserID != 0 { change.mode |= FileMode.setUserID }
      if record.mode & CreatePermissions.setGroupID != 0 { change.mode |= FileMode.setGroupID }
    }
    if record.accessTime != unchanged.accessTime {
      change.valid.formUnion([.accessTime, .accessTimeGiven])
      change.accessTime = FileTime(seconds: UInt64(record.accessTime))
    }
    if record.modificationTime != unchanged.modificationTime {
      change.valid.formUnion([.modificationTime, .modificationTimeGiven])
      change.modificationTime = FileTime(seconds: UInt64(record.modificationTime))
    }
    if record.group != unchanged.group {
      change.valid.insert(.group)
      change.group = record.group
    }
    if record.length != unchanged.length {
      change.valid.insert(.size)
      change.size = record.length
    }
    let before = session.tree
    do throws(ErrorNumber) {
      try setAttributes(fid.node, change)
      guard record.name.count > 0 else { return }
      let place = try place(of: fid)
      let name = try lastName(record.name, in: place.directory).entryName()
      try session.tree.rename(place.entry.name, in: place.directory, to: name, in: place.directory, at: clock())
    } catch {
      session.tree = before
      throw error
    }
  }
}

extension ShareTree.Content {
  /// The type bits of a mode.
  var fileType: UInt32 {
    switch self {
    case .file: FileMode.regular
    case .directory: FileMode.directory
    case .symbolicLink: FileMode.symbolicLink
    }
  }

  /// In units of 512 bytes, as a file system with blocks of 4096 counts them. Links need none.
  fileprivate var blocks: UInt64 {
    if case .file(let bytes) = self { (UInt64(bytes.count) + 4095) / 4096 * 8 } else { 0 }
  }
}
