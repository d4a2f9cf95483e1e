/// What checked code calls when the region of the last time does not grant an access.
enum RegionSearch {
  /// Takes the run's state, the program's address and the site; gives storage, or nothing after it noted the fault.
  typealias Function = @convention(c) (UnsafeMutableRawPointer, UInt64, UInt64) -> UnsafeMutableRawPointer?

  static let function: Function = { state, address, site in
    guard let owner = state.load(fromByteOffset: Int(RunState.searchOwner), as: UnsafeRawPointer?.self) else {
      return nil
    }
    return Unmanaged<NativeProgram>.fromOpaque(owner).takeUnretainedValue()
      .storage(of: address, site: Int(truncatingIfNeeded: site))
  }
}

extension NativeProgram {
  fileprivate func storage(of address: UInt64, site: Int) -> UnsafeMutableRawPointer? {
    let code = executable.operations[Int(sites[site].operation)].code
    let (size, rights) = code.access
    // The interpreter tries the right to write first.
    for right in [MemoryRights.write, .read] where rights.contains(right) {
      guard let index = space.regionIndex(of: address, size: size, rights: right) else {
        set(RunState.end, (right == .read ? RunEnd.readFault : .writeFault).rawValue)
        set(RunState.address, address)
        set(RunState.place, UInt64(site))
        return nil
      }
      let entry = space.entries + index
      set(RunState.cache(site), pointer: entry)
    }
    let entry = UnsafePointer<RegionEntry>(bitPattern: UInt(word(RunState.cache(site))))
    return entry.map { $0.pointee.storage + Int(bitPattern: UInt(address &- $0.pointee.base)) }
  }
}

extension Code {
  /// Bytes and rights of an access to memory.
  var access: (size: UInt64, rights: MemoryRights) {
    switch self {
    case .load8, .loadSigned8: (1, .read)
    case .load16, .loadSigned16: (2, .read)
    case .load32, .loadSigned32: (4, .read)
    case .load64: (8, .read)
    case .store8, .storeImmediate8: (1, .write)
    case .store16, .storeImmediate16: (2, .write)
    case .store32, .storeImmediate32: (4, .write)
    case .store64, .storeImmediate64: (8, .write)
    case .atomic32: (4, .readWrite)
    case .atomic64: (8, .readWrite)
    default: (0, [])
    }
  }
}
