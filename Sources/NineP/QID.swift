/// What kind of file a ``QID`` stands for.
public struct QIDType: OptionSet, Sendable {
  public var rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public static let directory = QIDType(rawValue: 0x80)
  public static let symbolicLink = QIDType(rawValue: 0x02)
  public static let file: QIDType = []
}

/// The server's identification of a file: 13 bytes on the wire.
public struct QID: Equatable, Sendable {
  public var type: QIDType
  /// Grows with each change of the file.
  public var version: UInt32
  /// Unique among the files of a server, for ever.
  public var path: UInt64

  public init(type: QIDType, version: UInt32, path: UInt64) {
    self.type = type
    self.version = version
    self.path = path
  }
}
