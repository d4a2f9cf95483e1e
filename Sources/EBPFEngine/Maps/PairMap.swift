/// uIO's map: a 64-bit number for every pair of 64-bit keys (helpers 1 to 3 and the commands `bpf_map_get`,
/// `bpf_map_put`). What is missing reads as 2^64 - 1.
public final class PairMap {
  /// What `get` gives for a pair that is not there.
  public static let missing = UInt64.max
  /// Most pairs that any map may hold.
  public static let maximumCapacity = 1 << 20

  private var table: EntryTable

  /// `capacity` is the number of pairs, 1 to `maximumCapacity`.
  public init(capacity: Int) throws(MapError) {
    guard capacity > 0 && capacity <= Self.maximumCapacity else { throw .badSize }
    table = EntryTable(keySize: 16, valueSize: 8, capacity: capacity)
  }

  public var count: Int { table.count }

  public func get(_ key1: UInt64, _ key2: UInt64) -> UInt64 {
    withUnsafeBytes(of: (key1, key2)) { key -> UInt64 in
      guard let base = key.baseAddress, let entry = table.find(base) else { return Self.missing }
      return table.value(entry).load(as: UInt64.self)
    }
  }

  /// `false` when the pair is new and the map is full.
  public func put(_ key1: UInt64, _ key2: UInt64, _ value: UInt64) -> Bool {
    withUnsafeBytes(of: (key1, key2)) { key -> Bool in
      guard let base = key.baseAddress, let (entry, _) = table.insert(base) else { return false }
      table.value(entry).storeBytes(of: value, as: UInt64.self)
      return true
    }
  }

  /// `false` when the pair is not there.
  public func remove(_ key1: UInt64, _ key2: UInt64) -> Bool {
    withUnsafeBytes(of: (key1, key2)) { key -> Bool in
      guard let base = key.baseAddress else { return false }
      return table.remove(base)
    }
  }

  /// Calls `body` with every pair and its value, in a fixed order.
  public func forEach(_ body: (_ key1: UInt64, _ key2: UInt64, _ value: UInt64) -> Void) {
    var entry = table.nextEntry(from: 0)
    while let current = entry {
      let key = table.key(current)
      body(
        key.load(as: UInt64.self), key.load(fromByteOffset: 8, as: UInt64.self),
        table.value(current).load(as: UInt64.self))
      entry = table.nextEntry(from: current + 1)
    }
  }
}
