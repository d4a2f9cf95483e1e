extension Request {
  /// Decodes the request that `header` was read from.
  public init(header: MessageHeader, decoding bytes: UnsafeRawBufferPointer) throws(CodecError) {
    guard let type = MessageType(rawValue: header.code), type != .lerror else { throw .unknownType(header.code) }
    var reader = MessageReader(try header.body(of: bytes))
    self = try Request.decode(type, &reader)
    guard reader.isAtEnd else { throw .trailingBytes }
  }

  private static func decode(_ type: MessageType, _ reader: inout MessageReader) throws(CodecError) -> Request {
    switch type {
    case .lerror: throw .unknownType(type.requestCode)
    case .version: .version(messageBytesMax: try reader.u32(), version: try reader.string())
    case .auth:
      .auth(
        fid: try reader.u32(), userName: try reader.string(), tree: try reader.string(), user: try reader.u32())
    case .attach:
      .attach(
        fid: try reader.u32(), authentication: try reader.u32(), userName: try reader.string(),
        tree: try reader.string(), user: try reader.u32())
    case .flush: .flush(oldTag: try reader.u16())
    case .walk: .walk(fid: try reader.u32(), newFid: try reader.u32(), names: try walkNames(&reader))
    case .lopen: .lopen(fid: try reader.u32(), flags: try reader.u32())
    case .lcreate:
      .lcreate(
        fid: try reader.u32(), name: try reader.string(), flags: try reader.u32(), mode: try reader.u32(),
        group: try reader.u32())
    case .create:
      .create(
        fid: try reader.u32(), name: try reader.string(), permissions: try reader.u32(), mode: try reader.u8(),
        special: try reader.string())
    case .symlink:
      .symlink(
        directory: try reader.u32(), name: try reader.string(), target: try reader.string(), group: try reader.u32())
    case .mknod:
      .mknod(
        directory: try reader.u32(), name: try reader.string(), mode: try reader.u32(), major: try reader.u32(),
        minor: try reader.u32(), group: try reader.u32())
    case .link: .link(directory: try reader.u32(), fid: try reader.u32(), name: try reader.string())
    case .read: .read(fid: try reader.u32(), offset: try reader.u64(), count: try reader.u32())
    case .write: .write(fid: try reader.u32(), offset: try reader.u64(), data: try reader.data())
    case .clunk: .clunk(fid: try reader.u32())
    case .remove: .remove(fid: try reader.u32())
    case .statfs: .statfs(fid: try reader.u32())
    case .readlink: .readlink(fid: try reader.u32())
    case .getattr: .getattr(fid: try reader.u32(), mask: try reader.u64())
    case .setattr: .setattr(fid: try reader.u32(), change: try AttributeChange(&reader))
    case .stat: .stat(fid: try reader.u32())
    case .wstat: .wstat(fid: try reader.u32(), try StatRecord(counted: &reader))
    case .xattrwalk:
      .xattrwalk(fid: try reader.u32(), newFid: try reader.u32(), name: try reader.string())
    case .xattrcreate:
      .xattrcreate(
        fid: try reader.u32(), name: try reader.string(), valueBytes: try reader.u64(), flags: try reader.u32())
    case .readdir: .readdir(fid: try reader.u32(), offset: try reader.u64(), count: try reader.u32())
    case .fsync: .fsync(fid: try reader.u32(), dataOnly: try reader.u32())
    case .lock: try lock(&reader)
    case .getlock:
      .getlock(fid: try reader.u32(), try FileLock(&reader, type: try reader.u8()))
    case .mkdir:
      .mkdir(directory: try reader.u32(), name: try reader.string(), mode: try reader.u32(), group: try reader.u32())
    case .rename: .rename(fid: try reader.u32(), directory: try reader.u32(), name: try reader.string())
    case .renameat:
      .renameat(
        oldDirectory: try reader.u32(), oldName: try reader.string(), newDirectory: try reader.u32(),
        newName: try reader.string())
    case .unlinkat: .unlinkat(directory: try reader.u32(), name: try reader.string(), flags: try reader.u32())
    }
  }

  /// The flags stand between the lock's type and the rest of it.
  private static func lock(_ reader: inout MessageReader) throws(CodecError) -> Request {
    let fid = try reader.u32()
    let type = try reader.u8()
    let flags = try reader.u32()
    return .lock(fid: fid, try FileLock(&reader, type: type), flags: flags)
  }

  private static func walkNames(_ reader: inout MessageReader) throws(CodecError) -> [ByteView] {
    let count = Int(try reader.u16())
    guard count <= Limits.walkNames else { throw .tooManyNames }
    var names: [ByteView] = []
    names.reserveCapacity(count)
    for _ in 0..<count { names.append(try reader.string()) }
    return names
  }
}

extension AttributeChange {
  init(_ reader: inout MessageReader) throws(CodecError) {
    self.init(valid: Fields(rawValue: try reader.u32()))
    mode = try reader.u32()
    user = try reader.u32()
    group = try reader.u32()
    size = try reader.u64()
    accessTime = try FileTime(&reader)
    modificationTime = try FileTime(&reader)
  }

  func put(_ writer: inout MessageWriter) throws(CodecError) {
    try writer.put(valid.rawValue)
    try writer.put(mode)
    try writer.put(user)
    try writer.put(group)
    try writer.put(size)
    try accessTime.put(&writer)
    try modificationTime.put(&writer)
  }
}

extension FileTime {
  init(_ reader: inout MessageReader) throws(CodecError) {
    self.init(seconds: try reader.u64(), nanoseconds: try reader.u64())
  }

  func put(_ writer: inout MessageWriter) throws(CodecError) {
    try writer.put(seconds)
    try writer.put(nanoseconds)
  }
}
