import NineP

/// Bytes that stay valid for as long as the tests run.
func view(_ bytes: [UInt8]) -> ByteView {
  let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
  copy.copyBytes(from: bytes)
  return ByteView(UnsafeRawBufferPointer(copy))
}

func view(_ text: String) -> ByteView { view(Array(text.utf8)) }

let sampleQID = QID(type: .directory, version: 0x0102_0304, path: 0x1122_3344_5566_7788)

var sampleLock: FileLock {
  FileLock(type: LockType.write, start: 1 << 40, length: 2, process: 3, client: view("me"))
}

/// A record with another value in every field.
var sampleRecord: StatRecord {
  var record = StatRecord()
  record.type = 1
  record.device = 2
  record.qid = sampleQID
  record.mode = 3
  record.accessTime = 4
  record.modificationTime = 5
  record.length = 1 << 41
  record.name = view("name")
  record.userName = view("u")
  record.groupName = view("gg")
  record.modifierName = view("")
  record.special = view("special")
  record.user = 6
  record.group = 7
  record.modifier = 8
  return record
}

/// One request of every type.
func sampleRequests() -> [Request] {
  var change = AttributeChange(valid: [.mode, .size, .modificationTimeGiven])
  change.mode = 0o644
  change.user = 1
  change.group = 2
  change.size = 1 << 40
  change.accessTime = FileTime(seconds: 3, nanoseconds: 4)
  change.modificationTime = FileTime(seconds: 5, nanoseconds: 6)
  return [
    .version(messageBytesMax: 8192, version: .version9P2000L),
    .attach(fid: 1, authentication: Absent.fid, userName: view("root"), tree: view("/"), user: 0),
    .flush(oldTag: 9), .walk(fid: 1, newFid: 2, names: [view("a"), view(".."), view("bb")]),
    .walk(fid: 1, newFid: 2, names: []), .lopen(fid: 2, flags: OpenFlags.readWrite),
    .lcreate(fid: 2, name: view("new"), flags: OpenFlags.truncate, mode: 0o600, group: 7),
    .read(fid: 2, offset: 1 << 33, count: 512), .write(fid: 2, offset: 3, data: view([1, 2, 3])), .clunk(fid: 2),
    .statfs(fid: 1), .readlink(fid: 3), .getattr(fid: 1, mask: AttributeMask.basic), .setattr(fid: 1, change: change),
    .readdir(fid: 1, offset: 5, count: 100), .fsync(fid: 1, dataOnly: 1),
    .mkdir(directory: 1, name: view("d"), mode: 0o755, group: 0),
    .renameat(oldDirectory: 1, oldName: view("x"), newDirectory: 2, newName: view("y")),
    .unlinkat(directory: 1, name: view("d"), flags: UnlinkFlags.removeDirectory),
    .auth(fid: 4, userName: view("root"), tree: view(""), user: 0),
    .create(fid: 2, name: view("n"), permissions: CreatePermissions.directory | 0o755, mode: 0x11, special: view("t")),
    .symlink(directory: 1, name: view("l"), target: view("../t"), group: 3),
    .mknod(directory: 1, name: view("p"), mode: FileMode.fifo | 0o600, major: 4, minor: 5, group: 6),
    .link(directory: 1, fid: 2, name: view("h")), .rename(fid: 2, directory: 1, name: view("r")), .remove(fid: 2),
    .stat(fid: 2), .wstat(fid: 2, sampleRecord), .xattrwalk(fid: 1, newFid: 9, name: view("user.x")),
    .xattrcreate(fid: 1, name: view("user.y"), valueBytes: 1 << 33, flags: 2),
    .lock(fid: 2, sampleLock, flags: LockFlags.block), .getlock(fid: 2, sampleLock),
  ]
}

/// One reply of every type.
func sampleReplies() -> [Reply] {
  var attributes = Attributes(valid: AttributeMask.all, qid: sampleQID, mode: 0o100644, size: 77, blocks: 1)
  attributes.user = 1
  attributes.group = 2
  attributes.linkCount = 3
  attributes.deviceNumber = 4
  attributes.accessTime = FileTime(seconds: 5, nanoseconds: 6)
  attributes.modificationTime = FileTime(seconds: 7, nanoseconds: 8)
  attributes.changeTime = FileTime(seconds: 9, nanoseconds: 10)
  attributes.birthTime = FileTime(seconds: 11, nanoseconds: 12)
  attributes.generation = 13
  attributes.dataVersion = 14
  let status = FileSystemStatus(
    type: FileSystemStatus.nineP, blockSize: 4096, blocks: 1, freeBlocks: 2, availableBlocks: 3, files: 4, freeFiles: 5,
    identifier: 6, nameBytesMax: 255)
  return [
    .lerror(.notSupported), .version(messageBytesMax: 4096, version: .versionUnknown), .attach(sampleQID), .flush,
    .walk([sampleQID, sampleQID]), .walk([]), .lopen(sampleQID, dataBytesMax: 0), .lcreate(sampleQID, dataBytesMax: 9),
    .read(view([9, 8, 7])), .read(view([])), .write(count: 3), .clunk, .statfs(status), .readlink(view("../target")),
    .getattr(attributes), .setattr, .readdir(view([])), .fsync, .mkdir(sampleQID), .renameat, .unlinkat,
    .auth(sampleQID), .create(sampleQID, dataBytesMax: 5), .symlink(sampleQID), .mknod(sampleQID), .link, .rename,
    .remove,
    .stat(sampleRecord), .wstat, .xattrwalk(bytes: 1 << 34), .xattrcreate, .lock(status: LockStatus.success),
    .getlock(sampleLock),
  ]
}

func encoded(_ request: Request, tag: UInt16 = 0x1234) throws -> [UInt8] {
  var buffer = [UInt8](repeating: 0xee, count: 512)
  let count = try buffer.withUnsafeMutableBytes { try request.encode(tag: tag, into: $0) }
  return Array(buffer.prefix(count))
}

func encoded(_ reply: Reply, tag: UInt16 = 0x1234) throws -> [UInt8] {
  var buffer = [UInt8](repeating: 0xee, count: 512)
  let count = try buffer.withUnsafeMutableBytes { try reply.encode(tag: tag, into: $0) }
  return Array(buffer.prefix(count))
}

/// Decodes and hands what came out to `body` while the bytes are still there.
func withRequest<T>(_ bytes: [UInt8], _ body: (UInt16, Request) throws -> T) throws -> T {
  try bytes.withUnsafeBytes { raw in
    let header = try MessageHeader(decoding: raw)
    return try body(header.tag, try Request(header: header, decoding: raw))
  }
}

func withReply<T>(_ bytes: [UInt8], _ body: (UInt16, Reply) throws -> T) throws -> T {
  try bytes.withUnsafeBytes { raw in
    let header = try MessageHeader(decoding: raw)
    return try body(header.tag, try Reply(header: header, decoding: raw))
  }
}
