/// Access to the registers of one virtio-mmio slot; offsets are from the slot's base.
public protocol RegisterAccess {
  func readRegister(_ offset: UInt64) -> UInt32
  func writeRegister(_ value: UInt32, to offset: UInt64)
  /// One byte of the device's configuration, `offset` counted from the configuration's beginning.
  func readConfiguration(_ offset: UInt64) -> UInt8
}

/// Why a device could not be brought up.
public enum MMIODriverError: Error, Equatable, Sendable {
  /// The magic value or the version is not that of a virtio-mmio device of version 2.
  case notADevice
  /// The device does not offer VIRTIO_F_VERSION_1, or another feature that the driver cannot do without.
  case featureMissing
  /// The device cleared FEATURES_OK: it does not work with this set of features.
  case featuresRefused
  /// The device has no such queue, or a shorter one than asked for.
  case queueUnavailable
  /// The queue is in use already.
  case queueInUse
}

/// The driver side of the virtio-mmio transport: initialisation in the order that virtio 1.2, section 3.1 asks for.
///
/// ```swift
/// let device = try MMIODriver(registers)
/// let features = try device.negotiate(wanted: [.eventIndex, .indirectDescriptors], needed: [])
/// try device.configureQueue(0, layout)
/// device.start()
/// ```
public struct MMIODriver<Registers: RegisterAccess> {
  public let registers: Registers
  public let deviceID: DeviceID

  /// Looks at the slot; ``deviceID`` is ``DeviceID/none`` when it is empty.
  public init(_ registers: Registers) throws(MMIODriverError) {
    self.registers = registers
    guard registers.readRegister(MMIORegister.magicValue.rawValue) == MMIORegister.magic,
      registers.readRegister(MMIORegister.version.rawValue) == MMIORegister.currentVersion
    else { throw .notADevice }
    deviceID = DeviceID(rawValue: registers.readRegister(MMIORegister.deviceID.rawValue))
  }

  /// Resets the device and agrees on features: those of `wanted` that it offers, all of `needed`, and VERSION_1.
  public func negotiate(wanted: Features, needed: Features) throws(MMIODriverError) -> Features {
    reset()
    setStatus(.acknowledge)
    setStatus([.acknowledge, .driver])
    let required = needed.union(.version1)
    let offered = deviceFeatures()
    guard offered.isSuperset(of: required) else {
      setStatus([.acknowledge, .driver, .failed])
      throw .featureMissing
    }
    let agreed = offered.intersection(wanted.union(required))
    for word in 0..<UInt32(2) {
      write(word, to: .driverFeaturesSelect)
      write(UInt32(truncatingIfNeeded: agreed.rawValue >> (32 &* UInt64(word))), to: .driverFeatures)
    }
    setStatus([.acknowledge, .driver, .featuresOK])
    guard status.contains(.featuresOK) else {
      setStatus([.acknowledge, .driver, .failed])
      throw .featuresRefused
    }
    return agreed
  }

  /// The features that the device offers.
  public func deviceFeatures() -> Features {
    var bits: UInt64 = 0
    for word in 0..<UInt32(2) {
      write(word, to: .deviceFeaturesSelect)
      bits |= UInt64(read(.deviceFeatures)) << (32 &* UInt64(word))
    }
    return Features(rawValue: bits)
  }

  /// The greatest size of a queue, 0 when the device has no such queue.
  public func queueSizeMax(_ queue: UInt16) -> UInt32 {
    write(UInt32(queue), to: .queueSelect)
    return read(.queueSizeMax)
  }

  /// Tells the device where a queue lies and makes it ready; between ``negotiate(wanted:needed:)`` and ``start()``.
  public func configureQueue(_ queue: UInt16, _ layout: QueueLayout) throws(MMIODriverError) {
    guard queueSizeMax(queue) >= UInt32(layout.size), layout.size != 0 else { throw .queueUnavailable }
    guard read(.queueReady) == 0 else { throw .queueInUse }
    write(UInt32(layout.size), to: .queueSize)
    write(layout.descriptors, low: .queueDescriptorLow, high: .queueDescriptorHigh)
    write(layout.driver, low: .queueDriverLow, high: .queueDriverHigh)
    write(layout.device, low: .queueDeviceLow, high: .queueDeviceHigh)
    write(1, to: .queueReady)
    guard read(.queueReady) == 1 else { throw .queueUnavailable }
  }

  /// Sets DRIVER_OK: from here on the device works.
  public func start() {
    setStatus([.acknowledge, .driver, .featuresOK, .driverOK])
  }

  public func reset() {
    setStatus([])
  }

  public var status: DeviceStatus {
    DeviceStatus(rawValue: UInt8(truncatingIfNeeded: read(.status)))
  }

  public func notify(_ queue: UInt16) {
    write(UInt32(queue), to: .queueNotify)
  }

  /// Reads why the device interrupts and acknowledges it.
  public func takeInterrupt() -> InterruptStatus {
    let status = InterruptStatus(rawValue: read(.interruptStatus))
    if !status.isEmpty { write(status.rawValue, to: .interruptAcknowledge) }
    return status
  }

  /// Fills `buffer` from the configuration at `offset`, again until no change fell in between (section 2.5.1); gives up
  /// after 16 attempts and returns false.
  public func readConfiguration(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    for _ in 0..<16 {
      let generation = read(.configGeneration)
      for index in buffer.indices {
        buffer[index] = registers.readConfiguration(offset &+ UInt64(index))
      }
      if read(.configGeneration) == generation { return true }
    }
    return false
  }

  private func setStatus(_ status: DeviceStatus) {
    write(UInt32(status.rawValue), to: .status)
  }

  private func read(_ register: MMIORegister) -> UInt32 {
    registers.readRegister(register.rawValue)
  }

  private func write(_ value: UInt32, to register: MMIORegister) {
    registers.writeRegister(value, to: register.rawValue)
  }

  private func write(_ value: UInt64, low: MMIORegister, high: MMIORegister) {
    write(UInt32(truncatingIfNeeded: value), to: low)
    write(UInt32(truncatingIfNeeded: value >> 32), to: high)
  }
}
