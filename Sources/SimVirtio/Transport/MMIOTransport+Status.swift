import SimEvents
import VirtioCore

extension MMIOTransport {
  /// What must be set before a driver may set a bit, in the order of initialisation (virtio 1.2, section 3.1.1).
  private static let steps: [(bit: DeviceStatus, needs: DeviceStatus)] = [
    (.acknowledge, []),
    (.driver, .acknowledge),
    (.featuresOK, [.acknowledge, .driver]),
    (.driverOK, [.acknowledge, .driver, .featuresOK]),
  ]

  /// A write of 0 resets. Anything else adds bits: a driver may not clear any (section 2.1.1), and one that comes before
  /// its turn is not set.
  func writeStatus(_ wanted: DeviceStatus) {
    guard !wanted.isEmpty else { return reset() }
    if wanted.contains(.failed) { status.insert(.failed) }
    let wasRunning = status.contains(.driverOK)
    for step in Self.steps where wanted.contains(step.bit) && status.isSuperset(of: step.needs) {
      if step.bit == .featuresOK && !status.contains(.featuresOK) && !featuresAreAcceptable { continue }
      status.insert(step.bit)
    }
    report(.deviceStatus(device: device.name, status: status.rawValue))
    if !wasRunning && isLive { device.start(features: driverFeatures) }
  }

  /// Section 2.2.2: nothing that was not offered, and never a legacy driver.
  private var featuresAreAcceptable: Bool {
    driverFeatures.isSubset(of: offeredFeatures) && driverFeatures.contains(.version1)
  }

  func writeDriverFeatures(_ value: UInt32) {
    guard status.contains(.driver), !status.contains(.featuresOK), driverFeaturesSelect < 2 else { return }
    let shift = 32 * UInt64(driverFeaturesSelect)
    driverFeatures.rawValue = driverFeatures.rawValue & ~(0xffff_ffff << shift) | UInt64(value) << shift
  }

  /// The state of a device that was just plugged in; only ConfigGeneration goes on.
  public func reset() {
    faults?.forgetChains(of: nil)
    isDisturbed = false
    status = []
    driverFeatures = []
    deviceFeaturesSelect = 0
    driverFeaturesSelect = 0
    queueSelect = 0
    for index in idle.indices {
      idle[index] = QueueState()
      active[index] = nil
    }
    interruptStatus = []
    device.reset()
    report(.deviceStatus(device: device.name, status: 0))
  }
}
