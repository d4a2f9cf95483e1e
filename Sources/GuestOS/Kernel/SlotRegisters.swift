import GuestBoot
import VirtioCore

/// The registers of one virtio-mmio slot. One with the legacy interface (virtio 1.2, section 4.2.4), as QEMU has unless
/// told otherwise, is made to look like a modern one: a queue is then given by the number of its first page alone.
struct SlotRegisters: RegisterAccess {
  private static var legacyVersion: UInt32 { 1 }
  private static var configuration: UInt64 { 0x100 }
  private static var legacyPageSize: UInt64 { 0x28 }
  private static var legacyQueueAlignment: UInt64 { 0x3c }
  private static var legacyQueuePage: UInt64 { 0x40 }

  /// What the driver wrote to registers that a legacy device does not have.
  private struct Legacy {
    var featureWord: UInt32 = 0
    var descriptors: UInt32 = 0
  }

  private let base: UInt64
  private let legacy: UnsafeMutablePointer<Legacy>?

  init(_ base: UInt64) {
    self.base = base
    guard volatile_read32(base &+ MMIORegister.version.rawValue) == Self.legacyVersion else {
      legacy = nil
      return
    }
    legacy = .allocate(capacity: 1)
    legacy?.initialize(to: Legacy())
  }

  func readConfiguration(_ offset: UInt64) -> UInt8 { volatile_read8(base &+ Self.configuration &+ offset) }

  func readRegister(_ offset: UInt64) -> UInt32 {
    guard let legacy else { return volatile_read32(base &+ offset) }
    switch offset {
    case MMIORegister.version.rawValue: return MMIORegister.currentVersion
    // The upper word's bit 0 is VIRTIO_F_VERSION_1, which only the interface lacks.
    case MMIORegister.deviceFeatures.rawValue where legacy.pointee.featureWord != 0: return 1
    case MMIORegister.queueReady.rawValue: return volatile_read32(base &+ Self.legacyQueuePage) == 0 ? 0 : 1
    default: return volatile_read32(base &+ offset)
    }
  }

  func writeRegister(_ value: UInt32, to offset: UInt64) {
    guard let legacy else { return volatile_write32(base &+ offset, value) }
    switch offset {
    case MMIORegister.deviceFeaturesSelect.rawValue, MMIORegister.driverFeaturesSelect.rawValue:
      legacy.pointee.featureWord = value
      volatile_write32(base &+ offset, value)
    case MMIORegister.driverFeatures.rawValue where legacy.pointee.featureWord != 0: break
    case MMIORegister.queueDescriptorLow.rawValue: legacy.pointee.descriptors = value
    case MMIORegister.queueDescriptorHigh.rawValue, MMIORegister.queueDriverLow.rawValue,
      MMIORegister.queueDriverHigh.rawValue, MMIORegister.queueDeviceLow.rawValue,
      MMIORegister.queueDeviceHigh.rawValue:
      break
    case MMIORegister.queueReady.rawValue:
      volatile_write32(base &+ Self.legacyPageSize, UInt32(Pages.size))
      volatile_write32(base &+ Self.legacyQueueAlignment, UInt32(Pages.size))
      volatile_write32(base &+ Self.legacyQueuePage, legacy.pointee.descriptors / UInt32(Pages.size))
    default: volatile_write32(base &+ offset, value)
    }
  }
}
