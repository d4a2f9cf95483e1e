// The helpers for maps, by the names that Linux gives them.
extension MapSet {
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

  private func bytes(
    _ address: UInt64, _ size: UInt32, _ rights: MemoryRights = .read
  ) throws(HelperFault) -> UnsafeMutableRawPointer {
    guard let pointer = space.pointer(to: address, size: Int(size), rights: rights) else { throw .badPointer }
    return pointer
  }

  /// `map_lookup_elem(map, key)`: address of the value, or 0; of a map of maps, the map's handle.
  public func lookup(_ arguments: HelperArguments) throws(HelperFault) -> UInt64 {
    let (map, index) = try map(arguments.r1)
    guard MapKinds.lookups.contains(map.definition.kind) else { throw .badMap }
    guard let entry = map.find(try bytes(arguments.r2, map.definition.keySize)) else { return 0 }
    guard !map.definition.kind.holdsMaps else {
      let number = map.value(entry).load(as: UInt32.self)
      return number > 0 && number <= UInt32(maps.count) ? Self.handleBase + UInt64(number - 1) : 0
    }
    map.use(entry)
    return valueAddress(index, of: map) + UInt64(entry * map.valueStride)
  }

  /// `map_update_elem(map, key, value, flags)`: 0, or a negative error number.
  public func update(_ arguments: HelperArguments) throws(HelperFault) -> UInt64 {
    let map = try writableMap(arguments.r1)
    guard MapKinds.values.contains(map.definition.kind) else { throw .badMap }
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
    guard MapKinds.values.contains(map.definition.kind) else { throw .badMap }
    let key = try bytes(arguments.r2, map.definition.keySize)
    return Self.status { () throws(MapError) in try map.remove(key) }
  }

  // MARK: Queues and stacks

  /// `map_push_elem(map, value, flags)`: 0, or a negative error number. Flag 2 replaces the oldest value of a full map.
  public func push(_ arguments: HelperArguments) throws(HelperFault) -> UInt64 {
    let map = try writableMap(arguments.r1)
    guard MapKinds.ordered.contains(map.definition.kind) else { throw .badMap }
    let value = try bytes(arguments.r2, map.definition.valueSize)
    return Self.status { () throws(MapError) in
      guard arguments.r3 == 0 || arguments.r3 == UpdateMode.onlyExisting.rawValue else { throw .badFlags }
      try map.push(value, replacing: arguments.r3 != 0)
    }
  }

  /// `map_pop_elem(map, value)`, or `map_peek_elem` where nothing is taken out: 0, or a negative error number.
  public func next(_ arguments: HelperArguments, removing: Bool) throws(HelperFault) -> UInt64 {
    let (map, _) = try map(arguments.r1)
    guard MapKinds.ordered.contains(map.definition.kind) else { throw .badMap }
    let value = try bytes(arguments.r2, map.definition.valueSize, .write)
    return Self.status { () throws(MapError) in try map.next(into: value, removing: removing) }
  }

  // MARK: Ring buffers

  private func ring(_ handle: UInt64) throws(HelperFault) -> (Map, Int) {
    let (map, index) = try map(handle)
    guard map.definition.kind == .ringBuffer else { throw .badMap }
    return (map, index)
  }

  /// `ringbuf_reserve(map, size, flags)`: address of a record's data, zeros, or 0.
  public func reserve(_ arguments: HelperArguments) throws(HelperFault) -> UInt64 {
    let (map, index) = try ring(arguments.r1)
    guard arguments.r3 == 0, let size = Int(exactly: arguments.r2), let offset = map.ring.reserve(size, for: owner)
    else {
      return 0
    }
    countReserved(1)
    (map.storage + offset).initializeMemory(as: UInt8.self, repeating: 0, count: size)
    return valueAddress(index, of: map) + UInt64(offset)
  }

  /// `ringbuf_submit(data, flags)` and `ringbuf_discard`: anything but the start of a reserved record is a fault.
  public func release(_ arguments: HelperArguments, submitting: Bool) throws(HelperFault) -> UInt64 {
    for index in maps.indices where maps[index].definition.kind == .ringBuffer {
      let offset = arguments.r1 &- valueAddress(index, of: maps[index])
      guard offset < UInt64(maps[index].storageSize) else { continue }
      guard maps[index].ring.release(Int(offset), as: submitting ? .submitted : .discarded) else { throw .badRecord }
      countReserved(-1)
      return 0
    }
    throw .badRecord
  }

  /// `ringbuf_output(map, data, size, flags)`: 0, or a negative error number.
  public func output(_ arguments: HelperArguments) throws(HelperFault) -> UInt64 {
    let (map, _) = try ring(arguments.r1)
    guard let size = UInt32(exactly: arguments.r3) else { throw .badPointer }
    let data = try bytes(arguments.r2, size)
    guard arguments.r4 & ~3 == 0 else { return UInt64(bitPattern: MapError.badFlags.errorNumber) }
    // EAGAIN.
    guard let offset = map.ring.reserve(Int(size)) else { return UInt64(bitPattern: -11) }
    (map.storage + offset).copyMemory(from: data, byteCount: Int(size))
    _ = map.ring.release(offset, as: .submitted)
    return 0
  }

  /// `ringbuf_query(map, flags)`.
  public func query(_ arguments: HelperArguments) throws(HelperFault) -> UInt64 {
    try ring(arguments.r1).0.ring.query(arguments.r2)
  }

  // MARK: Programs

  /// What `tail_call(context, map, index)` finds: the number of a program in its object, or `nil` where the entry is empty.
  public func program(_ arguments: HelperArguments) throws(HelperFault) -> Int? {
    let (map, _) = try map(arguments.r2)
    guard map.definition.kind == .programArray else { throw .badMap }
    var index = UInt32(truncatingIfNeeded: arguments.r3)
    guard let entry = map.find(&index) else { return nil }
    let number = map.value(entry).load(as: UInt32.self)
    return number > 0 ? Int(number) - 1 : nil
  }

  // MARK: Elements one by one

  /// What `for_each_map_elem` needs for each round, by `what`: 0, the first entry from number `entry` on, or 2^64 - 1;
  /// 1, the address of the key of `entry`; 2, that of its value.
  public func visit(_ handle: UInt64, _ entry: UInt64, _ what: UInt64) throws(HelperFault) -> UInt64 {
    let (map, index) = try map(handle)
    guard MapKinds.visited.contains(map.definition.kind) else { throw .badMap }
    guard let entry = Int(exactly: entry), entry <= Int(map.definition.entryCount) else { throw .badArgument }
    switch what {
    case 0: return map.nextEntry(from: entry).map { UInt64($0) } ?? .max
    case 1:
      do throws(MapError) { return try keyAddress(index, of: map, entry: entry) } catch { throw .badMap }
    default: return valueAddress(index, of: map) + UInt64(entry * map.valueStride)
    }
  }

  private static func status(_ body: () throws(MapError) -> Void) -> UInt64 {
    do throws(MapError) {
      try body()
      return 0
    } catch { return UInt64(bitPattern: error.errorNumber) }
  }
}

/// The numbers under which programs of uIO call the helpers for maps that uIO's prototype does not have: Linux's.
extension MapSet {
  /// Carries out a map helper by its number in `HelperTable.uio`; `nil` for other helpers.
  public func call(_ number: Int32, _ arguments: HelperArguments) throws(HelperFault) -> UInt64? {
    switch number {
    case 16: try lookup(arguments)
    case 17: try update(arguments)
    case 18: try remove(arguments)
    default: try callShared(number, arguments)
    }
  }

  /// Carries out a map helper by its number in Linux; `nil` for other helpers.
  public func callLinux(_ number: Int32, _ arguments: HelperArguments) throws(HelperFault) -> UInt64? {
    switch number {
    case 1: try lookup(arguments)
    case 2: try update(arguments)
    case 3: try remove(arguments)
    default: try callShared(number, arguments)
    }
  }

  private func callShared(_ number: Int32, _ arguments: HelperArguments) throws(HelperFault) -> UInt64? {
    switch number {
    case 87: try push(arguments)
    case 88: try next(arguments, removing: true)
    case 89: try next(arguments, removing: false)
    case 130: try output(arguments)
    case 131: try reserve(arguments)
    case 132: try release(arguments, submitting: true)
    case 133: try release(arguments, submitting: false)
    case 134: try query(arguments)
    case 164: try visit(arguments.r1, arguments.r2, arguments.r3)
    default: nil
    }
  }
}
