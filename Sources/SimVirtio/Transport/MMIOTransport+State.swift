import VirtioCore

/// Everything that a slot and its device remember, as plain data.
public struct TransportState: Equatable, Sendable, Codable {
  public var status: UInt8
  public var driverFeatures: UInt64
  public var deviceFeaturesSelect: UInt32
  public var driverFeaturesSelect: UInt32
  public var queueSelect: UInt32
  public var interruptStatus: UInt32
  public var configGeneration: UInt32
  public var queues: [QueueState]
  public var device: DeviceState
}

extension MMIOTransport {
  public var state: TransportState {
    TransportState(
      status: status.rawValue, driverFeatures: driverFeatures.rawValue, deviceFeaturesSelect: deviceFeaturesSelect,
      driverFeaturesSelect: driverFeaturesSelect, queueSelect: queueSelect, interruptStatus: interruptStatus.rawValue,
      configGeneration: configGeneration, queues: zip(idle, active).map { $1?.state ?? $0 }, device: device.state)
  }

  /// Continues from a saved state; memory must have been restored before.
  ///
  /// A ready queue whose place does not fit the memory is refused, except in a device that needs a reset anyway.
  /// - Throws: ``StateError``; the slot is then as after a reset.
  public func restore(_ saved: TransportState) throws(StateError) {
    // Chains that faults hold are of another time.
    faults?.forgetChains(of: nil)
    isDisturbed = false
    do throws(StateError) {
      try adopt(saved)
    } catch {
      reset()
      throw error
    }
  }

  private func adopt(_ saved: TransportState) throws(StateError) {
    guard saved.queues.count == idle.count else {
      throw StateError("\(device.name): \(saved.queues.count) queues saved, the device has \(idle.count)")
    }
    let features = Features(rawValue: saved.driverFeatures)
    let status = DeviceStatus(rawValue: saved.status)
    if status.contains(.featuresOK) {
      guard features.isSubset(of: offeredFeatures), features.contains(.version1) else {
        throw StateError("\(device.name): saved with features that are not offered")
      }
    }
    for (index, queue) in saved.queues.enumerated() {
      idle[index] = queue
      active[index] = nil
      guard queue.isReady else { continue }
      guard status.contains(.featuresOK), queue.size <= queueSizesMax[index] else {
        throw StateError("\(device.name): queue \(index) cannot be ready")
      }
      do throws(QueueError) {
        active[index] = try DeviceQueue(
          memory: memory, state: queue, features: features, chainBytesMax: device.chainBytesMax,
          dmaWindow: dmaWindow)
      } catch {
        throw StateError("\(device.name): queue \(index): \(error)")
      }
    }
    self.status = status
    driverFeatures = features
    deviceFeaturesSelect = saved.deviceFeaturesSelect
    driverFeaturesSelect = saved.driverFeaturesSelect
    queueSelect = saved.queueSelect
    configGeneration = saved.configGeneration
    try device.restore(saved.device)
    interruptStatus = InterruptStatus(rawValue: saved.interruptStatus)
  }
}
