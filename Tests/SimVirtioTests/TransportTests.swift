import SimVirtio
import Testing
import VirtioCore

struct TransportTests {
  let slot: TestSlot
  let device: EchoDevice
  var transport: MMIOTransport { slot.transport }

  init() throws {
    let device = EchoDevice()
    self.device = device
    slot = try TestSlot { _ in device }
  }

  func read(_ register: MMIORegister) -> UInt32 { slot.driver.registers.readRegister(register.rawValue) }
  func write(_ value: UInt32, _ register: MMIORegister) {
    slot.driver.registers.writeRegister(value, to: register.rawValue)
  }
  func status(_ bits: DeviceStatus) -> DeviceStatus {
    write(UInt32(bits.rawValue), .status)
    return slot.driver.status
  }

  @Test func identifiesItself() {
    #expect(read(.magicValue) == 0x7472_6976 && read(.version) == 2 && read(.deviceID) == 42)
    #expect(slot.driver.deviceFeatures() == MMIOTransport.ringFeatures.union(.version1))
    write(2, .deviceFeaturesSelect)
    #expect(read(.deviceFeatures) == 0)
    #expect(slot.driver.queueSizeMax(0) == 1024 && slot.driver.queueSizeMax(1) == 0)
    #expect(read(.sharedMemoryLengthLow) == .max && read(.sharedMemoryLengthHigh) == .max)
  }

  @Test func statusBitsCountOnlyInTheirOrder() {
    #expect(status(.driver) == [])
    #expect(status([.driverOK, .featuresOK]) == [])
    #expect(status(.acknowledge) == .acknowledge)
    #expect(status([.acknowledge, .driverOK]) == .acknowledge)
    #expect(status([.acknowledge, .driver]) == [.acknowledge, .driver])
    #expect(status(.acknowledge) == [.acknowledge, .driver], "a driver may not clear a bit")
    #expect(status([.acknowledge, .deviceNeedsReset]) == [.acknowledge, .driver], "nor set the device's own")
    #expect(status([.failed]).contains(.failed))
    #expect(status([]) == [])
    #expect(device.resets > 0)
  }

  @Test func featuresAreRefusedWithoutVersion1OrWhenNotOffered() {
    for features in [Features(), .eventIndex, [.version1, Features(bit: 3)], [.version1, .inOrder]] {
      _ = status([])
      _ = status([.acknowledge, .driver])
      writeFeatures(features)
      #expect(!status([.acknowledge, .driver, .featuresOK]).contains(.featuresOK), "\(features)")
      #expect(!status([.acknowledge, .driver, .featuresOK, .driverOK]).contains(.driverOK))
    }
    writeFeatures(.version1)
    #expect(status([.acknowledge, .driver, .featuresOK]).contains(.featuresOK))
    writeFeatures([.version1, .eventIndex])
    #expect(transport.driverFeatures == .version1, "fixed after FEATURES_OK")
  }

  private func writeFeatures(_ features: Features) {
    for word in 0..<UInt32(2) {
      write(word, .driverFeaturesSelect)
      write(UInt32(truncatingIfNeeded: features.rawValue >> (32 * UInt64(word))), .driverFeatures)
    }
    write(2, .driverFeaturesSelect)
    write(.max, .driverFeatures)
  }

  @Test func featuresBeforeDriverAreIgnored() {
    writeFeatures(.version1)
    #expect(transport.driverFeatures == [])
  }

  @Test func queuesAreSetUpBetweenFeaturesAndDriverOK() throws {
    let layout = TestSlot.layout(queue: 0, size: 8)
    #expect(throws: MMIODriverError.queueUnavailable) { try slot.driver.configureQueue(0, layout) }
    _ = try slot.driver.negotiate(wanted: [], needed: [])
    #expect(throws: MMIODriverError.queueUnavailable) { try slot.driver.configureQueue(1, layout) }
    try slot.driver.configureQueue(0, layout)
    #expect(throws: MMIODriverError.queueInUse) { try slot.driver.configureQueue(0, layout) }
    slot.driver.notify(0)
    #expect(slot.log.queueErrors.isEmpty && device.served == 0, "nothing works before DRIVER_OK")
    write(4, .queueSize)
    #expect(transport.state.queues[0].size == 8, "a ready queue stays as it is")
    slot.driver.start()
    write(0, .queueReady)
    #expect(read(.queueReady) == 0)
    write(1, .queueReady)
    #expect(read(.queueReady) == 0, "not again after DRIVER_OK without VIRTIO_F_RING_RESET")
  }

  @Test func aQueueCanBeResetAndUsedAgain() throws {
    try slot.start([.ringReset])
    #expect(try slot.request([1, 2], room: 2) == [2, 1])
    write(0, .queueSelect)
    write(1, .queueReset)
    #expect(read(.queueReset) == 0 && read(.queueReady) == 0)
    #expect(transport.state.queues[0] == QueueState())
    slot.driver.notify(0)
    let layout = TestSlot.layout(queue: 0, size: 16)
    slot.queues[0] = try AnyQueueDriver(memory: slot.memory, layout: layout, features: [])
    try slot.driver.configureQueue(0, layout)
    #expect(try slot.request([1, 2], room: 2) == [2, 1])

    try slot.start([])
    write(1, .queueReset)
    #expect(read(.queueReady) == 1, "not without the feature")
  }

  @Test func theLineIsUpUntilEveryCauseIsAcknowledged() throws {
    var levels: [Bool] = []
    transport.onInterruptChange = { levels.append($0) }
    try slot.start()
    _ = try slot.request([1], room: 1)
    transport.configurationChanged()
    #expect(read(.interruptStatus) == 3)
    write(1, .interruptAcknowledge)
    #expect(transport.interruptAsserted)
    write(0xffff_fffe, .interruptAcknowledge)
    #expect(!transport.interruptAsserted && read(.interruptStatus) == 0)
    #expect(levels == [true, false])
    _ = try slot.request([1], room: 1)
    slot.driver.reset()
    #expect(levels == [true, false, true, false])
  }

  @Test func theConfigurationIsReadInAnyWidthAndNeverWritten() throws {
    #expect(transport.read(offset: 0x100, size: 1) == 1)
    #expect(transport.read(offset: 0x101, size: 2) == 0x0302)
    #expect(transport.read(offset: 0x100, size: 4) == 0x0403_0201)
    #expect(transport.read(offset: 0x104, size: 8) == 5, "zeros beyond the end")
    #expect(transport.read(offset: .max - 3, size: 8) == 0)
    transport.write(offset: 0x100, size: 4, value: 0xffff_ffff)
    #expect(transport.read(offset: 0x100, size: 4) == 0x0403_0201)
    let before = read(.configGeneration)
    transport.configurationChanged()
    #expect(read(.configGeneration) == before + 1)
    #expect(!transport.interruptAsserted, "the driver is not there yet")
  }

  @Test func registersAnswerAligned32BitAccessesOnly() {
    for size in [-1, 0, 1, 2, 8, .max] { #expect(transport.read(offset: 0, size: size) == 0) }
    for offset in [UInt64(1), 2, 3, 0x02, 0x18, 0x28, 0x3c, 0xfd] {
      #expect(transport.read(offset: offset, size: 4) == 0)
    }
    transport.write(offset: MMIORegister.status.rawValue, size: 1, value: 1)
    transport.write(offset: MMIORegister.status.rawValue, size: 8, value: 1)
    transport.write(offset: MMIORegister.status.rawValue + 1, size: 4, value: 1)
    #expect(slot.driver.status == [])
    for register in MMIORegister.allCases where register != .status { write(.max, register) }
    #expect(read(.magicValue) == MMIORegister.magic)
  }

  @Test func stateIsRestoredWholeAndCheckedAgain() throws {
    for features in [Features.eventIndex, [.eventIndex, .packedRing]] {
      try slot.start(features, size: 8)
      for _ in 0..<5 { _ = try slot.request([1, 2], room: 2) }
      let saved = transport.state
      let other = MMIOTransport(device: EchoDevice(), memory: slot.memory) { _ in }
      try other.restore(saved)
      #expect(other.state == saved)
      #expect(other.interruptAsserted == transport.interruptAsserted)

      let changes: [(String, (inout TransportState) -> Void)] = [
        ("slot", { $0.queues[0].nextAvailable &+= 1 }), ("place", { $0.queues[0].descriptors += 8 }),
        ("size", { $0.queues[0].size = 0 }), ("beyond", { $0.queues[0].device = .max - 7 }),
        ("too big", { $0.queues[0].size = 2048 }), ("features", { $0.driverFeatures |= 1 }),
        ("version", { $0.driverFeatures &= ~(1 << 32) }), ("queues", { $0.queues = [] }),
        ("status", { $0.status = 0 }), ("wrap", { $0.queues[0].usedWrap.toggle() }),
      ]
      for (name, change) in changes {
        var bad = saved
        change(&bad)
        #expect(throws: StateError.self, "\(name)") { try other.restore(bad) }
        #expect(other.status == [], "\(name)")
      }
    }
  }

  @Test func everyRegisterReadsTheSameAfterARestore() throws {
    try slot.start([.ringReset])
    _ = try slot.request([1], room: 1)
    transport.configurationChanged()
    write(1, .deviceFeaturesSelect)
    write(1, .driverFeaturesSelect)
    write(1, .queueSelect)
    let other = MMIOTransport(device: EchoDevice(), memory: slot.memory) { _ in }
    let fresh = MMIORegister.allCases.map { other.read(offset: $0.rawValue, size: 4) }
    try other.restore(transport.state)
    let restored = MMIORegister.allCases.map { other.read(offset: $0.rawValue, size: 4) }
    #expect(restored == MMIORegister.allCases.map { UInt64(read($0)) })
    let changed = zip(MMIORegister.allCases, zip(fresh, restored)).filter { $1.0 != $1.1 }.map(\.0)
    #expect(changed == [.deviceFeatures, .queueSizeMax, .interruptStatus, .status, .configGeneration])
    #expect(other.state.driverFeaturesSelect == 1 && other.driverFeatures == [.version1, .ringReset])
  }

  @Test func aDeviceOutOfOrderIsRestoredOutOfOrder() throws {
    try slot.start([])
    #expect(slot.memory.store16(9, at: TestSlot.layout(queue: 0, size: 8).driver + 2))
    slot.driver.notify(0)
    let saved = transport.state
    #expect(DeviceStatus(rawValue: saved.status).contains(.deviceNeedsReset))
    let other = MMIOTransport(device: EchoDevice(), memory: slot.memory) { _ in }
    try other.restore(saved)
    #expect(other.state == saved && !other.isLive)
  }
}
