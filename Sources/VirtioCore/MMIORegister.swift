/// The registers of a virtio-mmio device, by offset in bytes (virtio 1.2, section 4.2.2).
public enum MMIORegister: UInt64, Sendable, CaseIterable {
  case magicValue = 0x000
  case version = 0x004
  case deviceID = 0x008
  case vendorID = 0x00c
  case deviceFeatures = 0x010
  case deviceFeaturesSelect = 0x014
  case driverFeatures = 0x020
  case driverFeaturesSelect = 0x024
  case queueSelect = 0x030
  case queueSizeMax = 0x034
  case queueSize = 0x038
  case queueReady = 0x044
  case queueNotify = 0x050
  case interruptStatus = 0x060
  case interruptAcknowledge = 0x064
  case status = 0x070
  case queueDescriptorLow = 0x080
  case queueDescriptorHigh = 0x084
  case queueDriverLow = 0x090
  case queueDriverHigh = 0x094
  case queueDeviceLow = 0x0a0
  case queueDeviceHigh = 0x0a4
  case sharedMemorySelect = 0x0ac
  case sharedMemoryLengthLow = 0x0b0
  case sharedMemoryLengthHigh = 0x0b4
  case sharedMemoryBaseLow = 0x0b8
  case sharedMemoryBaseHigh = 0x0bc
  case queueReset = 0x0c0
  case configGeneration = 0x0fc

  /// Where the device's own configuration begins.
  public static let configuration: UInt64 = 0x100
  /// The value of ``magicValue``: "virt".
  public static let magic: UInt32 = 0x7472_6976
  /// The value of ``version`` for devices that are not legacy ones.
  public static let currentVersion: UInt32 = 2
}

/// The bits of InterruptStatus and InterruptACK (virtio 1.2, section 4.2.2).
public struct InterruptStatus: OptionSet, Sendable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The device has used a buffer in at least one queue.
  public static let usedBuffer = InterruptStatus(rawValue: 1)
  /// The configuration, or DEVICE_NEEDS_RESET in the status, has changed.
  public static let configurationChange = InterruptStatus(rawValue: 2)
}
