/// A hash or array map. All memory is taken when the map is made; keys and values are copied in.
public final class Map {
  public static let maximumKeySize: UInt32 = 512
  public static let maximumEntryCount: UInt32 = 1 << 20
  /// Bytes of all keys and values of one map.
  public static let maximumStorageSize: UInt64 = 64 << 20

  public let definition: MapDefinition
  /// Distance between values: the value size rounded up to 8.
  public let valueStride: Int
  private var table: EntryTable

  public init(_ definition: MapDefinition) throws(MapError) {
    guard definition.isValid else { throw .badSize }
    self.definition = definition
    valueStride = (Int(definition.valueSize) + 7) & ~7
    table = EntryTable(keySize: Int(definition.keySize), valueSize: valueStride, capacity: Int(definition.entryCount))
  }

  /// All values, `storageSize` bytes: what programs reach through pointers.
  public var storage: UnsafeMutableRawPointer { table.values }
  public var storageSize: Int { valueStride * Int(definition.entryCount) }

  /// Number of entries that exist; those of an array always do.
  public var count: Int { definition.kind == .array ? Int(definition.entryCount) : table.count }

  /// Number of the entry whose key is in the `keySize` bytes at `key`.
  public func find(_ key: UnsafeRawPointer) -> Int? {
    guard definition.kind == .array else { return table.find(key) }
    let index = key.loadUnaligned(as: UInt32.self)
    return index < definition.entryCount ? Int(index) : nil
  }

  /// Copies `valueSize` bytes to the entry of `key`.
  public func update(_ key: UnsafeRawPointer, _ value: UnsafeRawPointer, _ mode: UpdateMode) throws(MapError) {
    let size = Int(definition.valueSize)
    if let entry = find(key) {
      guard mode != .onlyNew else { throw .exists }
      self.value(entry).copyMemory(from: value, byteCount: size)
      return
    }
    // An index beyond an array's end never becomes valid: Linux says E2BIG.
    guard definition.kind == .hash else { throw .full }
    guard mode != .onlyExisting else { throw .notFound }
    guard let (entry, _) = table.insert(key) else { throw .full }
    self.value(entry).copyMemory(from: value, byteCount: size)
  }

  /// Deletes an entry; entries of arrays cannot be deleted.
  public func remove(_ key: UnsafeRawPointer) throws(MapError) {
    guard definition.kind == .hash else { throw .badFlags }
    guard table.remove(key) else { throw .notFound }
  }

  /// Storage of an entry's value.
  public func value(_ entry: Int) -> UnsafeMutableRawPointer { table.value(entry) }

  /// Calls `body` with the bytes of key and value of every entry, in a fixed order.
  public func forEach(_ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
    let size = Int(definition.valueSize)
    if definition.kind == .array {
      for index in 0..<definition.entryCount {
        withUnsafeBytes(of: index.littleEndian) { key in
          body(key, UnsafeRawBufferPointer(start: value(Int(index)), count: size))
        }
      }
      return
    }
    var entry = table.nextEntry(from: 0)
    while let current = entry {
      let key = UnsafeRawBufferPointer(start: table.key(current), count: table.keySize)
      body(key, UnsafeRawBufferPointer(start: value(current), count: size))
      entry = table.nextEntry(from: current + 1)
    }
  }
}
