import GuestOS
import Scenarios
import SimEvents
import SimMachine
import SimMemory

/// A snapshot file.
///
/// Opening it checks the frame and that all sizes agree with the file's; nothing larger than one chunk is read for that.
public struct SnapshotReader {
  /// The run up to the snapshot: its inputs and its events.
  public let trace: TraceReader
  let header: SnapshotHeader
  private let read: TraceReader.Source
  private let seed: UInt64
  private let traceOffset: UInt64

  /// Whether a file that begins so is meant to be a snapshot.
  public static func isSnapshot(_ start: [UInt8]) -> Bool {
    start.prefix(SnapshotFormat.magic.count) == SnapshotFormat.magic[...]
  }

  public init(path: String) throws(SnapshotError) {
    do throws(TraceError) {
      try self.init(file: openTraceSource(path: path))
    } catch { throw .file(error) }
  }

  /// Reads a snapshot in memory.
  public init(bytes: [UInt8]) throws(SnapshotError) {
    do throws(TraceError) {
      try self.init(file: traceSource(bytes))
    } catch { throw .file(error) }
  }

  private init(file: (size: UInt64, read: TraceReader.Source)) throws(TraceError) {
    let (size, read) = file
    self.read = read
    try checkPreamble(size: size, magic: SnapshotFormat.magic, version: SnapshotFormat.version, read: read)
    let headerOffset = UInt64(TraceFormat.preambleSize)
    let (content, seed) = try readChunk(.snapshot, at: headerOffset, sequence: 0, seed: 0, limit: size, read)
    self.seed = seed
    let header = try SnapshotHeader(content[...], offset: headerOffset + UInt64(TraceFormat.frameSize))
    self.header = header
    let start = headerOffset + UInt64(TraceFormat.chunkSize(content: content.count))
    guard let bodySize = header.bodySize else {
      throw .corrupted(what: "the header promises more than a file holds", offset: headerOffset)
    }
    guard size - start >= bodySize else { throw .truncated(size: size) }
    guard size - start == bodySize else {
      throw .corrupted(what: "it goes on after its end", offset: start + bodySize)
    }
    guard header.memorySize <= GuestMemory.largestSize, header.memorySize % UInt64(GuestMemory.pageSize) == 0,
      header.pageCount <= header.memorySize / UInt64(GuestMemory.pageSize)
    else { throw .corrupted(what: "\(header.memorySize) bytes of memory are impossible", offset: headerOffset) }
    traceOffset = start
    trace = try Self.shifting(start) { () throws(TraceError) in
      try TraceReader(size: header.traceSize) { (offset, count) throws(TraceError) in
        guard offset <= header.traceSize, UInt64(count) <= header.traceSize - offset else {
          throw .truncated(size: size)
        }
        return try read(start + offset, count)
      }
    }
  }

  /// Errors in the trace tell their place in the file.
  private static func shifting<R>(_ start: UInt64, _ body: () throws(TraceError) -> R) throws(TraceError) -> R {
    do throws(TraceError) { return try body() } catch {
      switch error {
      case .corrupted(let what, let offset): throw .corrupted(what: what, offset: start &+ offset)
      case .empty, .foreign, .version, .overlong: throw .corrupted(what: "the run so far \(error)", offset: start)
      case .truncated, .unreadable: throw error
      }
    }
  }

  /// Reads everything: every checksum, every digest, every event, and the state.
  public func verify() throws(SnapshotError) {
    _ = try memory()
    do throws(TraceError) {
      try Self.shifting(traceOffset) { () throws(TraceError) in try trace.verify() }
      guard try digestOfTrace() == header.traceDigest else {
        throw .corrupted(what: "the run so far does not have the digest in the header", offset: traceOffset)
      }
    } catch { throw .file(error) }
    _ = try savedRun()
  }

  private func digestOfTrace() throws(TraceError) -> FileDigest {
    var digest = ContentDigest128()
    var offset: UInt64 = 0
    while offset < header.traceSize {
      let count = Int(min(header.traceSize - offset, UInt64(TraceFormat.filePartSize)))
      try read(traceOffset + offset, count).withUnsafeBytes { digest.update($0) }
      offset += UInt64(count)
    }
    return digest.value
  }

  // MARK: Contents

  /// The run at the moment of the snapshot.
  ///
  /// - Parameter image: the guest's; the trace names it.
  public func snapshot(image: GuestImage) throws(SnapshotError) -> RunSnapshot {
    let saved = try savedRun()
    let machine = MachineSnapshot(state: saved.machine, memory: try memory(), image: image)
    do throws(TraceError) {
      return RunSnapshot(
        machine: machine, calls: saved.calls, events: try encodedEvents(), eventCount: trace.eventCount)
    } catch { throw .file(error) }
  }

  private func encodedEvents() throws(TraceError) -> [UInt8] {
    var encoder = EventEncoder()
    var events = try trace.events()
    while let event = try events.next() {
      encoder.encode(event)
    }
    return encoder.withBytes { [UInt8]($0) }
  }

  func savedRun() throws(SnapshotError) -> SavedRun {
    var bytes: [UInt8] = []
    // The size was held against the file's.
    bytes.reserveCapacity(Int(header.stateSize))
    var offset = traceOffset + header.traceSize
    do throws(TraceError) {
      for part in 0..<header.statePartCount {
        let expected = min(Int(header.stateSize) - bytes.count, SnapshotFormat.statePartSize)
        bytes += try chunk(.state, at: offset, sequence: 1 &+ part, size: expected)
        offset += UInt64(TraceFormat.chunkSize(content: expected))
      }
      guard FileDigest(of: bytes) == header.stateDigest else {
        throw .corrupted(what: "the state does not have the digest in the header", offset: offset)
      }
    } catch { throw .file(error) }
    do throws(PlainDataDecoder.Problem) {
      return try PlainDataDecoder.decode(SavedRun.self, from: bytes)
    } catch { throw .state(error.description) }
  }

  private func chunk(_ kind: ChunkKind, at offset: UInt64, sequence: UInt64, size: Int) throws(TraceError) -> [UInt8] {
    let content = try readChunk(
      kind, at: offset, sequence: UInt32(truncatingIfNeeded: sequence), seed: seed, limit: .max, read
    ).content
    guard content.count == size else {
      throw .corrupted(what: "the \(kind.name) chunk has \(content.count) bytes, not \(size)", offset: offset)
    }
    return content
  }

  func memory() throws(SnapshotError) -> MemorySnapshot {
    var pages: [(index: UInt64, bytes: [UInt8])] = []
    pages.reserveCapacity(Int(header.pageCount))
    var offset =
      traceOffset + header.traceSize + header.stateSize
      + header.statePartCount * UInt64(TraceFormat.frameSize + TraceFormat.checksumSize)
    let start = offset
    do throws(TraceError) {
      for part in 0..<header.pageChunkCount {
        let count = min(Int(header.pageCount) - pages.count, SnapshotFormat.pagesPerChunk)
        let content = try chunk(
          .pages, at: offset, sequence: 1 &+ header.statePartCount &+ part, size: count * SnapshotFormat.pageRecordSize)
        for record in stride(from: 0, to: content.count, by: SnapshotFormat.pageRecordSize) {
          let number = content[record..<record + 4].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
          guard number > pages.last?.index ?? 0 || pages.isEmpty else {
            throw .corrupted(what: "pages that are not in order", offset: offset)
          }
          pages.append((number, Array(content[(record + 4)..<(record + SnapshotFormat.pageRecordSize)])))
        }
        offset += UInt64(TraceFormat.chunkSize(content: content.count))
      }
      let memory: MemorySnapshot
      do throws(GuestMemoryError) { memory = try MemorySnapshot(size: header.memorySize, pages: pages) } catch {
        throw .corrupted(what: error.description, offset: start)
      }
      guard memory.digest == header.memoryDigest, memory.pageCount == header.pageCount else {
        throw .corrupted(what: "memory does not have the digest in the header", offset: start)
      }
      return memory
    } catch { throw .file(error) }
  }
}
