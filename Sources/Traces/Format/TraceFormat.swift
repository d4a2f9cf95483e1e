import CXXHash

/// What docs/trace-format.md fixes: numbers are little-endian.
enum TraceFormat {
  /// A byte that is no ASCII, a name, and both line ends, as PNG has it: a transfer as text can't go unnoticed.
  static let magic: [UInt8] = [0x89, 0x55, 0x49, 0x4f, 0x54, 0x0d, 0x0a, 0x1a]
  static let version: UInt32 = 5
  /// Magic, version, and four bytes of zeros.
  static let preambleSize = 16
  /// Of a chunk before its content: kind, sequence number, length.
  static let frameSize = 12
  static let checksumSize = 8
  static let endContentSize = 32
  /// No chunk is larger, so that no promised length costs more memory than this.
  static let contentMax = 4 << 20
  /// A file is cut into parts of this size, the last may be shorter.
  static let filePartSize = 1 << 20
  /// A chunk of events ends with the event that makes it, or the registers that belong to it, reach this size.
  static let eventChunkSize = 1 << 16
  static let filesMax = 1 << 16

  static func chunkSize(content: Int) -> Int { frameSize + content + checksumSize }
}

/// The kinds of chunks, named by four ASCII letters.
enum ChunkKind: UInt32 {
  case header = 0x4441_4548  // "HEAD"
  case file = 0x454c_4946  // "FILE"
  case events = 0x544e_5645  // "EVNT"
  case registers = 0x5347_4552  // "REGS"
  case index = 0x5844_4e49  // "INDX"
  case end = 0x2144_4e45  // "END!"
  // In snapshots only:
  case snapshot = 0x5041_4e53  // "SNAP"
  case state = 0x5441_5453  // "STAT"
  case pages = 0x4547_4150  // "PAGE"

  var name: String {
    switch self {
    case .header: "header"
    case .file: "file"
    case .events: "event"
    case .registers: "register"
    case .index: "index"
    case .end: "end"
    case .snapshot: "snapshot"
    case .state: "state"
    case .pages: "page"
    }
  }
}

/// XXH3-64 with a seed: 0 for the header; the header's own checksum for all other chunks, so that a chunk of another
/// trace does not fit.
func traceChecksum(_ bytes: ArraySlice<UInt8>, seed: UInt64) -> UInt64 {
  bytes.withUnsafeBytes { XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) }
}
