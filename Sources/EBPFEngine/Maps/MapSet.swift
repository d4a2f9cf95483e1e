/// The maps that programs of one address space share: gives each map a handle for `lddw` and an address for its
/// values, and carries out the map helpers.
public final class MapSet {
  /// Most maps of one set.
  public static let maximumCount = 32
  /// A handle is this plus the map's index: a number that is no address of any region.
  public static let handleBase: UInt64 = 0xb9f0_0000_0000_0000
  /// Values of map i start at this plus i * 2^32, unless the space has real addresses.
  public static let valueBase: UInt64 = 0x6000_0000_0000

  private let space: AddressSpace
  private var maps: [Map] = []
  /// What programs may do with each map's values, and helpers for them.
  private var rights: [MemoryRights] = []

  public init(space: AddressSpace) { self.space = space }

  public var count: Int { maps.count }

  public subscript(index: Int) -> Map? { index >= 0 && index < maps.count ? maps[index] : nil }

  /// Adds a map and gives its index. `rights` are those of programs to the values.
  @discardableResult
  public func add(_ map: Map, rights: MemoryRights = .readWrite) throws(MapError) -> Int {
    guard maps.count < Self.maximumCount else { throw .tooManyMaps }
    let index = maps.count
    do throws(AddressSpaceError) {
      _ = try space.addRegion(map.storage, size: map.storageSize, base: valueAddress(index, of: map), rights: rights)
    } catch {
      throw .addressSpaceFull
    }
    maps.append(map)
    self.rights.append(rights)
    return index
  }

  private func valueAddress(_ index: Int, of map: Map) -> UInt64 {
    space.hasRealAddresses ? UInt64(UInt(bitPattern: map.storage)) : Self.valueBase + UInt64(index) << 32
  }

  /// Value of a `lddw` that names a map or a place in its values; what `Executable` asks for.
  public func resolve(_ immediate: WideImmediate) -> UInt64? {
    switch immediate {
    case .mapByIndex(let index), .mapByDescriptor(let index):
      self[Int(index)] == nil ? nil : Self.handleBase + UInt64(index)
    case .mapValueByIndex(let index, let offset), .mapValueByDescriptor(let index, let offset):
      offset >= 0 ? self[Int(index)].map { valueAddress(Int(index), of: $0) + UInt64(offset) } : nil
    default: nil
    }
  }

  private func map(_ handle: UInt64) throws(HelperFault) -> (Map, Int) {
    guard handle >= Self.handleBase, handle - Self.handleBase < UInt64(maps.count) else { throw .badMap }
    let index = Int(handle - Self.handleBase)
    return (maps[index], index)
  }

  private func writableMap(_ handle: UInt64) throws(HelperFault) -> Map {
    let (map, index) = try map(handle)
    guard rights[index].contains(.write) else { throw .readOnlyMap }
    return map
  }

  private func bytes(_ address: UInt64, _ size: UInt32) throws(HelperFault) -> UnsafeRawPointer {
    guard let pointer = space.pointer(to: address, size: Int(size), rights: .read) else { throw .badPointer }
    return UnsafeRawPointer(pointer)
  }

  /// `map_lookup_elem(map, key)`: address of the value, or 0.
  public func lookup(_ arguments: HelperArguments) throws(HelperFault) -> UInt64 {
    let (map, index) = try map(arguments.r1)
    guard let entry = map.find(try bytes(arguments.r2, map.definition.keySize)) else { return 0 }
    return valueAddress(index, of: map) + UInt64(entry * map.valueStride)
  }

  /// `map_update_elem(map, key, value, flags)`: 0, or a negative error number.
  public func update(_ arguments: HelperArguments) throws(HelperFault) -> UInt64 {
    let map = try writableMap(arguments.r1)
    let key = try bytes(arguments.r2, map.definition.keySize)
    let value = try bytes(arguments.r3, map.definition.valueSize)
    return Self.status { () throws(MapError) in
      guard let mode = UpdateMode(rawValue: arguments.r4) else { throw .badFlags }
      try map.update(key, value, mode)
    }
  }

  /// `map_delete_elem(map, key)`: 0, or a negative error number.
  public func remove(_ arguments: HelperArguments) throws(HelperFault) -> UInt64 {
    let map = try writableMap(arguments.r1)
    let key = try bytes(arguments.r2, map.definition.keySize)
    return Self.status { () throws(MapError) in try map.remove(key) }
  }

  private static func status(_ body: () throws(MapError) -> Void) -> UInt64 {
    do throws(MapError) {
      try body()
      return 0
    } catch { return UInt64(bitPattern: error.errorNumber) }
  }
}
