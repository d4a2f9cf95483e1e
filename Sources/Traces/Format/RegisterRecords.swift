import SimCPU

/// The registers at the sync points of one chunk of events, each as what has changed since the one before.
struct RegisterRecords {
  /// Whether there is anything worth a chunk.
  private(set) var isKnown = false
  private var count: UInt64 = 0
  private var records = TraceBytes()
  private var previous = Self.zeros

  private static let zeros = [UInt64](repeating: 0, count: RegisterFile.names.count)

  var size: Int { records.bytes.count }

  /// Adds the registers at the next sync point; nil if nobody knows them.
  mutating func append(_ file: RegisterFile?) {
    count &+= 1
    guard let file else { return records.number(0) }
    isKnown = true
    let changed = file.words.indices.filter { file.words[$0] != previous[$0] }
    records.number(UInt64(changed.count) &+ 1)
    var next = 0
    for index in changed {
      records.number(UInt64(index - next))
      records.number(file.words[index])
      next = index + 1
    }
    previous = file.words
  }

  /// The content of the chunk; the next chunk starts from nothing.
  mutating func takeContent() -> [UInt8] {
    var content = TraceBytes()
    content.number(count)
    content.bytes += records.bytes
    self = RegisterRecords()
    return content.bytes
  }
}

/// Reads ``RegisterRecords`` one by one: only one set of registers is held.
struct RegisterReader {
  private var fields: TraceFields
  private var words = [UInt64](repeating: 0, count: RegisterFile.names.count)
  /// How many sync points are still to come.
  private(set) var remaining: UInt64

  init(_ content: ArraySlice<UInt8>, offset: UInt64) throws(TraceError) {
    fields = TraceFields(content, offset: offset)
    remaining = try fields.number()
  }

  /// The registers at the next sync point; nil if they are not known.
  mutating func next() throws(TraceError) -> RegisterFile? {
    guard remaining > 0 else { throw fields.fail("there are more sync points than registers") }
    remaining -= 1
    let mark = try fields.number()
    guard mark > 0 else { return nil }
    guard mark - 1 <= UInt64(words.count) else { throw fields.fail("more registers changed than there are") }
    var next: UInt64 = 0
    for _ in 1..<mark {
      let gap = try fields.number()
      guard gap < UInt64(words.count) - next else { throw fields.fail("a register that does not exist") }
      let value = try fields.number()
      let index = Int(next + gap)
      guard words[index] != value else { throw fields.fail("a register that did not change") }
      words[index] = value
      next += gap + 1
    }
    return RegisterFile(words: words)
  }

  /// The registers at the next sync point have this digest, if they are known.
  mutating func check(_ digest: UInt64) throws(TraceError) {
    guard try next().map({ $0.digest == digest }) ?? true else {
      throw fields.fail("registers do not have the digest that their sync point names")
    }
  }

  /// Nothing may be left.
  func finish() throws(TraceError) {
    guard remaining == 0, fields.isAtEnd else { throw fields.fail("the registers go on after the last sync point") }
  }
}
