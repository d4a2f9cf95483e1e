/// Checked addresses for the interpreter's loads and stores. Every memory instruction remembers the region that was
/// right the last time; one comparison with that region's limit is then the whole check. A miss searches all regions.
enum MemoryAccess {
  @inline(__always) private static func limit<T: FixedWidthInteger>(
    _ limits: (UInt64, UInt64, UInt64, UInt64), _: T.Type
  ) -> UInt64 {
    switch T.bitWidth {
    case 8: limits.0
    case 16: limits.1
    case 32: limits.2
    default: limits.3
    }
  }

  @inline(__always) private static func entry(
    _ entries: UnsafeMutablePointer<RegionEntry>, _ pc: OperationPointer
  ) -> UnsafeMutablePointer<RegionEntry> {
    let address = UnsafeMutableRawPointer(entries) + Int(pc.pointee.auxiliary)
    return address.assumingMemoryBound(to: RegionEntry.self)
  }

  /// Storage to read a `T` from, or `nil`.
  @inline(__always) static func readable<T: FixedWidthInteger>(
    _ address: UInt64, _ type: T.Type, _ pc: OperationPointer, _ entries: UnsafeMutablePointer<RegionEntry>,
    _ space: AddressSpace
  ) -> UnsafeMutableRawPointer? {
    let entry = entry(entries, pc)
    let offset = address &- entry.pointee.base
    if offset < limit(entry.pointee.readLimits, type) {
      return entry.pointee.storage + Int(bitPattern: UInt(offset))
    }
    return search(address, UInt64(T.bitWidth / 8), .read, pc, space)
  }

  /// Storage to write a `T` to, or `nil`.
  @inline(__always) static func writable<T: FixedWidthInteger>(
    _ address: UInt64, _ type: T.Type, _ pc: OperationPointer, _ entries: UnsafeMutablePointer<RegionEntry>,
    _ space: AddressSpace
  ) -> UnsafeMutableRawPointer? {
    let entry = entry(entries, pc)
    let offset = address &- entry.pointee.base
    if offset < limit(entry.pointee.writeLimits, type) {
      return entry.pointee.storage + Int(bitPattern: UInt(offset))
    }
    return search(address, UInt64(T.bitWidth / 8), .write, pc, space)
  }

  @inline(never) static func search(
    _ address: UInt64, _ size: UInt64, _ rights: MemoryRights, _ pc: OperationPointer, _ space: AddressSpace
  ) -> UnsafeMutableRawPointer? {
    guard let index = space.regionIndex(of: address, size: size, rights: rights) else { return nil }
    // At most 64 entries of 104 bytes: the offset is small.
    pc.pointee.auxiliary = Int32(truncatingIfNeeded: index * MemoryLayout<RegionEntry>.stride)
    let entry = space.entries[index]
    return entry.storage + Int(bitPattern: UInt(address &- entry.base))
  }
}
