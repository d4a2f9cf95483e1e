/// What is known of the records in a ring buffer's memory. It lies outside of that memory, so that no program can write
/// to it: what a program hands back is looked up here.
///
/// Records lie one behind the other, each in one piece, with eight bytes between them as in Linux, where the header is.
struct RingBuffer {
  enum State: UInt8 { case reserved, submitted, discarded }

  struct Record {
    /// Bytes from the start of the memory to the record's data, and of that data.
    var offset: UInt32 = 0
    var size: UInt32 = 0
    /// Bytes that it takes in the ring.
    var extent: UInt32 = 0
    var state = State.discarded
    /// Of whose runs it is while it is reserved.
    var owner: UInt = 0
  }

  static var headerSize: Int { 8 }
  /// Bytes that the smallest record takes.
  private static var smallestExtent: Int { 16 }

  /// Bytes of memory.
  let capacity: Int
  /// The records that nobody has consumed: `count` from `start` on, around the end. Never more than there is room for,
  /// so that a run takes no memory.
  private var records: [Record]
  private var start = 0
  private var count = 0
  private var used = 0
  /// Where the next record begins.
  private var head = 0

  init(capacity: Int) {
    self.capacity = capacity
    // One more for what is passed over at the end.
    records = .init(repeating: Record(), count: capacity == 0 ? 0 : capacity / Self.smallestExtent + 2)
  }

  private mutating func append(_ record: Record) {
    records[(start + count) % records.count] = record
    count += 1
  }

  /// Makes a record of `size` bytes for `owner` and gives the place of its data; `nil` where there is no room.
  mutating func reserve(_ size: Int, for owner: UInt = 0) -> Int? {
    guard size >= 0 && size <= capacity - Self.headerSize else { return nil }
    let extent = max((size + Self.headerSize + 7) & ~7, Self.smallestExtent)
    let toEnd = capacity - head
    // What does not fit before the end begins anew at the start; the rest is passed over.
    let skipped = extent > toEnd ? toEnd : 0
    guard extent <= capacity - used - skipped else { return nil }
    if skipped > 0 {
      append(Record(offset: UInt32(head), size: 0, extent: UInt32(skipped), state: .discarded))
      head = 0
    }
    let offset = head + Self.headerSize
    append(Record(offset: UInt32(offset), size: UInt32(size), extent: UInt32(extent), state: .reserved, owner: owner))
    used += skipped + extent
    head = (head + extent) % capacity
    return offset
  }

  /// Hands a reserved record over to the consumer, or to nobody; `false` where no reserved record begins at `offset`.
  mutating func release(_ offset: Int, as state: State) -> Bool {
    for number in (0..<count).reversed() {
      let index = (start + number) % records.count
      guard Int(records[index].offset) == offset && records[index].state == .reserved else { continue }
      records[index].state = state
      return true
    }
    return false
  }

  /// Hands the records that `owner` has reserved, or all (`nil`), over to nobody.
  mutating func discardReserved(of owner: UInt?) {
    for number in 0..<count {
      let index = (start + number) % records.count
      guard records[index].state == .reserved && (owner == nil || records[index].owner == owner) else { continue }
      records[index].state = .discarded
    }
  }

  /// Takes the oldest record out if it is submitted; those discarded go as well.
  mutating func consume() -> Record? {
    while count > 0 && records[start].state != .reserved {
      let record = records[start]
      start = (start + 1) % records.count
      count -= 1
      used -= Int(record.extent)
      if record.state == .submitted { return record }
    }
    return nil
  }

  /// Bytes of records that wait, places of the next one and of the oldest, in the order of `bpf_ringbuf_query`.
  func query(_ what: UInt64) -> UInt64 {
    switch what {
    case 0: UInt64(used)
    case 1: UInt64(capacity)
    case 2: UInt64((head + capacity - used % capacity) % capacity)
    case 3: UInt64(head)
    default: 0
    }
  }
}
