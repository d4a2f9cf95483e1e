import VirtioCore

/// The part of guest memory that devices reach, as a hypervisor gives it to them by an IOMMU or by a table of shared memory. Rings and
/// buffers anywhere else are errors of the driver, whoever has written the descriptor.
public struct DMAWindow: Equatable, Sendable, Codable {
  /// The guest-physical address of its first byte.
  public var address: UInt64
  /// Its size in bytes.
  public var bytes: UInt64

  /// - Parameters:
  ///   - address: guest-physical.
  ///   - bytes: 1 at least; the end must not lie beyond 2^64.
  public init(address: UInt64, bytes: UInt64) {
    (self.address, self.bytes) = (address, bytes)
  }

  /// Whether all of `count` bytes from `start` on lie in it.
  public func contains(_ start: UInt64, count: UInt64) -> Bool {
    start >= address && start &- address <= bytes && count <= bytes &- (start &- address)
  }
}

extension QueueRules {
  /// Refuses what a device must not reach.
  func admit(_ address: UInt64, count: UInt64) throws(QueueError) {
    guard let window = dmaWindow, !window.contains(address, count: count) else { return }
    throw .outsideWindow(address: address, length: count)
  }

  /// Refuses a split queue any part of which the device must not reach.
  func admitSplit(_ layout: QueueLayout) throws(QueueError) {
    try admit(layout.descriptors, count: SplitLayout.descriptorTableBytes(size: layout.size))
    try admit(layout.driver, count: SplitLayout.availableRingBytes(size: layout.size))
    try admit(layout.device, count: SplitLayout.usedRingBytes(size: layout.size))
  }

  /// The same of a packed queue.
  func admitPacked(_ layout: QueueLayout) throws(QueueError) {
    try admit(layout.descriptors, count: PackedLayout.descriptorRingBytes(size: layout.size))
    try admit(layout.driver, count: PackedLayout.eventBytes)
    try admit(layout.device, count: PackedLayout.eventBytes)
  }
}
