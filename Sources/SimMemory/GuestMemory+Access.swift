/// Checked access by guest-physical address. Reads return `nil`, and writes `false` with nothing written, when any of
/// their bytes is not RAM. Integers are little-endian and need no alignment.
extension GuestMemory {
  public func load<T: FixedWidthInteger>(_ address: UInt64, as type: T.Type) -> T? {
    guard contains(address, count: UInt64(MemoryLayout<T>.size)) else { return nil }
    return T(littleEndian: base.loadUnaligned(fromByteOffset: Int(address), as: type))
  }

  @inline(__always) public func read8(_ address: UInt64) -> UInt8? { load(address, as: UInt8.self) }
  @inline(__always) public func read16(_ address: UInt64) -> UInt16? { load(address, as: UInt16.self) }
  @inline(__always) public func read32(_ address: UInt64) -> UInt32? { load(address, as: UInt32.self) }
  @inline(__always) public func read64(_ address: UInt64) -> UInt64? { load(address, as: UInt64.self) }

  public func store<T: FixedWidthInteger>(_ value: T, at address: UInt64) -> Bool {
    guard contains(address, count: UInt64(MemoryLayout<T>.size)) else { return false }
    observer?.willWrite(address, count: MemoryLayout<T>.size)
    base.storeBytes(of: value.littleEndian, toByteOffset: Int(address), as: T.self)
    noteWrite(address, MemoryLayout<T>.size)
    return true
  }

  @inline(__always) public func write8(_ value: UInt8, at address: UInt64) -> Bool { store(value, at: address) }
  @inline(__always) public func write16(_ value: UInt16, at address: UInt64) -> Bool { store(value, at: address) }
  @inline(__always) public func write32(_ value: UInt32, at address: UInt64) -> Bool { store(value, at: address) }
  @inline(__always) public func write64(_ value: UInt64, at address: UInt64) -> Bool { store(value, at: address) }

  /// The `count` bytes from `address`. Nothing is allocated for a range that is not RAM.
  public func read(_ address: UInt64, count: Int) -> [UInt8]? {
    withBytes(address, count: count) { [UInt8]($0) }
  }

  /// Copies from guest memory to `destination`, as many bytes as it has.
  public func read(_ address: UInt64, into destination: UnsafeMutableRawBufferPointer) -> Bool {
    withBytes(address, count: destination.count) { destination.copyMemory(from: $0) } != nil
  }

  public func write(_ bytes: [UInt8], at address: UInt64) -> Bool {
    bytes.withUnsafeBytes { write($0, at: address) }
  }

  public func write(_ bytes: UnsafeRawBufferPointer, at address: UInt64) -> Bool {
    guard contains(address, count: UInt64(bytes.count)) else { return false }
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return true }
    observer?.willWrite(address, count: bytes.count)
    (base + Int(address)).copyMemory(from: source, byteCount: bytes.count)
    noteWrite(address, bytes.count)
    return true
  }

  /// Sets `count` bytes from `address` to `byte`.
  public func fill(_ address: UInt64, count: Int, with byte: UInt8) -> Bool {
    guard count >= 0, contains(address, count: UInt64(count)) else { return false }
    if count > 0 { observer?.willWrite(address, count: count) }
    (base + Int(address)).initializeMemory(as: UInt8.self, repeating: byte, count: count)
    noteWrite(address, count)
    return true
  }

  /// Lends the bytes themselves, without a copy, for the time of `body`.
  public func withBytes<R>(_ address: UInt64, count: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R? {
    guard count >= 0, contains(address, count: UInt64(count)) else { return nil }
    return try body(UnsafeRawBufferPointer(start: base + Int(address), count: count))
  }
}
