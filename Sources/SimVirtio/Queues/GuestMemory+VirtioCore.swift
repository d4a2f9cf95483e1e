import SimMemory
import VirtioCore

extension GuestMemory: GuestMemoryAccess {
  public func load16(at address: UInt64) -> UInt16? { read16(address) }
  public func load32(at address: UInt64) -> UInt32? { read32(address) }
  public func load64(at address: UInt64) -> UInt64? { read64(address) }
  public func store16(_ value: UInt16, at address: UInt64) -> Bool { write16(value, at: address) }
  public func store32(_ value: UInt32, at address: UInt64) -> Bool { write32(value, at: address) }
  public func store64(_ value: UInt64, at address: UInt64) -> Bool { write64(value, at: address) }

  public func copyBytes(from address: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    read(address, into: buffer)
  }

  public func copyBytes(_ bytes: UnsafeRawBufferPointer, to address: UInt64) -> Bool {
    write(bytes, at: address)
  }

  /// Nothing to order: the guest stands still while a device works.
  public func barrier() {}
}
