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
    case .attach:
      .attach(
        fid: try reader.u32(), authentication: try reader.u32(), userName: try reader.string(),
        tree: try reader.string(), user: try reader.u32())
    case .flush: .flush(oldTag: try reader.u16())
    case .walk: .walk(fid: try reader.u32(), newFid: try reader.u32(), names: try walkNames(&reader))
    case .lopen: .lopen(fid: try reader.u32(), flags: try reader.u32())
    case .lcreate:
      .lcreate(
        fid: try reader.u32(), name: try reader.entryName(), flags: try reader.u32(), mode: try reader.u32(),
        group: try reader.u32())
    case .read: .read(fid: try reader.u32(), offset: try reader.u64(), count: try reader.u32())
    case .write: .write(fid: try reader.u32(), offset: try reader.u64(), data: try reader.data())
    case .clunk: .clunk(fid: try reader.u32())
    case .statfs: .statfs(fid: try reader.u32())
    case .readlink: .readlink(fid: try reader.u32())
    case .getattr: .getattr(fid: try reader.u32(), mask: try reader.u64())
    case .setattr: .setattr(fid: try reader.u32(), change: try AttributeChange(&reader))
    case .readdir: .readdir(fid: try reader.u32(), offset: try reader.u64(), count: try reader.u32())
    case .fsync: .fsync(fid: try reader.u32(), dataOnly: try reader.u32())
    case .mkdir:
      .mkdir(
        directory: try reader.u32(), name: try reader.entryName(), mode: try reader.u32(), group: try reader.u32())
    case .renameat:
      .renameat(
        oldDirectory: try reader.u32(), oldName: try reader.entryName(), newDirectory: try reader.u32(),
        newName: try reader.entryName())
    case .unlinkat: .unlinkat(directory: try reader.u32(), name: try reader.entryName(), flags: try reader.u32())
    }
  }

  private static func walkNames(_ reader: inout MessageReader) throws(CodecError) -> [ByteView] {
    let count = Int(try reader.u16())
    guard count <= Limits.walkNames else { throw .tooManyNames }
    var names: [ByteView] = []
    names.reserveCapacity(count)
    for _ in 0..<count {
      let name = try reader.string()
      guard name.isWalkName else { throw .invalidName }
      names.append(name)
    }
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
