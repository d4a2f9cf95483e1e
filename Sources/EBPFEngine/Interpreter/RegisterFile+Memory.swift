// Loads, stores and atomic operations between the registers and checked memory. Unaligned addresses work, as on the
// platforms that run these programs; whether alignment is asked for is the verifier's policy.
extension RegisterFile {
  @inline(__always) func loadAddress(_ pc: OperationPointer) -> UInt64 {
    self[pc.pointee.source] &+ UInt64(bitPattern: pc.pointee.immediate)
  }

  @inline(__always) func storeAddress(_ pc: OperationPointer) -> UInt64 {
    self[pc.pointee.destination] &+ UInt64(bitPattern: pc.pointee.immediate)
  }

  @inline(__always) func storeImmediateAddress(_ pc: OperationPointer) -> UInt64 {
    self[pc.pointee.destination] &+ UInt64(bitPattern: pc.pointee.immediate >> 32)
  }

  /// Sign-extends when `T` is signed. `false` when the access is not allowed.
  @inline(__always) func load<T: FixedWidthInteger & BitwiseCopyable>(
    _ pc: OperationPointer, _ type: T.Type, _ entries: UnsafeMutablePointer<RegionEntry>, _ space: AddressSpace
  ) -> Bool {
    guard let storage = MemoryAccess.readable(loadAddress(pc), type, pc, entries, space) else { return false }
    self[pc.pointee.destination] = UInt64(truncatingIfNeeded: storage.loadUnaligned(as: type))
    return true
  }

  @inline(__always) func store<T: FixedWidthInteger & BitwiseCopyable>(
    _ pc: OperationPointer, _ type: T.Type, _ entries: UnsafeMutablePointer<RegionEntry>, _ space: AddressSpace
  ) -> Bool {
    guard let storage = MemoryAccess.writable(storeAddress(pc), type, pc, entries, space) else { return false }
    storage.storeBytes(of: T(truncatingIfNeeded: self[pc.pointee.source]), as: type)
    return true
  }

  @inline(__always) func storeImmediate<T: FixedWidthInteger & BitwiseCopyable>(
    _ pc: OperationPointer, _ type: T.Type, _ entries: UnsafeMutablePointer<RegionEntry>, _ space: AddressSpace
  ) -> Bool {
    guard let storage = MemoryAccess.writable(storeImmediateAddress(pc), type, pc, entries, space) else {
      return false
    }
    let value = Int32(truncatingIfNeeded: pc.pointee.immediate)
    storage.storeBytes(of: T(truncatingIfNeeded: value), as: type)
    return true
  }

  /// Programs are never preempted by other programs of the same memory, so a plain read and write is atomic enough.
  /// The region must grant both rights.
  @inline(__always) func atomic<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ pc: OperationPointer, _ type: T.Type, _ entries: UnsafeMutablePointer<RegionEntry>, _ space: AddressSpace
  ) -> Fault.Kind? {
    let address = storeAddress(pc)
    let bytes = UInt8(T.bitWidth / 8)
    guard let storage = MemoryAccess.writable(address, type, pc, entries, space) else {
      return .write(address: address, size: bytes)
    }
    guard MemoryAccess.readable(address, type, pc, entries, space) != nil else {
      return .read(address: address, size: bytes)
    }
    let old = storage.loadUnaligned(as: type)
    let operand = T(truncatingIfNeeded: self[pc.pointee.source])
    let result: T
    switch AtomicOperation(rawValue: pc.pointee.detail) ?? .exchange {
    case .add, .fetchAdd: result = old &+ operand
    case .or, .fetchOr: result = old | operand
    case .and, .fetchAnd: result = old & operand
    case .xor, .fetchXor: result = old ^ operand
    case .exchange: result = operand
    case .compareExchange: result = old == T(truncatingIfNeeded: self[0]) ? operand : old
    }
    storage.storeBytes(of: result, as: type)
    let operation = pc.pointee.detail
    if operation == AtomicOperation.compareExchange.rawValue {
      self[0] = UInt64(old)
    } else if operation >= AtomicOperation.fetchAdd.rawValue {
      self[pc.pointee.source] = UInt64(old)
    }
    return nil
  }

  // MARK: One-operand forms

  @inline(__always) func replace(_ pc: OperationPointer, _ f: (UInt64) -> UInt64) {
    self[pc.pointee.destination] = f(self[pc.pointee.destination])
  }

  @inline(__always) func extend<T: FixedWidthInteger>(_ pc: OperationPointer, _: T.Type) {
    self[pc.pointee.destination] = UInt64(truncatingIfNeeded: T(truncatingIfNeeded: self[pc.pointee.source]))
  }

  @inline(__always) func extendNarrow<T: FixedWidthInteger>(_ pc: OperationPointer, _: T.Type) {
    let extended = UInt32(truncatingIfNeeded: T(truncatingIfNeeded: self[pc.pointee.source]))
    self[pc.pointee.destination] = UInt64(extended)
  }
}
