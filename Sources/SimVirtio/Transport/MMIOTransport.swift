import SimEvents
import SimMemory
import VirtioCore

/// The registers of one virtio-mmio slot, version 2, and the device behind them (virtio 1.2, section 4.2).
///
/// Status, feature negotiation and queues follow the specification to the letter: what a driver does out of order has no
/// effect, and what it does wrong in a queue puts the device into DEVICE_NEEDS_RESET with one event that says why.
public final class MMIOTransport {
  /// The bytes of address space of a slot.
  public static let slotBytes: UInt64 = 0x200
  /// The greatest queue that a device may offer: bounds the work of one notification.
  public static let queueSizeLimit: UInt16 = 1024
  /// The features of queues that every device can offer.
  public static let ringFeatures: Features = [.indirectDescriptors, .eventIndex, .packedRing, .ringReset]

  public let device: any VirtioDevice
  public let memory: GuestMemory
  /// What of it the device reaches; nil: all.
  public let dmaWindow: DMAWindow?
  /// What the driver is offered.
  public let offeredFeatures: Features
  let report: (EventPayload) -> Void
  let queueSizesMax: [UInt16]

  /// Called with the new level whenever the interrupt line changes.
  public var onInterruptChange: ((Bool) -> Void)?

  public internal(set) var status: DeviceStatus = []
  /// What the driver has written; what both agreed on once FEATURES_OK is set.
  public internal(set) var driverFeatures: Features = []
  var deviceFeaturesSelect: UInt32 = 0
  var driverFeaturesSelect: UInt32 = 0
  var queueSelect: UInt32 = 0
  var configGeneration: UInt32 = 0
  /// The registers of each queue; those of a ready queue live in `active`.
  var idle: [QueueState]
  var active: [DeviceQueue?]
  var interruptStatus: InterruptStatus = [] {
    didSet {
      if oldValue.isEmpty != interruptStatus.isEmpty { onInterruptChange?(interruptAsserted) }
    }
  }

  /// Who breaks something here on purpose; nil: nobody.
  public var faults: (any DeviceFaults)?
  /// Faults have lost chains, held them or given them back twice, so the queues are not what they must be between two requests.
  var isDisturbed = false

  /// - Parameters:
  ///   - ringFeatures: the features of queues to offer, of ``MMIOTransport/ringFeatures``.
  ///   - dmaWindow: what of memory the device reaches; nil: all.
  ///   - report: told of everything that happens; it must not access the slot.
  public init(
    device: any VirtioDevice, memory: GuestMemory, ringFeatures: Features = MMIOTransport.ringFeatures,
    dmaWindow: DMAWindow? = nil, report: @escaping (EventPayload) -> Void
  ) {
    self.device = device
    self.memory = memory
    self.dmaWindow = dmaWindow
    self.report = report
    offeredFeatures = device.features.union(ringFeatures.intersection(Self.ringFeatures)).union(.version1)
    queueSizesMax = device.queueSizes.map { min($0, Self.queueSizeLimit) }
    idle = [QueueState](repeating: QueueState(), count: queueSizesMax.count)
    active = [DeviceQueue?](repeating: nil, count: queueSizesMax.count)
    device.port = self
  }

  /// The level of the interrupt line.
  public var interruptAsserted: Bool { !interruptStatus.isEmpty }

  /// Whether the device serves its queues.
  public var isLive: Bool {
    status.contains(.driverOK) && status.isDisjoint(with: [.deviceNeedsReset, .failed])
  }

  /// Changes the bits of the status register and nothing else, as no driver can.
  public func disturb(status value: UInt8) {
    status = DeviceStatus(rawValue: value)
  }

  /// Puts the device out of order until the driver resets it (section 2.1.2).
  func fail(queue: UInt16, _ error: QueueError) {
    report(.queueError(device: device.name, queue: queue, reason: error.description))
    status.insert(.deviceNeedsReset)
    if status.contains(.driverOK) { interruptStatus.insert(.configurationChange) }
  }
}
