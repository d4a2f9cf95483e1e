/// One entry of Rreaddir: qid[13] offset[8] type[1] name[s].
public struct DirectoryEntry: Equatable {
  public var qid: QID
  /// What Treaddir takes to go on after this entry.
  public var offset: UInt64
  /// `d_type`: see ``FileMode/entryType(_:)``.
  public var type: UInt8
  /// "." and ".." are allowed here.
  public var name: ByteView

  public init(qid: QID, offset: UInt64, type: UInt8, name: ByteView) {
    self.qid = qid
    self.offset = offset
    self.type = type
    self.name = name
  }

  /// The size on the wire of an entry with a name of `nameBytes`.
  public static func encodedBytes(nameBytes: Int) -> Int { 24 &+ nameBytes }
}

/// Reads the entries in the data of an Rreaddir one after the other.
///
/// ```swift
/// var entries = DirectoryEntries(data)
/// while let entry = try entries.next() { show(entry.name) }
/// ```
public struct DirectoryEntries {
  private var reader: MessageReader

  public init(_ data: ByteView) {
    reader = MessageReader(data.bytes)
  }

  /// The next entry, or nil at the end.
  ///
  /// - Throws: ``CodecError/truncated`` when the data end inside an entry, ``CodecError/invalidName``.
  public mutating func next() throws(CodecError) -> DirectoryEntry? {
    guard !reader.isAtEnd else { return nil }
    let entry = DirectoryEntry(
      qid: try reader.qid(), offset: try reader.u64(), type: try reader.u8(), name: try reader.string())
    guard entry.name.isDot || entry.name.isWalkName else { throw .invalidName }
    return entry
  }
}

/// Writes whole entries into a buffer as long as they fit.
public struct DirectoryWriter {
  private var writer: MessageWriter
  private let capacity: Int

  public init(_ buffer: UnsafeMutableRawBufferPointer) {
    writer = MessageWriter(buffer)
    capacity = buffer.count
  }

  /// The bytes written so far.
  public var count: Int { writer.count }

  /// Appends `entry`; false, with nothing written, when it does not fit.
  public mutating func append(_ entry: DirectoryEntry) -> Bool {
    guard DirectoryEntry.encodedBytes(nameBytes: entry.name.count) <= capacity &- count else { return false }
    do throws(CodecError) {
      try writer.put(entry.qid)
      try writer.put(entry.offset)
      try writer.put(entry.type)
      try writer.put(string: entry.name)
      return true
    } catch {
      return false
    }
  }
}
