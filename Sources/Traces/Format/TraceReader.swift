import SimCPU
import SimEvents

/// A trace that can be read from any place.
///
/// Opening it checks the frame: magic, version, header, index, end, and that the sizes agree with the file's. Contents
/// are checked when they are read; ``verify()`` reads everything. No size in the file is trusted before it is known to
/// fit, and no more than one chunk is held in memory.
public struct TraceReader {
  /// Bytes of the file: exactly `count` of them, or an error.
  public typealias Source = (_ offset: UInt64, _ count: Int) throws(TraceError) -> [UInt8]

  public let header: TraceHeader
  /// How many events there are.
  public let eventCount: UInt64
  /// XXH3-128 of all events in canonical form: the digest that `sim run` shows.
  public let eventDigest: FileDigest

  let read: Source
  let seed: UInt64
  private let fileChunks: [(offset: UInt64, sequence: UInt32)]
  let eventChunks: [(offset: UInt64, sequence: UInt32, entry: IndexEntry)]

  public init(size: UInt64, read: @escaping Source) throws(TraceError) {
    self.read = read
    try checkPreamble(size: size, magic: TraceFormat.magic, version: TraceFormat.version, read: read)

    let headerOffset = UInt64(TraceFormat.preambleSize)
    let (content, seed) = try readChunk(.header, at: headerOffset, sequence: 0, seed: 0, limit: size, read)
    header = try TraceHeader(content[...], offset: headerOffset + UInt64(TraceFormat.frameSize))
    self.seed = seed

    // Sizes of files are known from here on, so every place up to the first chunk of events is.
    var offset = headerOffset &+ UInt64(TraceFormat.chunkSize(content: content.count))
    var sequence: UInt32 = 1
    var fileChunks: [(UInt64, UInt32)] = []
    for file in header.files {
      fileChunks.append((offset, sequence))
      guard file.isIncluded else { continue }
      let partCount = (file.size &+ UInt64(TraceFormat.filePartSize - 1)) / UInt64(TraceFormat.filePartSize)
      offset &+= file.size &+ partCount &* UInt64(TraceFormat.frameSize + TraceFormat.checksumSize)
      sequence &+= UInt32(truncatingIfNeeded: partCount)
      guard offset <= size else { throw .truncated(size: size) }
    }
    self.fileChunks = fileChunks

    let endSize = UInt64(TraceFormat.chunkSize(content: TraceFormat.endContentSize))
    guard size >= offset &+ endSize else { throw .truncated(size: size) }
    let endOffset = size - endSize
    // The end's sequence number is not known yet: what it says is checked before it is used.
    guard let frame = try Self.frame(at: endOffset, read), frame.kind == .end else {
      if let realEnd = try Self.end(after: offset, size: size, read) { throw .overlong(excess: size - realEnd) }
      throw .truncated(size: size)
    }
    let end = try readChunk(.end, at: endOffset, sequence: frame.sequence, seed: seed, limit: size, read).content
    var fields = TraceFields(end[...], offset: endOffset + UInt64(TraceFormat.frameSize))
    let indexOffset = try fields.fixed(UInt64.self)
    eventCount = try fields.fixed(UInt64.self)
    eventDigest = FileDigest(high: try fields.fixed(UInt64.self), low: try fields.fixed(UInt64.self))
    guard fields.isAtEnd else { throw fields.fail("the end goes on after its last field") }
    guard indexOffset >= offset, indexOffset < endOffset else { throw fields.fail("the index's place is outside") }

    let index = try readChunk(
      .index, at: indexOffset, sequence: frame.sequence &- 1, seed: seed, limit: endOffset, read
    ).content
    guard indexOffset &+ UInt64(TraceFormat.chunkSize(content: index.count)) == endOffset else {
      throw .corrupted(what: "something stands between the index and the end", offset: indexOffset)
    }
    let entries = try TraceIndex.read(index[...], offset: indexOffset + UInt64(TraceFormat.frameSize))
    var eventChunks: [(UInt64, UInt32, IndexEntry)] = []
    for entry in entries {
      eventChunks.append((offset, sequence, entry))
      offset &+= entry.contentSize &+ UInt64(TraceFormat.frameSize + TraceFormat.checksumSize)
      sequence &+= 1
      guard entry.registersSize > 0 else { continue }
      offset &+= entry.registersSize &+ UInt64(TraceFormat.frameSize + TraceFormat.checksumSize)
      sequence &+= 1
    }
    // The last chunk has one event at least; without a chunk there is none.
    let isCountPossible = entries.last.map { [eventCount] in $0.start.number < eventCount } ?? (eventCount == 0)
    guard offset == indexOffset, sequence &+ 1 == frame.sequence, isCountPossible else {
      throw .corrupted(what: "the index does not agree with the file", offset: indexOffset)
    }
    self.eventChunks = eventChunks
  }

  /// Where a trace ends whose last bytes are no end; nil if it has none.
  ///
  /// - Parameter start: the place of a chunk.
  private static func end(after start: UInt64, size: UInt64, _ read: Source) throws(TraceError) -> UInt64? {
    var offset = start
    while size - offset >= UInt64(TraceFormat.frameSize), let frame = try frame(at: offset, read) {
      let chunkSize = UInt64(TraceFormat.frameSize + TraceFormat.checksumSize) + UInt64(frame.length)
      guard chunkSize <= size - offset else { return nil }
      offset += chunkSize
      if frame.kind == .end { return offset }
    }
    return nil
  }

  fileprivate static func frame(
    at offset: UInt64, _ read: Source
  ) throws(TraceError) -> (kind: ChunkKind, sequence: UInt32, length: UInt32)? {
    var fields = TraceFields(try read(offset, TraceFormat.frameSize)[...], offset: offset)
    let kind = ChunkKind(rawValue: try fields.fixed(UInt32.self))
    let (sequence, length) = (try fields.fixed(UInt32.self), try fields.fixed(UInt32.self))
    return kind.map { ($0, sequence, length) }
  }

  // MARK: Files

  /// The content of the header's file number `index`; nil if the trace does not carry it.
  ///
  /// - Precondition: `index` is one of the header's files.
  public func content(ofFile index: Int) throws(TraceError) -> [UInt8]? {
    let file = header.files[index]
    guard file.isIncluded else { return nil }
    var (offset, sequence) = fileChunks[index]
    let start = offset
    var bytes: [UInt8] = []
    // The size was held against the file's own: so much is there.
    bytes.reserveCapacity(Int(file.size))
    while UInt64(bytes.count) < file.size {
      let part = try readChunk(.file, at: offset, sequence: sequence, seed: seed, limit: .max, read).content
      let expected = min(Int(file.size) - bytes.count, TraceFormat.filePartSize)
      guard part.count == expected else {
        throw .corrupted(what: "a part of a file has \(part.count) bytes, not \(expected)", offset: offset)
      }
      bytes += part
      offset &+= UInt64(TraceFormat.chunkSize(content: part.count))
      sequence &+= 1
    }
    guard FileDigest(of: bytes) == file.digest else {
      throw .corrupted(what: "the \(file.role) \(file.name) does not have the digest in the header", offset: start)
    }
    return bytes
  }

  // MARK: Events

  /// Events one after the other.
  public struct Events {
    fileprivate let trace: TraceReader
    fileprivate var nextChunk = 0
    fileprivate var chunkOffset: UInt64 = 0
    fileprivate var decoder = EventDecoder([])
    fileprivate var position = EventPosition()

    /// The number of the event that ``next()`` will return.
    public var number: UInt64 { position.number }

    /// The next event, or nil after the last.
    public mutating func next() throws(TraceError) -> Event? {
      while true {
        let event: Event?
        do throws(EventDecodingError) { event = try decoder.next() } catch {
          throw .corrupted(what: "\(error)", offset: chunkOffset)
        }
        if let event {
          position = EventPosition(number: position.number &+ 1, time: event.time, instruction: event.instruction)
          return event
        }
        guard nextChunk < trace.eventChunks.count else {
          guard position.number == trace.eventCount else {
            throw .corrupted(what: "there are \(position.number) events, not \(trace.eventCount)", offset: chunkOffset)
          }
          return nil
        }
        try openChunk()
      }
    }

    private mutating func openChunk() throws(TraceError) {
      let entry = trace.eventChunks[nextChunk].entry
      chunkOffset = trace.eventChunks[nextChunk].offset
      guard entry.start == position else {
        throw .corrupted(what: "the chunk does not begin where the one before ends", offset: chunkOffset)
      }
      decoder = EventDecoder(
        try trace.encodedEvents(inChunk: nextChunk), time: position.time, instruction: position.instruction)
      nextChunk += 1
    }
  }

  /// All events, or those from number `first` on: only the chunk that holds it is read for that.
  public func events(from first: UInt64 = 0) throws(TraceError) -> Events {
    try events(chunk: eventChunks.lastIndex { $0.entry.start.number <= first } ?? 0) { $0.number < first }
  }

  /// The events from virtual time `time` on.
  public func events(fromTime time: UInt64) throws(TraceError) -> Events {
    var events = try events(chunk: eventChunks.lastIndex { $0.entry.start.time < time } ?? 0) { _ in false }
    while true {
      var ahead = events
      guard let event = try ahead.next(), event.time < time else { return events }
      events = ahead
    }
  }

  func events(chunk: Int, while isBefore: (Events) -> Bool) throws(TraceError) -> Events {
    var events = Events(trace: self, nextChunk: chunk)
    if chunk < eventChunks.count { events.position = eventChunks[chunk].entry.start }
    while isBefore(events) { guard try events.next() != nil else { break } }
    return events
  }

  func encodedEvents(inChunk number: Int) throws(TraceError) -> ArraySlice<UInt8> {
    let (offset, sequence, entry) = eventChunks[number]
    let content = try readChunk(.events, at: offset, sequence: sequence, seed: seed, limit: .max, read).content
    var fields = TraceFields(content[...], offset: offset + UInt64(TraceFormat.frameSize))
    guard UInt64(content.count) == entry.contentSize, try EventPosition.read(from: &fields) == entry.start else {
      throw fields.fail("the chunk is not the one that the index describes")
    }
    return fields.rest
  }

  /// Reads everything: every checksum, every digest, every event.
  public func verify() throws(TraceError) {
    try verifyChecksums()
    var events = try events()
    for chunk in eventChunks.indices {
      var registers = try registers(inChunk: chunk)
      let end = chunk + 1 < eventChunks.count ? eventChunks[chunk + 1].entry.start.number : eventCount
      while events.number < end, let event = try events.next() {
        if case .sync(let cpu, _) = event.payload { try registers?.check(cpu) }
      }
      try registers?.finish()
    }
    // That there are as many as the end says is found out behind the last.
    while try events.next() != nil {}
  }

  /// Reads everything and checks every checksum and digest, but decodes no event.
  public func verifyChecksums() throws(TraceError) {
    for index in header.files.indices { _ = try content(ofFile: index) }
    var digest = ContentDigest128()
    for chunk in eventChunks.indices { try encodedEvents(inChunk: chunk).withUnsafeBytes { digest.update($0) } }
    guard digest.value == eventDigest else {
      throw .corrupted(what: "the events do not have the digest that the end names", offset: 0)
    }
  }
}

/// The first bytes of a file made of chunks: magic, version, and four bytes of zeros.
func checkPreamble(
  size: UInt64, magic: [UInt8], version: UInt32, read: TraceReader.Source
) throws(TraceError) {
  guard size > 0 else { throw .empty }
  let available = Int(min(size, UInt64(TraceFormat.preambleSize)))
  let preamble = try read(0, available)
  guard preamble.prefix(8) == magic.prefix(available)[...] else { throw .foreign }
  guard available == TraceFormat.preambleSize else { throw .truncated(size: size) }
  var fields = TraceFields(preamble[8...], offset: 8)
  let found = try fields.fixed(UInt32.self)
  guard found == version else { throw .version(found) }
  guard try fields.fixed(UInt32.self) == 0 else { throw fields.fail("reserved bytes are not zero") }
}

/// A chunk's content and checksum, if it is what stands at its place.
func readChunk(
  _ kind: ChunkKind, at offset: UInt64, sequence: UInt32, seed: UInt64, limit: UInt64, _ read: TraceReader.Source
) throws(TraceError) -> (content: [UInt8], checksum: UInt64) {
  guard limit == .max || offset &+ UInt64(TraceFormat.frameSize) <= limit else { throw .truncated(size: limit) }
  guard let frame = try TraceReader.frame(at: offset, read), frame.kind == kind else {
    throw .corrupted(what: "there is no \(kind.name) chunk", offset: offset)
  }
  guard frame.sequence == sequence else {
    throw .corrupted(
      what: "\(kind.name) chunk \(frame.sequence) stands where number \(sequence) belongs", offset: offset)
  }
  guard frame.length <= TraceFormat.contentMax else {
    throw .corrupted(what: "a chunk claims to have \(frame.length) bytes", offset: offset)
  }
  let size = TraceFormat.chunkSize(content: Int(frame.length))
  guard limit == .max || offset &+ UInt64(size) <= limit else { throw .truncated(size: limit) }
  let bytes = try read(offset, size)
  let covered = bytes.dropLast(TraceFormat.checksumSize)
  var fields = TraceFields(bytes[covered.endIndex...], offset: offset)
  let checksum = try fields.fixed(UInt64.self)
  guard checksum == traceChecksum(covered, seed: seed) else {
    throw .corrupted(what: "the \(kind.name) chunk's checksum is wrong", offset: offset)
  }
  return (Array(covered.dropFirst(TraceFormat.frameSize)), checksum)
}
