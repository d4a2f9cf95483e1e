/// A point between two events: how many there were, and what the next one's times count from.
struct EventPosition: Equatable, Sendable {
  var number: UInt64 = 0
  var time: UInt64 = 0
  var instruction: UInt64 = 0

  func write(to fields: inout TraceBytes) {
    fields.number(number)
    fields.number(time)
    fields.number(instruction)
  }

  static func read(from fields: inout TraceFields) throws(TraceError) -> EventPosition {
    EventPosition(
      number: try fields.number(), time: try fields.number(), instruction: try fields.number())
  }
}

/// A chunk of events: how large it is and where it begins; and how large the chunk of registers is that follows it.
struct IndexEntry: Equatable, Sendable {
  var contentSize: UInt64
  var start: EventPosition
  /// 0 if there is no such chunk.
  var registersSize: UInt64 = 0
}

/// The chunks of events in order. They follow one another in the file without a gap, so sizes tell their places.
enum TraceIndex {
  static func content(_ entries: [IndexEntry]) -> [UInt8] {
    var fields = TraceBytes()
    fields.number(UInt64(entries.count))
    for entry in entries {
      fields.number(entry.contentSize)
      entry.start.write(to: &fields)
      fields.number(entry.registersSize)
    }
    return fields.bytes
  }

  static func read(_ content: ArraySlice<UInt8>, offset: UInt64) throws(TraceError) -> [IndexEntry] {
    var fields = TraceFields(content, offset: offset)
    let count = try fields.number()
    // An entry takes five bytes at least.
    guard count <= UInt64(content.count / 5) else { throw fields.fail("\(count) chunks do not fit into the index") }
    var entries: [IndexEntry] = []
    entries.reserveCapacity(Int(count))
    for _ in 0..<count {
      let size = try fields.number()
      guard size <= TraceFormat.contentMax else { throw fields.fail("a chunk of \(size) bytes") }
      let start = try EventPosition.read(from: &fields)
      guard entries.last.map({ start.number > $0.start.number }) ?? (start == EventPosition()) else {
        throw fields.fail("chunks that are not in order")
      }
      let registersSize = try fields.number()
      guard registersSize <= TraceFormat.contentMax else { throw fields.fail("a chunk of \(registersSize) bytes") }
      entries.append(IndexEntry(contentSize: size, start: start, registersSize: registersSize))
    }
    guard fields.isAtEnd else { throw fields.fail("the index goes on after its last entry") }
    return entries
  }
}
