/// A set of feature bits, those of the device type (0 to 23, 50 to 127) and the reserved ones (virtio 1.2, sections 2.2
/// and 6). Bits from 64 are not in use by any device here.
public struct Features: OptionSet, Sendable {
  public var rawValue: UInt64

  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// The bit with the given number, 0 to 63.
  public init(bit: UInt8) {
    rawValue = 1 << UInt64(bit & 63)
  }

  /// VIRTIO_F_INDIRECT_DESC.
  public static let indirectDescriptors = Features(bit: 28)
  /// VIRTIO_F_EVENT_IDX.
  public static let eventIndex = Features(bit: 29)
  /// VIRTIO_F_VERSION_1: not a legacy device.
  public static let version1 = Features(bit: 32)
  /// VIRTIO_F_ACCESS_PLATFORM.
  public static let accessPlatform = Features(bit: 33)
  /// VIRTIO_F_RING_PACKED.
  public static let packedRing = Features(bit: 34)
  /// VIRTIO_F_IN_ORDER.
  public static let inOrder = Features(bit: 35)
  /// VIRTIO_F_RING_RESET.
  public static let ringReset = Features(bit: 40)

  /// VIRTIO_CONSOLE_F_SIZE: the configuration has columns and rows (section 5.3.3).
  public static let consoleSize = Features(bit: 0)
  /// VIRTIO_CONSOLE_F_MULTIPORT (section 5.3.3).
  public static let consoleMultiport = Features(bit: 1)

  /// VIRTIO_9P_MOUNT_TAG: the configuration has a mount tag.
  public static let mountTag = Features(bit: 0)

  /// VIRTIO_BLK_F_SIZE_MAX (section 5.2.3).
  public static let blockSizeMax = Features(bit: 1)
  /// VIRTIO_BLK_F_SEG_MAX (section 5.2.3).
  public static let blockSegmentsMax = Features(bit: 2)
  /// VIRTIO_BLK_F_RO (section 5.2.3).
  public static let blockReadOnly = Features(bit: 5)
  /// VIRTIO_BLK_F_BLK_SIZE (section 5.2.3).
  public static let blockSize = Features(bit: 6)
  /// VIRTIO_BLK_F_FLUSH (section 5.2.3).
  public static let blockFlush = Features(bit: 9)
  /// VIRTIO_BLK_F_DISCARD (section 5.2.3).
  public static let blockDiscard = Features(bit: 13)
  /// VIRTIO_BLK_F_WRITE_ZEROES (section 5.2.3).
  public static let blockWriteZeroes = Features(bit: 14)
}
