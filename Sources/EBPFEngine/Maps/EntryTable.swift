/// Entries with keys and values of fixed size, found by open addressing with linear probing. Values never move while
/// their entry exists. Order of iteration is the order of insertion, except that an entry takes the place of the one
/// deleted last; nothing in it depends on the host.
struct EntryTable: ~Copyable {
  let keySize: Int
  let valueSize: Int
  let capacity: Int
  /// Number of entries that exist.
  private(set) var count = 0

  /// Keys, values and hashes by entry number.
  private let keys: UnsafeMutableRawPointer
  let values: UnsafeMutableRawPointer
  private let hashes: UnsafeMutablePointer<UInt32>
  /// Whether the entry exists; of a free one the number of the next free entry is in `hashes`.
  private let isUsed: UnsafeMutablePointer<Bool>
  /// Entry numbers, -1 for free buckets. At least twice the capacity and a power of two.
  private let buckets: UnsafeMutablePointer<Int32>
  private let mask: Int
  private var firstFree: Int32 = -1
  /// Entries that were ever used come before this one.
  private var end = 0

  /// Sizes in bytes, all positive and checked by the owner. Values start as zeros.
  init(keySize: Int, valueSize: Int, capacity: Int) {
    self.keySize = keySize
    self.valueSize = valueSize
    self.capacity = capacity
    var size = 8
    while size < capacity * 2 { size *= 2 }
    mask = size - 1
    keys = .allocate(byteCount: keySize * capacity, alignment: 8)
    values = .allocate(byteCount: valueSize * capacity, alignment: 8)
    values.initializeMemory(as: UInt8.self, repeating: 0, count: valueSize * capacity)
    hashes = .allocate(capacity: capacity)
    hashes.initialize(repeating: 0, count: capacity)
    isUsed = .allocate(capacity: capacity)
    isUsed.initialize(repeating: false, count: capacity)
    buckets = .allocate(capacity: size)
    buckets.initialize(repeating: -1, count: size)
  }

  deinit {
    keys.deallocate()
    values.deallocate()
    hashes.deallocate()
    isUsed.deallocate()
    buckets.deallocate()
  }

  func key(_ entry: Int) -> UnsafeMutableRawPointer { keys + entry * keySize }
  func value(_ entry: Int) -> UnsafeMutableRawPointer { values + entry * valueSize }

  /// Multiplies and folds eight bytes at a time. The same on every host.
  private func hash(_ key: UnsafeRawPointer) -> UInt32 {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    var offset = 0
    while offset < keySize {
      var word: UInt64 = 0
      if keySize - offset >= 8 {
        word = key.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      } else {
        for index in offset..<keySize { word = word << 8 | UInt64(key.load(fromByteOffset: index, as: UInt8.self)) }
      }
      state = (state ^ word) &* 0xff51_afd7_ed55_8ccd
      state ^= state >> 32
      offset += 8
    }
    return UInt32(truncatingIfNeeded: state)
  }

  private func isEqual(_ entry: Int, _ key: UnsafeRawPointer) -> Bool {
    let other = self.key(entry)
    var offset = 0
    while offset + 8 <= keySize {
      if other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        != key.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      {
        return false
      }
      offset += 8
    }
    while offset < keySize {
      if other.load(fromByteOffset: offset, as: UInt8.self) != key.load(fromByteOffset: offset, as: UInt8.self) {
        return false
      }
      offset += 1
    }
    return true
  }

  /// Bucket that holds `key`, or the free one where it would go.
  private func bucket(_ key: UnsafeRawPointer, _ hash: UInt32) -> Int {
    var bucket = Int(hash) & mask
    while true {
      let entry = Int(buckets[bucket])
      if entry < 0 || (hashes[entry] == hash && isEqual(entry, key)) { return bucket }
      bucket = (bucket + 1) & mask
    }
  }

  /// Entry number of `key`.
  func find(_ key: UnsafeRawPointer) -> Int? {
    let entry = Int(buckets[bucket(key, hash(key))])
    return entry < 0 ? nil : entry
  }

  /// Entry number of `key`, made with a value of zeros when it is new; `nil` when the table is full.
  mutating func insert(_ key: UnsafeRawPointer) -> (entry: Int, isNew: Bool)? {
    let hash = hash(key)
    let bucket = bucket(key, hash)
    if buckets[bucket] >= 0 { return (Int(buckets[bucket]), false) }
    let entry: Int
    if firstFree >= 0 {
      entry = Int(firstFree)
      firstFree = Int32(bitPattern: hashes[entry])
    } else {
      guard end < capacity else { return nil }
      entry = end
      end += 1
    }
    buckets[bucket] = Int32(truncatingIfNeeded: entry)
    hashes[entry] = hash
    isUsed[entry] = true
    count += 1
    self.key(entry).copyMemory(from: key, byteCount: keySize)
    value(entry).initializeMemory(as: UInt8.self, repeating: 0, count: valueSize)
    return (entry, true)
  }

  /// `false` when there is no such key. Buckets behind the freed one move up, so that no probe meets a false end.
  mutating func remove(_ key: UnsafeRawPointer) -> Bool {
    var hole = bucket(key, hash(key))
    let entry = Int(buckets[hole])
    guard entry >= 0 else { return false }
    var next = (hole + 1) & mask
    while buckets[next] >= 0 {
      let home = Int(hashes[Int(buckets[next])]) & mask
      // The entry may move when its home is not between the hole and its place.
      if (next &- home) & mask >= (next &- hole) & mask {
        buckets[hole] = buckets[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    buckets[hole] = -1
    isUsed[entry] = false
    hashes[entry] = UInt32(bitPattern: firstFree)
    firstFree = Int32(truncatingIfNeeded: entry)
    count -= 1
    return true
  }

  /// The first existing entry from `start` on.
  func nextEntry(from start: Int) -> Int? {
    var entry = start
    while entry < end {
      if isUsed[entry] { return entry }
      entry += 1
    }
    return nil
  }
}
