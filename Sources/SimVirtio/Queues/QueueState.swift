import VirtioCore

/// Everything that the device side of a queue knows, as plain data: what the driver configured and how far it went.
public struct QueueState: Equatable, Sendable, Codable {
  /// The size that the driver chose; 0 until it did.
  public var size: UInt16 = 0
  public var descriptors: UInt64 = 0
  public var driver: UInt64 = 0
  public var device: UInt64 = 0
  public var isReady = false

  /// Split queues: the free-running index of the next available entry; packed ones: the next slot.
  public var nextAvailable: UInt16 = 0
  /// Packed queues only.
  public var availableWrap = true
  /// Split queues: the free-running index of the next used entry; packed ones: the next slot.
  public var nextUsed: UInt16 = 0
  /// Packed queues only.
  public var usedWrap = true

  public init() {}

  public init(_ layout: QueueLayout) {
    size = layout.size
    descriptors = layout.descriptors
    driver = layout.driver
    device = layout.device
    isReady = true
  }

  public var layout: QueueLayout {
    QueueLayout(size: size, descriptors: descriptors, driver: driver, device: device)
  }
}

/// What both sides agreed on for a queue, and what the device can bear.
public struct QueueRules: Equatable, Sendable {
  public var eventIndex: Bool
  public var indirectDescriptors: Bool
  /// The greatest sum of a chain's buffers, in bytes.
  public var chainBytesMax: UInt32
  /// What the device reaches; nil: all of memory.
  public var dmaWindow: DMAWindow?

  public init(_ features: Features, chainBytesMax: UInt32 = 1 << 20, dmaWindow: DMAWindow? = nil) {
    eventIndex = features.contains(.eventIndex)
    indirectDescriptors = features.contains(.indirectDescriptors)
    self.chainBytesMax = chainBytesMax
    self.dmaWindow = dmaWindow
  }
}
