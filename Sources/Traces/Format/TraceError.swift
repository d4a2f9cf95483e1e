/// Why a file can't be used as a trace. Offsets count from the file's first byte.
public enum TraceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file has no bytes.
  case empty
  /// The file is something else.
  case foreign
  /// Another version of the format than this program reads.
  case version(UInt32)
  /// The file ends before the trace does.
  case truncated(size: UInt64)
  /// The trace is whole, and so many bytes follow it.
  case overlong(excess: UInt64)
  /// Bytes are not what was written.
  case corrupted(what: String, offset: UInt64)
  /// The host can't read the file.
  case unreadable(String)

  public var description: String {
    switch self {
    case .empty: "is empty, so no trace; name a file that `sim record` wrote"
    case .foreign: "is no trace: its first bytes are others; name a file that `sim record` wrote"
    case .version(let version):
      "is a trace of format version \(version), and this program reads version \(TraceFormat.version) only: "
        + (version > TraceFormat.version ? "use a newer simulator" : "record it again")
    case .truncated(let size): "is cut off: it ends after \(size) bytes, before the trace does; copy or record it again"
    case .overlong(let excess):
      "has \(excess) \(excess == 1 ? "byte" : "bytes") after its end; cut them off, or copy it again"
    case .corrupted(let what, let offset): "is damaged at byte \(offset): \(what); copy or record it again"
    case .unreadable(let reason): "can't be read: \(reason)"
    }
  }
}
