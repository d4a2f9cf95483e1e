extension Reply {
  /// Decodes the reply that `header` was read from.
  public init(header: MessageHeader, decoding bytes: UnsafeRawBufferPointer) throws(CodecError) {
    guard header.code & 1 == 1, let type = MessageType(rawValue: header.code &- 1) else {
      throw .unknownType(header.code)
    }
    var reader = MessageReader(try header.body(of: bytes))
    self = try Reply.decode(type, &reader)
    guard reader.isAtEnd else { throw .trailingBytes }
  }

  private static func decode(_ type: MessageType, _ reader: inout MessageReader) throws(CodecError) -> Reply {
    switch type {
    case .lerror: .lerror(ErrorNumber(rawValue: try reader.u32()))
    case .version: .version(messageBytesMax: try reader.u32(), version: try reader.string())
    case .auth: .auth(try reader.qid())
    case .attach: .attach(try reader.qid())
    case .flush: .flush
    case .walk: .walk(try walkQIDs(&reader))
    case .lopen: .lopen(try reader.qid(), dataBytesMax: try reader.u32())
    case .lcreate: .lcreate(try reader.qid(), dataBytesMax: try reader.u32())
    case .create: .create(try reader.qid(), dataBytesMax: try reader.u32())
    case .symlink: .symlink(try reader.qid())
    case .mknod: .mknod(try reader.qid())
    case .link: .link
    case .read: .read(try reader.data())
    case .write: .write(count: try reader.u32())
    case .clunk: .clunk
    case .remove: .remove
    case .statfs: .statfs(try FileSystemStatus(&reader))
    case .readlink: .readlink(try reader.string())
    case .getattr: .getattr(try Attributes(&reader))
    case .setattr: .setattr
    case .stat: .stat(try StatRecord(counted: &reader))
    case .wstat: .wstat
    case .xattrwalk: .xattrwalk(bytes: try reader.u64())
    case .xattrcreate: .xattrcreate
    case .readdir: .readdir(try reader.data())
    case .fsync: .fsync
    case .lock: .lock(status: try reader.u8())
    case .getlock: .getlock(try FileLock(&reader, type: try reader.u8()))
    case .mkdir: .mkdir(try reader.qid())
    case .rename: .rename
    case .renameat: .renameat
    case .unlinkat: .unlinkat
    }
  }

  private static func walkQIDs(_ reader: inout MessageReader) throws(CodecError) -> [QID] {
    let count = Int(try reader.u16())
    guard count <= Limits.walkNames else { throw .tooManyNames }
    var qids: [QID] = []
    qids.reserveCapacity(count)
    for _ in 0..<count { qids.append(try reader.qid()) }
    return qids
  }

  /// Writes the reply into `buffer` and returns its size in bytes.
  public func encode(tag: UInt16, into buffer: UnsafeMutableRawBufferPointer) throws(CodecError) -> Int {
    var writer = try MessageWriter(buffer, code: type.replyCode, tag: tag)
    switch self {
    case .lerror(let number): try writer.put(number.rawValue)
    case .version(let messageBytesMax, let version):
      try writer.put(messageBytesMax)
      try writer.put(string: version)
    case .auth(let qid), .attach(let qid), .mkdir(let qid), .symlink(let qid), .mknod(let qid): try writer.put(qid)
    case .walk(let qids):
      guard qids.count <= Limits.walkNames else { throw .tooManyNames }
      try writer.put(UInt16(truncatingIfNeeded: qids.count))
      for qid in qids { try writer.put(qid) }
    case .lopen(let qid, let dataBytesMax), .lcreate(let qid, let dataBytesMax), .create(let qid, let dataBytesMax):
      try writer.put(qid)
      try writer.put(dataBytesMax)
    case .read(let data), .readdir(let data): try writer.put(data: data)
    case .write(let count): try writer.put(count)
    case .statfs(let status): try status.put(&writer)
    case .readlink(let target): try writer.put(string: target)
    case .getattr(let attributes): try attributes.put(&writer)
    case .stat(let record): try record.putCounted(&writer)
    case .xattrwalk(let bytes): try writer.put(bytes)
    case .lock(let status): try writer.put(status)
    case .getlock(let lock):
      try writer.put(lock.type)
      try lock.putRange(&writer)
    case .flush, .clunk, .remove, .setattr, .wstat, .xattrcreate, .fsync, .link, .rename, .renameat, .unlinkat: break
    }
    return try writer.finish()
  }
}

extension FileSystemStatus {
  init(_ reader: inout MessageReader) throws(CodecError) {
    self.init(
      type: try reader.u32(), blockSize: try reader.u32(), blocks: try reader.u64(), freeBlocks: try reader.u64(),
      availableBlocks: try reader.u64(), files: try reader.u64(), freeFiles: try reader.u64(),
      identifier: try reader.u64(), nameBytesMax: try reader.u32())
  }

  func put(_ writer: inout MessageWriter) throws(CodecError) {
    try writer.put(type)
    try writer.put(blockSize)
    try writer.put(blocks)
    try writer.put(freeBlocks)
    try writer.put(availableBlocks)
    try writer.put(files)
    try writer.put(freeFiles)
    try writer.put(identifier)
    try writer.put(nameBytesMax)
  }
}

extension Attributes {
  init(_ reader: inout MessageReader) throws(CodecError) {
    let valid = try reader.u64()
    let qid = try reader.qid()
    self.init(valid: valid, qid: qid, mode: try reader.u32(), size: 0, blocks: 0)
    user = try reader.u32()
    group = try reader.u32()
    linkCount = try reader.u64()
    deviceNumber = try reader.u64()
    size = try reader.u64()
    blockSize = try reader.u64()
    blocks = try reader.u64()
    accessTime = try FileTime(&reader)
    modificationTime = try FileTime(&reader)
    changeTime = try FileTime(&reader)
    birthTime = try FileTime(&reader)
    generation = try reader.u64()
    dataVersion = try reader.u64()
  }

  func put(_ writer: inout MessageWriter) throws(CodecError) {
    try writer.put(valid)
    try writer.put(qid)
    try writer.put(mode)
    try writer.put(user)
    try writer.put(group)
    try writer.put(linkCount)
    try writer.put(deviceNumber)
    try writer.put(size)
    try writer.put(blockSize)
    try writer.put(blocks)
    try accessTime.put(&writer)
    try modificationTime.put(&writer)
    try changeTime.put(&writer)
    try birthTime.put(&writer)
    try writer.put(generation)
    try writer.put(dataVersion)
  }
}
