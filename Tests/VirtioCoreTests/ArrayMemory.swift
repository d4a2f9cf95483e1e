import VirtioCore

/// Guest memory for tests: an array of bytes from address 0x1000.
final class ArrayMemory: GuestMemoryAccess {
  static let base: UInt64 = 0x1000
  private(set) var bytes: [UInt8]

  init(count: Int = 0x10000) {
    bytes = [UInt8](repeating: 0xee, count: count)
  }

  func contains(_ address: UInt64, count: UInt64) -> Bool {
    range(address, count) != nil
  }

  private func range(_ address: UInt64, _ count: UInt64) -> Range<Int>? {
    let end = Self.base + UInt64(bytes.count)
    guard address >= Self.base, address <= end, count <= end - address else { return nil }
    let start = Int(address - Self.base)
    return start..<start + Int(count)
  }

  private func load<T: FixedWidthInteger>(_ type: T.Type, _ address: UInt64) -> T? {
    guard let range = range(address, UInt64(T.bitWidth / 8)) else { return nil }
    return bytes[range].reversed().reduce(0) { $0 << 8 | T($1) }
  }

  private func store<T: FixedWidthInteger>(_ value: T, _ address: UInt64) -> Bool {
    withUnsafeBytes(of: value.littleEndian) { copyBytes($0, to: address) }
  }

  func load16(at address: UInt64) -> UInt16? { load(UInt16.self, address) }
  func load32(at address: UInt64) -> UInt32? { load(UInt32.self, address) }
  func load64(at address: UInt64) -> UInt64? { load(UInt64.self, address) }
  func store16(_ value: UInt16, at address: UInt64) -> Bool { store(value, address) }
  func store32(_ value: UInt32, at address: UInt64) -> Bool { store(value, address) }
  func store64(_ value: UInt64, at address: UInt64) -> Bool { store(value, address) }

  func copyBytes(from address: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard let range = range(address, UInt64(buffer.count)) else { return false }
    buffer.copyBytes(from: bytes[range])
    return true
  }

  func copyBytes(_ source: UnsafeRawBufferPointer, to address: UInt64) -> Bool {
    guard let range = range(address, UInt64(source.count)) else { return false }
    bytes.replaceSubrange(range, with: source)
    return true
  }

  func barrier() {}
}

extension QueueLayout {
  /// A queue of `size` at fixed places of ``ArrayMemory``.
  static func sample(size: UInt16) -> QueueLayout {
    QueueLayout(size: size, descriptors: 0x1000, driver: 0x3000, device: 0x4000)
  }
}
