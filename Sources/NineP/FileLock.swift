/// A lock of bytes of a file, as Tlock and Tgetlock carry it.
public struct FileLock: Equatable {
  /// One of ``LockType``; other values can arrive.
  public var type: UInt8
  /// The first byte.
  public var start: UInt64
  /// In bytes; 0 for all up to the end, however far that moves.
  public var length: UInt64
  /// The process that holds it, as the client counts processes.
  public var process: UInt32
  /// The client's name.
  public var client: ByteView

  public init(type: UInt8, start: UInt64, length: UInt64, process: UInt32, client: ByteView) {
    self.type = type
    self.start = start
    self.length = length
    self.process = process
    self.client = client
  }

  /// Reads all but the type.
  init(_ reader: inout MessageReader, type: UInt8) throws(CodecError) {
    self.init(
      type: type, start: try reader.u64(), length: try reader.u64(), process: try reader.u32(),
      client: try reader.string())
  }

  /// Writes all but the type.
  func putRange(_ writer: inout MessageWriter) throws(CodecError) {
    try writer.put(start)
    try writer.put(length)
    try writer.put(process)
    try writer.put(string: client)
  }
}

/// Types of locks.
public enum LockType {
  public static let read: UInt8 = 0
  public static let write: UInt8 = 1
  public static let unlock: UInt8 = 2
}

/// Flags of Tlock.
public enum LockFlags {
  /// Wait until the lock can be had.
  public static let block: UInt32 = 1
  /// The client had it before the server started anew.
  public static let reclaim: UInt32 = 2
}

/// What Rlock says.
public enum LockStatus {
  public static let success: UInt8 = 0
}
