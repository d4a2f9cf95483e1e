/// A map of one of the kinds that `MapKind` lists. All memory of values is taken when the map is made; keys and values
/// are copied in.
public final class Map {
  public static let maximumKeySize: UInt32 = 512
  public static let maximumEntryCount: UInt32 = 1 << 20
  /// Bytes of all keys and values of one map.
  public static let maximumStorageSize: UInt64 = 64 << 20

  public let definition: MapDefinition
  /// Distance between values: the value size rounded up to 8.
  public let valueStride: Int
  private var table: EntryTable
  /// Of a map that forgets.
  private var recency: RecencyList
  /// Of a queue or stack: where its oldest value is, and how many it holds.
  private var first = 0
  private var length = 0
  var ring: RingBuffer
  /// Of a trie: keys by the number of bits that count, and room for a key of which only some do.
  private var prefixCounts: [Int32] = []
  private let prefixKey: UnsafeMutableRawPointer

  public init(_ definition: MapDefinition) throws(MapError) {
    guard definition.isValid else { throw .badSize }
    self.definition = definition
    let layout = definition.kind.layout
    let isRing = layout == .records
    let entries = layout == .outside || isRing ? 1 : Int(definition.entryCount)
    let valueSize = isRing ? Int(definition.entryCount) : layout == .outside ? 8 : Int(definition.valueSize)
    let keySize = max(Int(definition.keySize), 4)
    valueStride = (valueSize + 7) & ~7
    table = EntryTable(keySize: keySize, valueSize: valueStride, capacity: entries)
    recency = RecencyList(capacity: definition.kind.forgets ? entries : 0)
    ring = RingBuffer(capacity: isRing ? valueStride : 0)
    if definition.kind == .lpmTrie { prefixCounts = .init(repeating: 0, count: (keySize - 4) * 8 + 1) }
    prefixKey = .allocate(byteCount: keySize, alignment: 8)
  }

  deinit { prefixKey.deallocate() }

  /// All values, `storageSize` bytes: what programs reach through pointers.
  public var storage: UnsafeMutableRawPointer { table.values }
  public var storageSize: Int {
    switch definition.kind.layout {
    case .records: valueStride
    case .outside: 0
    default: valueStride * Int(definition.entryCount)
    }
  }

  /// Whether programs get pointers to what is in `storage`.
  var hasVisibleValues: Bool {
    switch definition.kind.layout {
    case .indexed, .keyed, .records: true
    default: false
    }
  }

  /// Number of entries that exist; those of an array always do.
  public var count: Int {
    switch definition.kind.layout {
    case .indexed: Int(definition.entryCount)
    case .ordered: length
    default: table.count
    }
  }

  // MARK: Keys

  /// Number of the entry whose key is in the `keySize` bytes at `key`; in a trie, of the longest prefix of it.
  public func find(_ key: UnsafeRawPointer) -> Int? {
    switch definition.kind {
    case .lpmTrie: return findPrefix(of: key)
    case _ where definition.kind.layout == .indexed:
      let index = key.loadUnaligned(as: UInt32.self)
      return index < definition.entryCount ? Int(index) : nil
    case _ where definition.keySize == 0 || definition.kind.layout == .outside: return nil
    default: return table.find(key)
    }
  }

  /// Notes that an entry is used, for maps that forget.
  func use(_ entry: Int) {
    if definition.kind.forgets { recency.use(entry) }
  }

  /// Copies `valueSize` bytes to the entry of `key`.
  public func update(_ key: UnsafeRawPointer, _ value: UnsafeRawPointer, _ mode: UpdateMode) throws(MapError) {
    let size = Int(definition.valueSize)
    let layout = definition.kind.layout
    guard layout == .indexed || layout == .keyed || layout == .references else { throw .unsupported }
    let key = try definition.kind == .lpmTrie ? canonical(key) : key
    let existing = layout == .indexed ? find(key) : table.find(key)
    if let entry = existing {
      guard mode != .onlyNew else { throw .exists }
      self.value(entry).copyMemory(from: value, byteCount: size)
      use(entry)
      return
    }
    // An index beyond an array's end never becomes valid: Linux says E2BIG.
    guard layout != .indexed else { throw .full }
    if definition.kind.isIndexed && key.loadUnaligned(as: UInt32.self) >= definition.entryCount { throw .full }
    guard mode != .onlyExisting else { throw .notFound }
    if table.count == table.capacity, definition.kind.forgets, let oldest = recency.oldest {
      recency.remove(oldest)
      _ = table.remove(table.key(oldest))
    }
    guard let (entry, _) = table.insert(key) else { throw .full }
    if definition.kind.forgets { recency.insert(entry) }
    if definition.kind == .lpmTrie { prefixCounts[Int(key.loadUnaligned(as: UInt32.self))] += 1 }
    self.value(entry).copyMemory(from: value, byteCount: size)
  }

  /// Deletes an entry; entries of arrays cannot be deleted.
  public func remove(_ key: UnsafeRawPointer) throws(MapError) {
    let layout = definition.kind.layout
    guard layout == .keyed || layout == .references else { throw .badFlags }
    let key = try definition.kind == .lpmTrie ? canonical(key) : key
    guard let entry = table.find(key), table.remove(key) else { throw .notFound }
    if definition.kind.forgets { recency.remove(entry) }
    if definition.kind == .lpmTrie { prefixCounts[Int(key.loadUnaligned(as: UInt32.self))] -= 1 }
  }

  /// Storage of an entry's value.
  public func value(_ entry: Int) -> UnsafeMutableRawPointer { table.value(entry) }

  /// Storage of the key of an entry that exists; `nil` where keys are indices.
  func key(_ entry: Int) -> UnsafeMutableRawPointer? { definition.kind.layout == .indexed ? nil : table.key(entry) }

  /// The first existing entry from `start` on.
  func nextEntry(from start: Int) -> Int? {
    guard definition.kind.layout == .indexed else { return table.nextEntry(from: start) }
    return start < Int(definition.entryCount) ? start : nil
  }

  // MARK: Tries

  /// The key with the bits that do not count cleared, in `prefixKey`.
  private func canonical(_ key: UnsafeRawPointer, bits length: UInt32? = nil) throws(MapError) -> UnsafeRawPointer {
    let bits = length ?? key.loadUnaligned(as: UInt32.self)
    guard Int(bits) < prefixCounts.count else { throw .badFlags }
    prefixKey.storeBytes(of: bits, as: UInt32.self)
    for index in 4..<Int(definition.keySize) {
      let counted = min(max(Int(bits) - (index - 4) * 8, 0), 8)
      let mask = UInt8(truncatingIfNeeded: 0xff00 >> counted)
      prefixKey.storeBytes(
        of: key.load(fromByteOffset: index, as: UInt8.self) & mask, toByteOffset: index, as: UInt8.self)
    }
    return UnsafeRawPointer(prefixKey)
  }

  private func findPrefix(of key: UnsafeRawPointer) -> Int? {
    var bits = min(Int(key.loadUnaligned(as: UInt32.self)), prefixCounts.count - 1)
    while bits >= 0 {
      if prefixCounts[bits] > 0, let prefix = try? canonical(key, bits: UInt32(bits)), let entry = table.find(prefix) {
        return entry
      }
      bits -= 1
    }
    return nil
  }

  // MARK: Queues and stacks

  /// Adds a value of `valueSize` bytes; to a full map in place of the oldest one if `replacing`.
  public func push(_ value: UnsafeRawPointer, replacing: Bool) throws(MapError) {
    guard definition.kind.layout == .ordered else { throw .unsupported }
    if length == table.capacity {
      guard replacing else { throw .full }
      first = (first + 1) % table.capacity
      length -= 1
    }
    self.value((first + length) % table.capacity).copyMemory(from: value, byteCount: Int(definition.valueSize))
    length += 1
  }

  /// Copies the value that comes next, the oldest of a queue and the latest of a stack, and takes it out if `removing`.
  public func next(into value: UnsafeMutableRawPointer, removing: Bool) throws(MapError) {
    guard definition.kind.layout == .ordered else { throw .unsupported }
    let size = Int(definition.valueSize)
    guard length > 0 else {
      value.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      throw .empty
    }
    let isQueue = definition.kind == .queue
    let place = isQueue ? first : (first + length - 1) % table.capacity
    value.copyMemory(from: self.value(place), byteCount: size)
    guard removing else { return }
    if isQueue { first = (first + 1) % table.capacity }
    length -= 1
  }

  // MARK: All entries

  /// Calls `body` with the bytes of key and value of every entry, in a fixed order. Values of queues and stacks come in
  /// the order in which they would be taken, without keys.
  public func forEach(_ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
    let size = Int(definition.valueSize)
    switch definition.kind.layout {
    case .indexed:
      for index in 0..<definition.entryCount {
        withUnsafeBytes(of: index.littleEndian) { key in
          body(key, UnsafeRawBufferPointer(start: value(Int(index)), count: size))
        }
      }
    case .ordered:
      for number in 0..<length {
        let place = definition.kind == .queue ? first + number : first + length - 1 - number
        body(
          UnsafeRawBufferPointer(start: nil, count: 0),
          UnsafeRawBufferPointer(start: value(place % table.capacity), count: size))
      }
    default:
      var entry = table.nextEntry(from: 0)
      while let current = entry {
        let key = UnsafeRawBufferPointer(start: table.key(current), count: table.keySize)
        body(key, UnsafeRawBufferPointer(start: value(current), count: size))
        entry = table.nextEntry(from: current + 1)
      }
    }
  }

  /// Takes the submitted records out of a ring buffer, the oldest first, and calls `body` with the bytes of each.
  public func consumeRecords(_ body: (UnsafeRawBufferPointer) -> Void) {
    while let record = nextRecord() { body(record) }
  }

  /// Takes the oldest submitted record out of a ring buffer. Its bytes stay what they are until a program reserves them.
  public func nextRecord() -> UnsafeRawBufferPointer? {
    guard let record = ring.consume() else { return nil }
    return UnsafeRawBufferPointer(start: storage + Int(record.offset), count: Int(record.size))
  }

  /// Discards all records that are reserved: nobody is left who could submit them when no program runs.
  public func discardReservedRecords() { ring.discardReserved(of: nil) }
}
