import SimCPU
import SimEvents

/// The registers at sync points.
extension TraceReader {
  /// The registers at the sync event with this number; nil if it is another kind of event, or nobody knows them.
  public func registers(atEvent number: UInt64) throws(TraceError) -> RegisterFile? {
    guard number < eventCount, let chunk = eventChunks.lastIndex(where: { $0.entry.start.number <= number }),
      var registers = try registers(inChunk: chunk)
    else { return nil }
    var events = try events(chunk: chunk) { _ in false }
    while events.number <= number {
      let isWanted = events.number == number
      guard let event = try events.next() else { break }
      guard event.payload.kind == .sync else { continue }
      let file = try registers.next()
      if isWanted { return file }
    }
    return nil
  }

  func registers(inChunk number: Int) throws(TraceError) -> RegisterReader? {
    let (events, sequence, entry) = eventChunks[number]
    guard entry.registersSize > 0 else { return nil }
    let offset = events &+ entry.contentSize &+ UInt64(TraceFormat.frameSize + TraceFormat.checksumSize)
    let content = try readChunk(.registers, at: offset, sequence: sequence &+ 1, seed: seed, limit: .max, read).content
    guard UInt64(content.count) == entry.registersSize else {
      throw .corrupted(what: "the registers are not those that the index describes", offset: offset)
    }
    return try RegisterReader(content[...], offset: offset + UInt64(TraceFormat.frameSize))
  }
}
