import CXXHash
import SimCPU
import SimEvents

/// Writes a trace while its run is under way: the header and the files at once, events chunk by chunk, the index and the
/// end with ``finish()``. Only one chunk of events is held in memory.
public final class TraceWriter: EventSink {
  private let output: ([UInt8]) -> Void
  private let registers: (Event) -> RegisterFile?
  private let seed: UInt64
  private var sequence: UInt32 = 1
  private var offset: UInt64

  private var encoder = EventEncoder(capacity: TraceFormat.eventChunkSize + 1024)
  private var registerRecords = RegisterRecords()
  private var index: [IndexEntry] = []
  private var chunkStart = EventPosition()
  private var position = EventPosition()
  private var content = ContentDigest128()

  /// - Parameters:
  ///   - contents: those of the header's included files, in their order.
  ///   - registers: those at a sync event, while it is recorded; nil if nobody knows them.
  ///   - output: takes the trace's bytes in order.
  public init(
    _ header: TraceHeader, contents: [[UInt8]], registers: @escaping (Event) -> RegisterFile? = { _ in nil },
    output: @escaping ([UInt8]) -> Void
  ) {
    self.output = output
    self.registers = registers
    var preamble = TraceBytes(bytes: TraceFormat.magic)
    preamble.fixed(TraceFormat.version)
    preamble.fixed(UInt32(0))
    let (chunk, checksum) = makeChunk(.header, sequence: 0, seed: 0, header.content)
    seed = checksum
    output(preamble.bytes)
    output(chunk)
    offset = UInt64(preamble.bytes.count + chunk.count)
    for file in contents {
      for start in stride(from: 0, to: file.count, by: TraceFormat.filePartSize) {
        write(.file, Array(file[start..<min(file.count, start + TraceFormat.filePartSize)]))
      }
    }
  }

  public func record(_ event: Event) {
    encoder.encode(event)
    position.number &+= 1
    (position.time, position.instruction) = (event.time, event.instruction)
    if event.payload.kind == .sync { registerRecords.append(registers(event)) }
    if max(encoder.count, registerRecords.size) >= TraceFormat.eventChunkSize { endChunk() }
  }

  /// Completes the trace.
  public func finish() {
    endChunk()
    let indexOffset = offset
    write(.index, TraceIndex.content(index))
    var end = TraceBytes()
    end.fixed(indexOffset)
    end.fixed(position.number)
    let digest = content.value
    end.fixed(digest.high)
    end.fixed(digest.low)
    write(.end, end.bytes)
  }

  private func endChunk() {
    guard encoder.count > 0 else { return }
    var fields = TraceBytes()
    chunkStart.write(to: &fields)
    encoder.withBytes { bytes in
      content.update(bytes)
      fields.bytes.append(contentsOf: bytes)
    }
    encoder.removeAll()
    write(.events, fields.bytes)
    var entry = IndexEntry(contentSize: UInt64(fields.bytes.count), start: chunkStart)
    let isKnown = registerRecords.isKnown
    let records = registerRecords.takeContent()
    if isKnown {
      write(.registers, records)
      entry.registersSize = UInt64(records.count)
    }
    index.append(entry)
    chunkStart = position
  }

  private func write(_ kind: ChunkKind, _ content: [UInt8]) {
    let chunk = makeChunk(kind, sequence: sequence, seed: seed, content).bytes
    sequence &+= 1
    offset &+= UInt64(chunk.count)
    output(chunk)
  }
}

/// A chunk with its frame and checksum.
func makeChunk(
  _ kind: ChunkKind, sequence: UInt32, seed: UInt64, _ content: [UInt8]
) -> (bytes: [UInt8], checksum: UInt64) {
  var chunk = TraceBytes()
  chunk.bytes.reserveCapacity(TraceFormat.chunkSize(content: content.count))
  chunk.fixed(kind.rawValue)
  chunk.fixed(sequence)
  chunk.fixed(UInt32(truncatingIfNeeded: content.count))
  chunk.bytes += content
  let checksum = traceChecksum(chunk.bytes[...], seed: seed)
  chunk.fixed(checksum)
  return (chunk.bytes, checksum)
}

/// XXH3-128 over bytes that come bit by bit: that of all events is the digest that `sim run` shows.
struct ContentDigest128: ~Copyable {
  private var digest = ContentDigest()

  mutating func update(_ bytes: UnsafeRawBufferPointer) { digest.update(bytes) }

  var value: FileDigest {
    let digits = digest.hex
    guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
      let low = UInt64(digits.suffix(16), radix: 16)
    else { preconditionFailure("a digest is 32 hexadecimal digits, not \(digits)") }
    return FileDigest(high: high, low: low)
  }
}
