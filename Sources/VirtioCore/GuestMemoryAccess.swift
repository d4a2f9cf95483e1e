/// Guest-physical memory as a virtqueue sees it: every access is checked, and one that does not fit is a result.
///
/// The simulator's memory and the guest's identity-mapped memory both conform. Use it as a generic constraint, so that
/// the guest's build (Embedded Swift) specialises every call. Values are little-endian (virtio 1.2, section 1.4).
public protocol GuestMemoryAccess {
  /// Whether all of `count` bytes from `address` are memory; true for an empty range inside memory.
  func contains(_ address: UInt64, count: UInt64) -> Bool

  /// The value at `address`, or nil when it is not all memory. The address needs no alignment.
  func load16(at address: UInt64) -> UInt16?
  /// The value at `address`, or nil when it is not all memory. The address needs no alignment.
  func load32(at address: UInt64) -> UInt32?
  /// The value at `address`, or nil when it is not all memory. The address needs no alignment.
  func load64(at address: UInt64) -> UInt64?

  /// Stores `value`; false, with nothing written, when the place is not all memory.
  func store16(_ value: UInt16, at address: UInt64) -> Bool
  /// Stores `value`; false, with nothing written, when the place is not all memory.
  func store32(_ value: UInt32, at address: UInt64) -> Bool
  /// Stores `value`; false, with nothing written, when the place is not all memory.
  func store64(_ value: UInt64, at address: UInt64) -> Bool

  /// Fills `buffer` from `address`; false, with nothing read, when the range is not all memory.
  func copyBytes(from address: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Bool
  /// Writes all of `bytes` to `address`; false, with nothing written, when the range is not all memory.
  func copyBytes(_ bytes: UnsafeRawBufferPointer, to address: UInt64) -> Bool

  /// Orders every access before it against every access after it, as the other side of a queue sees them.
  ///
  /// The simulator runs both sides in turn and needs nothing; a guest on real processors needs a full fence.
  func barrier()
}
