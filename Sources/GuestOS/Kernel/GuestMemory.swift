import GuestBoot
import VirtioCore

/// The unikernel's identity-mapped memory, as its own virtqueues see it.
struct GuestMemory: GuestMemoryAccess {
  nonisolated(unsafe) static var end: UInt64 = 0

  func contains(_ address: UInt64, count: UInt64) -> Bool {
    address != 0 && address <= Self.end && count <= Self.end &- address
  }

  func load16(at address: UInt64) -> UInt16? { contains(address, count: 2) ? volatile_read16(address) : nil }
  func load32(at address: UInt64) -> UInt32? { contains(address, count: 4) ? volatile_read32(address) : nil }
  func load64(at address: UInt64) -> UInt64? { contains(address, count: 8) ? volatile_read64(address) : nil }

  func store16(_ value: UInt16, at address: UInt64) -> Bool {
    guard contains(address, count: 2) else { return false }
    volatile_write16(address, value)
    return true
  }

  func store32(_ value: UInt32, at address: UInt64) -> Bool {
    guard contains(address, count: 4) else { return false }
    volatile_write32(address, value)
    return true
  }

  func store64(_ value: UInt64, at address: UInt64) -> Bool {
    guard contains(address, count: 8) else { return false }
    volatile_write64(address, value)
    return true
  }

  func copyBytes(from address: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard contains(address, count: UInt64(buffer.count)) else { return false }
    guard let target = buffer.baseAddress, let source = UnsafeRawPointer(bitPattern: UInt(address)) else { return true }
    target.copyMemory(from: source, byteCount: buffer.count)
    return true
  }

  func copyBytes(_ bytes: UnsafeRawBufferPointer, to address: UInt64) -> Bool {
    guard contains(address, count: UInt64(bytes.count)) else { return false }
    guard let source = bytes.baseAddress, let target = UnsafeMutableRawPointer(bitPattern: UInt(address)) else {
      return true
    }
    target.copyMemory(from: source, byteCount: bytes.count)
    return true
  }

  func barrier() { memory_fence() }
}
