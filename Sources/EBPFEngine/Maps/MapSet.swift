/// The maps that programs of one address space share: gives each map a handle for `lddw` and an address for its
/// values, and carries out the map helpers (`MapSet+Helpers`).
public final class MapSet {
  /// Most maps of one set.
  public static let maximumCount = 48
  /// A handle is this plus the map's index: a number that is no address of any region.
  public static let handleBase: UInt64 = 0xb9f0_0000_0000_0000
  /// Values of map i start at this plus i * 2^32, unless the space has real addresses.
  public static let valueBase: UInt64 = 0x6000_0000_0000
  /// The same for keys that a program gets to see.
  static let keyBase: UInt64 = 0x6800_0000_0000

  let space: AddressSpace
  private(set) var maps: [Map] = []
  /// What programs may do with each map's values, and helpers for them.
  private(set) var rights: [MemoryRights] = []
  /// Where the keys of maps are whose elements a program has visited: the map's index, and the address.
  private var keyRegions: [(map: Int, address: UInt64)] = []
  /// Records that programs have reserved and not given back.
  private var reservedCount = 0
  /// The index of the element visited last, for maps without keys in memory.
  private let visitedIndex = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)

  public init(space: AddressSpace) {
    self.space = space
    visitedIndex.initialize(to: 0)
  }

  deinit { visitedIndex.deallocate() }

  public var count: Int { maps.count }

  public subscript(index: Int) -> Map? { index >= 0 && index < maps.count ? maps[index] : nil }

  /// Adds a map and gives its index. `rights` are those of programs to the values.
  @discardableResult
  public func add(_ map: Map, rights: MemoryRights = .readWrite) throws(MapError) -> Int {
    guard maps.count < Self.maximumCount else { throw .tooManyMaps }
    let index = maps.count
    if map.hasVisibleValues {
      try addRegion(map.storage, map.storageSize, at: valueAddress(index, of: map), rights)
    }
    maps.append(map)
    self.rights.append(rights)
    return index
  }

  private func addRegion(
    _ storage: UnsafeMutableRawPointer, _ size: Int, at address: UInt64, _ rights: MemoryRights
  ) throws(MapError) {
    do throws(AddressSpaceError) {
      _ = try space.addRegion(storage, size: size, base: address, rights: rights)
    } catch { throw .addressSpaceFull }
  }

  /// Address of the values of map `index`.
  func valueAddress(_ index: Int, of map: Map) -> UInt64 {
    space.hasRealAddresses ? UInt64(UInt(bitPattern: map.storage)) : Self.valueBase + UInt64(index) << 32
  }

  /// Address at which programs find the key of an entry; the region is made when it is asked for the first time.
  func keyAddress(_ index: Int, of map: Map, entry: Int) throws(MapError) -> UInt64 {
    guard let storage = map.key(0) else {
      visitedIndex.pointee = UInt64(entry)
      return try keyRegion(Self.maximumCount, UnsafeMutableRawPointer(visitedIndex), 8)
    }
    let stride = max(Int(map.definition.keySize), 4)
    return try keyRegion(index, storage, stride * Int(map.definition.entryCount)) + UInt64(entry * stride)
  }

  private func keyRegion(_ index: Int, _ storage: UnsafeMutableRawPointer, _ size: Int) throws(MapError) -> UInt64 {
    for region in keyRegions where region.map == index { return region.address }
    let address =
      space.hasRealAddresses ? UInt64(UInt(bitPattern: storage)) : Self.keyBase + UInt64(index) << 32
    try addRegion(storage, size, at: address, .read)
    keyRegions.append((index, address))
    return address
  }

  // MARK: Records of ring buffers

  /// Tells the records that programs of this set have reserved from those of others.
  var owner: UInt { UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()) }

  func countReserved(_ change: Int) { reservedCount = max(reservedCount + change, 0) }

  /// Discards the records that a run has reserved and kept, whatever it ended by: else all behind them would wait for ever.
  public func endRun() {
    guard reservedCount > 0 else { return }
    reservedCount = 0
    for map in maps where map.definition.kind == .ringBuffer { map.ring.discardReserved(of: owner) }
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

  /// Writes the addresses that the values of maps hold of each other; what has no meaning becomes 0.
  public func relocate(_ pointers: [ObjectPointer]) {
    for pointer in pointers {
      guard let map = self[Int(pointer.map)], pointer.offset >= 0, pointer.offset + 8 <= map.storageSize else {
        continue
      }
      let target = pointer.target.flatMap { resolve(.mapValueByIndex($0, offset: pointer.targetOffset)) } ?? 0
      map.storage.storeBytes(of: target, toByteOffset: pointer.offset, as: UInt64.self)
    }
  }
}
