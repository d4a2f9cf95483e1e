/// Where the three parts of a virtqueue lie in guest-physical memory.
///
/// For a split queue these are the descriptor table, the available ring and the used ring (virtio 1.2, section 2.7); for
/// a packed one the descriptor ring and the driver's and the device's event suppression structures (section 2.8).
public struct QueueLayout: Equatable, Sendable {
  /// The number of descriptors: 1 to 32,768, for a split queue a power of two.
  public var size: UInt16
  public var descriptors: UInt64
  /// The driver area: written by the driver.
  public var driver: UInt64
  /// The device area: written by the device.
  public var device: UInt64

  /// The greatest size of a queue of either kind.
  public static let sizeMax: UInt16 = 32_768

  public init(size: UInt16, descriptors: UInt64, driver: UInt64, device: UInt64) {
    self.size = size
    self.descriptors = descriptors
    self.driver = driver
    self.device = device
  }
}

/// The arithmetic of the split layout (virtio 1.2, sections 2.7.5 to 2.7.8), all in bytes.
public enum SplitLayout {
  public static let descriptorBytes: UInt64 = 16
  public static let descriptorAlignment: UInt64 = 16
  public static let driverAlignment: UInt64 = 2
  public static let deviceAlignment: UInt64 = 4

  public static func descriptorTableBytes(size: UInt16) -> UInt64 { descriptorBytes &* UInt64(size) }
  public static func availableRingBytes(size: UInt16) -> UInt64 { 6 &+ 2 &* UInt64(size) }
  public static func usedRingBytes(size: UInt16) -> UInt64 { 6 &+ 8 &* UInt64(size) }

  /// The offset of `idx` in both rings; `flags` is at 0.
  public static let indexOffset: UInt64 = 2
  public static func availableEntryOffset(_ slot: UInt16) -> UInt64 { 4 &+ 2 &* UInt64(slot) }
  public static func usedEntryOffset(_ slot: UInt16) -> UInt64 { 4 &+ 8 &* UInt64(slot) }
  /// The offset of `used_event` in the available ring.
  public static func usedEventOffset(size: UInt16) -> UInt64 { 4 &+ 2 &* UInt64(size) }
  /// The offset of `avail_event` in the used ring.
  public static func availableEventOffset(size: UInt16) -> UInt64 { 4 &+ 8 &* UInt64(size) }

  /// `VIRTQ_AVAIL_F_NO_INTERRUPT`, in the flags of the available ring.
  public static let noInterrupt: UInt16 = 1
  /// `VIRTQ_USED_F_NO_NOTIFY`, in the flags of the used ring.
  public static let noNotify: UInt16 = 1
}

/// The arithmetic of the packed layout (virtio 1.2, section 2.8), all in bytes.
public enum PackedLayout {
  public static let descriptorBytes: UInt64 = 16
  public static let descriptorAlignment: UInt64 = 16
  public static let eventBytes: UInt64 = 4
  public static let eventAlignment: UInt64 = 4

  public static func descriptorRingBytes(size: UInt16) -> UInt64 { descriptorBytes &* UInt64(size) }

  public static let lengthOffset: UInt64 = 8
  public static let idOffset: UInt64 = 12
  public static let flagsOffset: UInt64 = 14
  /// The offset of the flags in an event suppression structure; the descriptor's place and wrap counter are at 0.
  public static let eventFlagsOffset: UInt64 = 2
}

extension QueueLayout {
  /// Whether a split queue may lie here: size, alignment, all of it memory.
  public func isValidSplit<Memory: GuestMemoryAccess>(in memory: Memory) -> Bool {
    size != 0 && size <= Self.sizeMax && size & (size &- 1) == 0
      && descriptors % SplitLayout.descriptorAlignment == 0 && driver % SplitLayout.driverAlignment == 0
      && device % SplitLayout.deviceAlignment == 0
      && memory.contains(descriptors, count: SplitLayout.descriptorTableBytes(size: size))
      && memory.contains(driver, count: SplitLayout.availableRingBytes(size: size))
      && memory.contains(device, count: SplitLayout.usedRingBytes(size: size))
  }

  /// Whether a packed queue may lie here: size, alignment, all of it memory.
  public func isValidPacked<Memory: GuestMemoryAccess>(in memory: Memory) -> Bool {
    size != 0 && size <= Self.sizeMax
      && descriptors % PackedLayout.descriptorAlignment == 0 && driver % PackedLayout.eventAlignment == 0
      && device % PackedLayout.eventAlignment == 0
      && memory.contains(descriptors, count: PackedLayout.descriptorRingBytes(size: size))
      && memory.contains(driver, count: PackedLayout.eventBytes)
      && memory.contains(device, count: PackedLayout.eventBytes)
  }
}
