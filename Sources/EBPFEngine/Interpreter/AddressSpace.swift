/// What a program may do with a region of memory.
public struct MemoryRights: OptionSet, Equatable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let read = MemoryRights(rawValue: 1)
  public static let write = MemoryRights(rawValue: 2)
  public static let readWrite: MemoryRights = [.read, .write]
}

/// Why a region was not added.
public enum AddressSpaceError: UInt8, Error, Equatable, Sendable {
  case tooManyRegions, wrapsAround, overlaps, unknownRegion
  /// The address of a region differs from that of its storage, in a space of real addresses.
  case notRealAddress
}

/// Names a region of one address space.
public struct RegionID: Equatable, Sendable {
  let index: Int
}

/// One region as the interpreter reads it: a single unsigned comparison of the offset with the limit of the access
/// decides both bounds and rights. A limit is the number of valid start offsets, 0 where the right is missing.
struct RegionEntry {
  var base: UInt64 = 0
  /// Never followed while the limits are 0.
  var storage: UnsafeMutableRawPointer
  var readLimits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  var writeLimits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  var size: UInt64 = 0
  var rights: MemoryRights = []

  init(storage: UnsafeMutableRawPointer) { self.storage = storage }

  mutating func updateLimits() {
    let size = size
    func limits(_ allowed: Bool) -> (UInt64, UInt64, UInt64, UInt64) {
      func limit(_ bytes: UInt64) -> UInt64 { allowed && size >= bytes ? size &- bytes &+ 1 : 0 }
      return (limit(1), limit(2), limit(4), limit(8))
    }
    readLimits = limits(rights.contains(.read))
    writeLimits = limits(rights.contains(.write))
  }
}

/// The memory that programs see: their stack and the regions that the host adds (context, map values, data of the
/// object). Every region has an address that the program uses (virtual, or the real one) and storage owned by the
/// host, which must outlive the region. One run at a time uses an address space.
public final class AddressSpace {
  /// Bytes of stack that each function call has (RFC 9669 leaves it to the platform; Linux's MAX_BPF_STACK).
  public static let frameSize = 512
  /// Nested function calls, the program itself included (Linux's MAX_CALL_FRAMES).
  public static let maximumCallDepth = 8
  /// Regions of one address space, the stack included.
  public static let maximumRegionCount = 64
  /// Address of the stack's lowest byte unless the host chooses another.
  public static let defaultStackBase: UInt64 = 0x7f00_0000_0000

  let entries: UnsafeMutablePointer<RegionEntry>
  let stack: UnsafeMutableRawPointer
  private let stackBase: UInt64
  /// Whether programs use the addresses of the storage itself, as code without checks has to.
  public let hasRealAddresses: Bool
  private var count = 1
  /// Set while a program runs here.
  var isRunning = false

  static var stackSize: Int { frameSize * maximumCallDepth }

  public convenience init(stackBase: UInt64 = AddressSpace.defaultStackBase) {
    // A stack that would wrap around gets the default place instead: the base is the host's own choice.
    self.init(base: stackBase <= UInt64.max - UInt64(Self.stackSize) ? stackBase : Self.defaultStackBase)
  }

  /// A space in which every address is that of the storage behind it.
  public static func ofRealAddresses() -> AddressSpace { AddressSpace(base: nil) }

  private init(base: UInt64?) {
    stack = .allocate(byteCount: Self.stackSize, alignment: 16)
    stackBase = base ?? UInt64(UInt(bitPattern: stack))
    hasRealAddresses = base == nil
    stack.initializeMemory(as: UInt8.self, repeating: 0, count: Self.stackSize)
    entries = .allocate(capacity: Self.maximumRegionCount)
    entries.initialize(repeating: RegionEntry(storage: stack), count: Self.maximumRegionCount)
    setStackDepth(1)
  }

  deinit {
    entries.deallocate()
    stack.deallocate()
  }

  /// Address just above the first frame: r10 when a program starts.
  public var stackTop: UInt64 { stackBase &+ UInt64(Self.stackSize) }

  /// What to add to an address in the stack to get its storage.
  var stackDelta: UInt64 { UInt64(UInt(bitPattern: stack)) &- stackBase }

  /// Writes zeros to the top `size` bytes.
  func clearStack(_ size: Int) {
    (stack + (Self.stackSize - size)).initializeMemory(as: UInt8.self, repeating: 0, count: size)
  }

  /// Makes exactly the frames of `depth` nested calls accessible.
  func setStackDepth(_ depth: Int) {
    let size = Self.frameSize * depth
    entries[0].base = stackTop &- UInt64(size)
    entries[0].storage = stack + (Self.stackSize - size)
    entries[0].size = UInt64(size)
    entries[0].rights = .readWrite
    entries[0].updateLimits()
  }

  /// Adds a region of `size` bytes (0 is allowed and never accessible) at address `base`.
  public func addRegion(
    _ storage: UnsafeMutableRawPointer, size: Int, base: UInt64, rights: MemoryRights
  ) throws(AddressSpaceError) -> RegionID {
    guard count < Self.maximumRegionCount else { throw .tooManyRegions }
    let id = RegionID(index: count)
    try place(id, storage, size: size, base: base, rights: rights)
    count += 1
    return id
  }

  /// Adds a region at the address of its storage.
  public func addRegion(
    _ storage: UnsafeMutableRawPointer, size: Int, rights: MemoryRights
  ) throws(AddressSpaceError) -> RegionID {
    try addRegion(storage, size: size, base: UInt64(UInt(bitPattern: storage)), rights: rights)
  }

  /// Gives a region another place, size or rights: a new context for the next run, or size 0 to withdraw it.
  public func moveRegion(
    _ id: RegionID, to storage: UnsafeMutableRawPointer, size: Int, base: UInt64, rights: MemoryRights
  ) throws(AddressSpaceError) {
    guard id.index > 0 && id.index < count else { throw .unknownRegion }
    try place(id, storage, size: size, base: base, rights: rights)
  }

  private func place(
    _ id: RegionID, _ storage: UnsafeMutableRawPointer, size: Int, base: UInt64, rights: MemoryRights
  ) throws(AddressSpaceError) {
    guard let size = UInt64(exactly: size), base <= UInt64.max - size else { throw .wrapsAround }
    guard !hasRealAddresses || base == UInt64(UInt(bitPattern: storage)) else { throw .notRealAddress }
    for index in 0..<count where index != id.index {
      let other = index == 0 ? stackBase : entries[index].base
      let otherSize = index == 0 ? UInt64(Self.stackSize) : entries[index].size
      let isApart = base + size <= other || other + otherSize <= base
      guard isApart || size == 0 || otherSize == 0 else { throw .overlaps }
    }
    entries[id.index].base = base
    entries[id.index].storage = storage
    entries[id.index].size = size
    entries[id.index].rights = rights
    entries[id.index].updateLimits()
  }

  /// Storage behind `size` bytes at `address`, when one region holds them all and grants `rights`. Helpers check every
  /// pointer that a program hands them here. A size of 0 needs an address inside a region.
  public func pointer(to address: UInt64, size: Int, rights: MemoryRights) -> UnsafeMutableRawPointer? {
    guard let size = UInt64(exactly: size) else { return nil }
    for index in 0..<count {
      let entry = entries[index]
      let offset = address &- entry.base
      guard offset < entry.size, entry.size - offset >= size, entry.rights.isSuperset(of: rights) else { continue }
      return entry.storage + Int(truncatingIfNeeded: offset)
    }
    return nil
  }

  /// Bytes from `address` up to, not including, the first zero byte; `nil` when no zero byte comes before the end of
  /// the region or within `limit` bytes.
  public func string(at address: UInt64, limit: Int) -> UnsafeRawBufferPointer? {
    for index in 0..<count {
      let entry = entries[index]
      let offset = address &- entry.base
      guard offset < entry.size, entry.rights.contains(.read) else { continue }
      let start = entry.storage + Int(truncatingIfNeeded: offset)
      let available = Int(truncatingIfNeeded: min(entry.size - offset, UInt64(max(limit, 0))))
      for length in 0..<available where start.load(fromByteOffset: length, as: UInt8.self) == 0 {
        return UnsafeRawBufferPointer(start: start, count: length)
      }
      return nil
    }
    return nil
  }

  /// Index of the region that grants the access, for the interpreter's caches.
  func regionIndex(of address: UInt64, size: UInt64, rights: MemoryRights) -> Int? {
    for index in 0..<count {
      let offset = address &- entries[index].base
      let bound = entries[index].size
      if offset < bound && bound - offset >= size && entries[index].rights.isSuperset(of: rights) { return index }
    }
    return nil
  }
}
