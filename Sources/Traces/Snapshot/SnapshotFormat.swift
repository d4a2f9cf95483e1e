import Scenarios
import SimMachine

/// What docs/snapshot-format.md fixes; chunks are those of traces.
enum SnapshotFormat {
  /// As a trace's, with S for T.
  static let magic: [UInt8] = [0x89, 0x55, 0x49, 0x4f, 0x53, 0x0d, 0x0a, 0x1a]
  static let version: UInt32 = 8
  /// The state is cut into parts of this size, the last may be shorter.
  static let statePartSize = 1 << 20
  /// A chunk of pages is full with so many.
  static let pagesPerChunk = 256
  /// A page with its number.
  static let pageRecordSize = 4 + 4096
}

/// What a snapshot's first chunk says of the rest.
struct SnapshotHeader: Equatable {
  /// The trace of the run so far, which follows the header.
  var traceSize: UInt64
  var traceDigest: FileDigest
  var stateSize: UInt64
  var stateDigest: FileDigest
  /// RAM in bytes, and the pages of it that are not zero.
  var memorySize: UInt64
  var pageCount: UInt64
  /// The sum of the pages' digests, as sync events have it.
  var memoryDigest: UInt64

  var content: [UInt8] {
    var fields = TraceBytes()
    fields.number(traceSize)
    fields.fixed(traceDigest.high)
    fields.fixed(traceDigest.low)
    fields.number(stateSize)
    fields.fixed(stateDigest.high)
    fields.fixed(stateDigest.low)
    fields.number(memorySize)
    fields.number(pageCount)
    fields.fixed(memoryDigest)
    return fields.bytes
  }

  init(_ content: ArraySlice<UInt8>, offset: UInt64) throws(TraceError) {
    var fields = TraceFields(content, offset: offset)
    traceSize = try fields.number()
    traceDigest = FileDigest(high: try fields.fixed(UInt64.self), low: try fields.fixed(UInt64.self))
    stateSize = try fields.number()
    stateDigest = FileDigest(high: try fields.fixed(UInt64.self), low: try fields.fixed(UInt64.self))
    memorySize = try fields.number()
    pageCount = try fields.number()
    memoryDigest = try fields.fixed(UInt64.self)
    guard fields.isAtEnd else { throw fields.fail("the header goes on after its last field") }
  }

  init(
    traceSize: UInt64, traceDigest: FileDigest, stateSize: UInt64, stateDigest: FileDigest, memorySize: UInt64,
    pageCount: UInt64, memoryDigest: UInt64
  ) {
    (self.traceSize, self.traceDigest) = (traceSize, traceDigest)
    (self.stateSize, self.stateDigest) = (stateSize, stateDigest)
    (self.memorySize, self.pageCount, self.memoryDigest) = (memorySize, pageCount, memoryDigest)
  }

  private static let frameAndChecksum = UInt64(TraceFormat.frameSize + TraceFormat.checksumSize)

  /// The chunks of the state.
  var statePartCount: UInt64 {
    (stateSize &+ UInt64(SnapshotFormat.statePartSize - 1)) / UInt64(SnapshotFormat.statePartSize)
  }
  var pageChunkCount: UInt64 {
    (pageCount &+ UInt64(SnapshotFormat.pagesPerChunk - 1)) / UInt64(SnapshotFormat.pagesPerChunk)
  }

  /// The size of everything behind the header; nil if it is more than files have.
  var bodySize: UInt64? {
    let sizeMax: UInt64 = 1 << 40
    guard traceSize < sizeMax, stateSize < sizeMax, pageCount < sizeMax >> 12 else { return nil }
    return traceSize + stateSize + pageCount * UInt64(SnapshotFormat.pageRecordSize)
      + (statePartCount + pageChunkCount) * Self.frameAndChecksum
  }
}

/// The plain data of a run at one moment, apart from memory, inputs and events.
struct SavedRun: Codable {
  var machine: MachineState
  var calls: [ScriptCall]
}

/// Why a file can't be used as a snapshot.
public enum SnapshotError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The bytes are no snapshot, or not those that were written.
  case file(TraceError)
  /// The bytes are right, but no run can go on from what they say.
  case state(String)

  public var description: String {
    switch self {
    case .file(.empty): "is empty, so no snapshot; name a file that `sim snapshot` wrote"
    case .file(.foreign): "is no snapshot: its first bytes are others; name a file that `sim snapshot` wrote"
    case .file(.version(let version)):
      "is a snapshot of format version \(version), and this program reads version \(SnapshotFormat.version) only: "
        + (version > SnapshotFormat.version ? "use a newer simulator" : "take it again")
    case .file(.truncated(let size)):
      "is cut off: it ends after \(size) bytes, before the snapshot does; copy or take it again"
    case .file(.corrupted(let what, let offset)): "is damaged at byte \(offset): \(what); copy or take it again"
    case .file(let error): error.description
    case .state(let what): "can't be restored: \(what); take it again with this version"
    }
  }
}
