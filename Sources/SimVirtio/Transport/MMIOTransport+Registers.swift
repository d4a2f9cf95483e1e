import VirtioCore

extension MMIOTransport {
  /// Reads `size` bytes at `offset` in the slot. Registers answer aligned 32-bit accesses only and otherwise 0; the
  /// configuration answers any size up to 8 (virtio 1.2, section 4.2.2.2).
  public func read(offset: UInt64, size: Int) -> UInt64 {
    if offset >= MMIORegister.configuration { return readConfiguration(offset &- MMIORegister.configuration, size) }
    guard size == 4, let register = MMIORegister(rawValue: offset) else { return 0 }
    return UInt64(read(register))
  }

  /// Writes `size` bytes at `offset` in the slot; what is not a writable register, or not a 32-bit access, is ignored.
  public func write(offset: UInt64, size: Int, value: UInt64) {
    guard size == 4, let register = MMIORegister(rawValue: offset) else { return }
    write(register, UInt32(truncatingIfNeeded: value))
  }

  private func readConfiguration(_ offset: UInt64, _ size: Int) -> UInt64 {
    var bytes = device.configuration
    if let faults, let start = Int(exactly: offset), start < bytes.count {
      faults.willRead(&bytes, start..<min(start + max(0, min(size, 8)), bytes.count))
    }
    var value: UInt64 = 0
    for index in 0..<UInt64(max(0, min(size, 8))) {
      guard let place = Int(exactly: offset &+ index), place >= 0, place < bytes.count else { continue }
      value |= UInt64(bytes[place]) << (8 &* index)
    }
    return value
  }

  private func read(_ register: MMIORegister) -> UInt32 {
    switch register {
    case .magicValue: MMIORegister.magic
    case .version: MMIORegister.currentVersion
    case .deviceID: device.deviceID.rawValue
    case .vendorID: Self.vendorID
    case .deviceFeatures: Self.word(deviceFeaturesSelect, of: offeredFeatures)
    case .queueSizeMax: selectedQueue.map { UInt32(queueSizesMax[$0]) } ?? 0
    case .queueReady: selectedQueue.map { active[$0] == nil ? 0 : 1 } ?? 0
    case .interruptStatus: interruptStatus.rawValue
    case .status: UInt32(status.rawValue)
    case .configGeneration: configGeneration
    // A length of -1 says that there is no shared memory (section 4.2.2).
    case .sharedMemoryLengthLow, .sharedMemoryLengthHigh, .sharedMemoryBaseLow, .sharedMemoryBaseHigh: .max
    // A queue's reset is finished at once.
    case .queueReset: 0
    case .deviceFeaturesSelect, .driverFeatures, .driverFeaturesSelect, .queueSelect, .queueSize, .queueNotify,
      .interruptAcknowledge, .queueDescriptorLow, .queueDescriptorHigh, .queueDriverLow, .queueDriverHigh,
      .queueDeviceLow, .queueDeviceHigh, .sharedMemorySelect:
      0
    }
  }

  /// "UIOS" in ASCII.
  static let vendorID: UInt32 = 0x534f_4955

  private static func word(_ select: UInt32, of features: Features) -> UInt32 {
    select < 2 ? UInt32(truncatingIfNeeded: features.rawValue >> (32 * UInt64(select))) : 0
  }

  private func write(_ register: MMIORegister, _ value: UInt32) {
    switch register {
    case .deviceFeaturesSelect: deviceFeaturesSelect = value
    case .driverFeaturesSelect: driverFeaturesSelect = value
    case .driverFeatures: writeDriverFeatures(value)
    case .queueSelect: queueSelect = value
    case .queueSize: configureQueue { $0.size = UInt16(exactly: value) ?? 0 }
    case .queueReady: writeQueueReady(value)
    case .queueNotify: notify(value)
    case .interruptAcknowledge: interruptStatus.subtract(InterruptStatus(rawValue: value))
    case .status: writeStatus(DeviceStatus(rawValue: UInt8(truncatingIfNeeded: value)))
    case .queueDescriptorLow: configureQueue { $0.descriptors.setLow(value) }
    case .queueDescriptorHigh: configureQueue { $0.descriptors.setHigh(value) }
    case .queueDriverLow: configureQueue { $0.driver.setLow(value) }
    case .queueDriverHigh: configureQueue { $0.driver.setHigh(value) }
    case .queueDeviceLow: configureQueue { $0.device.setLow(value) }
    case .queueDeviceHigh: configureQueue { $0.device.setHigh(value) }
    case .queueReset: resetSelectedQueue(value)
    case .magicValue, .version, .deviceID, .vendorID, .deviceFeatures, .queueSizeMax, .interruptStatus,
      .sharedMemorySelect, .sharedMemoryLengthLow, .sharedMemoryLengthHigh, .sharedMemoryBaseLow, .sharedMemoryBaseHigh,
      .configGeneration:
      break
    }
  }

  /// The index of the selected queue, or nil when the device has no such queue.
  var selectedQueue: Int? {
    Int(queueSelect) < queueSizesMax.count ? Int(queueSelect) : nil
  }
}

extension UInt64 {
  fileprivate mutating func setLow(_ value: UInt32) { self = self & 0xffff_ffff_0000_0000 | UInt64(value) }
  fileprivate mutating func setHigh(_ value: UInt32) { self = self & 0xffff_ffff | UInt64(value) << 32 }
}
