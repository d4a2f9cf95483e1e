/// What Rstat says of a file and Twstat asks for: 9P2000.u's record, which 9P2000.L keeps.
///
/// In Twstat, fields of all ones and empty texts stand for "leave it as it is".
public struct StatRecord: Equatable {
  public var type: UInt16
  public var device: UInt32
  public var qid: QID
  /// Permission bits, and what kind of file it is: ``CreatePermissions``.
  public var mode: UInt32
  /// In seconds since 1970, as are all times here.
  public var accessTime: UInt32
  public var modificationTime: UInt32
  /// In bytes.
  public var length: UInt64
  public var name: ByteView
  public var userName: ByteView
  public var groupName: ByteView
  public var modifierName: ByteView
  /// The target of a symbolic link.
  public var special: ByteView
  public var user: UInt32
  public var group: UInt32
  public var modifier: UInt32

  /// A record that changes nothing.
  public init() {
    type = .max
    device = .max
    qid = QID(type: QIDType(rawValue: .max), version: .max, path: .max)
    mode = .max
    accessTime = .max
    modificationTime = .max
    length = .max
    name = ByteView("")
    userName = ByteView("")
    groupName = ByteView("")
    modifierName = ByteView("")
    special = ByteView("")
    user = .max
    group = .max
    modifier = .max
  }

  /// The bytes of everything but the five texts, behind the record's size field.
  private static var fixedBytes: Int { 2 + 4 + 13 + 4 + 4 + 4 + 8 + 4 + 4 + 4 }

  /// The record's own size in bytes, without the size field.
  private var byteCount: Int {
    var count = Self.fixedBytes
    for text in [name, userName, groupName, modifierName, special] { count &+= 2 &+ text.count }
    return count
  }

  /// Reads n[2] and a record that has its size in front: both must be right.
  init(counted reader: inout MessageReader) throws(CodecError) {
    self.init()
    let count = Int(try reader.u16())
    let before = reader.remaining
    let size = Int(try reader.u16())
    type = try reader.u16()
    device = try reader.u32()
    qid = try reader.qid()
    mode = try reader.u32()
    accessTime = try reader.u32()
    modificationTime = try reader.u32()
    length = try reader.u64()
    name = try reader.string()
    userName = try reader.string()
    groupName = try reader.string()
    modifierName = try reader.string()
    special = try reader.string()
    user = try reader.u32()
    group = try reader.u32()
    modifier = try reader.u32()
    guard count == before &- reader.remaining, count == size &+ 2 else { throw .impossibleSize }
  }

  func putCounted(_ writer: inout MessageWriter) throws(CodecError) {
    guard let size = UInt16(exactly: byteCount), size < .max &- 1 else { throw .noSpace }
    try writer.put(size &+ 2)
    try writer.put(size)
    try writer.put(type)
    try writer.put(device)
    try writer.put(qid)
    try writer.put(mode)
    try writer.put(accessTime)
    try writer.put(modificationTime)
    try writer.put(length)
    try writer.put(string: name)
    try writer.put(string: userName)
    try writer.put(string: groupName)
    try writer.put(string: modifierName)
    try writer.put(string: special)
    try writer.put(user)
    try writer.put(group)
    try writer.put(modifier)
  }
}

/// The bits above the permissions in Tcreate's `perm` and a ``StatRecord``'s mode (9P2000.u).
public enum CreatePermissions {
  public static let directory: UInt32 = 0x8000_0000
  public static let symbolicLink: UInt32 = 0x0200_0000
  /// A second name for the file whose fid the special text names in decimal.
  public static let link: UInt32 = 0x0100_0000
  public static let device: UInt32 = 0x0080_0000
  public static let fifo: UInt32 = 0x0020_0000
  public static let socket: UInt32 = 0x0010_0000
  public static let setUserID: UInt32 = 0x0008_0000
  public static let setGroupID: UInt32 = 0x0004_0000
}

/// Tcreate's `mode`.
public enum OpenMode {
  public static let accessMask: UInt8 = 3
  public static let read: UInt8 = 0
  public static let write: UInt8 = 1
  public static let readWrite: UInt8 = 2
  public static let truncate: UInt8 = 0x10
  public static let append: UInt8 = 0x80
}
