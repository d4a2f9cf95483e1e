/// Seconds and nanoseconds.
public struct FileTime: Equatable, Sendable {
  public var seconds: UInt64
  public var nanoseconds: UInt64

  public init(seconds: UInt64 = 0, nanoseconds: UInt64 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }
}

/// What Rgetattr says of a file.
public struct Attributes: Equatable, Sendable {
  /// Which of the fields are valid: the bits of ``AttributeMask``.
  public var valid: UInt64
  public var qid: QID
  /// File type and permissions as in Linux's `st_mode`.
  public var mode: UInt32
  public var user: UInt32 = 0
  public var group: UInt32 = 0
  public var linkCount: UInt64 = 1
  public var deviceNumber: UInt64 = 0
  /// In bytes.
  public var size: UInt64
  /// In bytes.
  public var blockSize: UInt64 = 4096
  /// In units of 512 bytes.
  public var blocks: UInt64
  public var accessTime = FileTime()
  public var modificationTime = FileTime()
  public var changeTime = FileTime()
  public var birthTime = FileTime()
  public var generation: UInt64 = 0
  public var dataVersion: UInt64 = 0

  public init(valid: UInt64, qid: QID, mode: UInt32, size: UInt64, blocks: UInt64) {
    self.valid = valid
    self.qid = qid
    self.mode = mode
    self.size = size
    self.blocks = blocks
  }
}

/// Bits of Tgetattr's mask and Rgetattr's `valid`.
public enum AttributeMask {
  /// Everything that `stat` shows: mode to blocks.
  public static let basic: UInt64 = 0x7ff
  /// ``basic`` and birth time, generation and data version.
  public static let all: UInt64 = 0x3fff
}

/// What Tsetattr asks for; only the fields that `valid` names count.
public struct AttributeChange: Equatable, Sendable {
  public struct Fields: OptionSet, Sendable {
    public var rawValue: UInt32

    public init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    public static let mode = Fields(rawValue: 0x1)
    public static let user = Fields(rawValue: 0x2)
    public static let group = Fields(rawValue: 0x4)
    public static let size = Fields(rawValue: 0x8)
    public static let accessTime = Fields(rawValue: 0x10)
    public static let modificationTime = Fields(rawValue: 0x20)
    public static let changeTime = Fields(rawValue: 0x40)
    /// The access time given here rather than the server's present.
    public static let accessTimeGiven = Fields(rawValue: 0x80)
    /// The modification time given here rather than the server's present.
    public static let modificationTimeGiven = Fields(rawValue: 0x100)
  }

  public var valid: Fields
  public var mode: UInt32 = 0
  public var user: UInt32 = 0
  public var group: UInt32 = 0
  /// In bytes.
  public var size: UInt64 = 0
  public var accessTime = FileTime()
  public var modificationTime = FileTime()

  public init(valid: Fields) {
    self.valid = valid
  }

  /// Sets the length of a file, in bytes.
  public init(size: UInt64) {
    valid = .size
    self.size = size
  }
}

/// What Rstatfs says of the whole file system.
public struct FileSystemStatus: Equatable, Sendable {
  public var type: UInt32
  /// In bytes.
  public var blockSize: UInt32
  public var blocks: UInt64
  public var freeBlocks: UInt64
  public var availableBlocks: UInt64
  public var files: UInt64
  public var freeFiles: UInt64
  public var identifier: UInt64
  public var nameBytesMax: UInt32

  /// V9FS_MAGIC, the type that Linux gives to 9P file systems.
  public static let nineP: UInt32 = 0x0102_1997

  public init(
    type: UInt32, blockSize: UInt32, blocks: UInt64, freeBlocks: UInt64, availableBlocks: UInt64, files: UInt64,
    freeFiles: UInt64, identifier: UInt64, nameBytesMax: UInt32
  ) {
    self.type = type
    self.blockSize = blockSize
    self.blocks = blocks
    self.freeBlocks = freeBlocks
    self.availableBlocks = availableBlocks
    self.files = files
    self.freeFiles = freeFiles
    self.identifier = identifier
    self.nameBytesMax = nameBytesMax
  }
}
