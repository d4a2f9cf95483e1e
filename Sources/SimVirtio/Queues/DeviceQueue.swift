import SimMemory
import VirtioCore

/// The device side of a queue of the negotiated layout.
public enum DeviceQueue {
  case split(SplitQueueDevice)
  case packed(PackedQueueDevice)

  /// Takes a queue up where `state` says, after checking it anew.
  public init(
    memory: GuestMemory, state: QueueState, features: Features, chainBytesMax: UInt32, dmaWindow: DMAWindow? = nil
  ) throws(QueueError) {
    let rules = QueueRules(features, chainBytesMax: chainBytesMax, dmaWindow: dmaWindow)
    if features.contains(.packedRing) {
      self = .packed(try PackedQueueDevice(memory: memory, state: state, rules: rules))
    } else {
      self = .split(try SplitQueueDevice(memory: memory, state: state, rules: rules))
    }
  }

  public var state: QueueState {
    switch self {
    case .split(let queue): queue.state
    case .packed(let queue): queue.state
    }
  }

  /// Takes the next chain, or nil when the driver has offered none.
  public mutating func pop() throws(QueueError) -> DescriptorChain? {
    switch self {
    case .split(var queue):
      defer { self = .split(queue) }
      return try queue.pop()
    case .packed(var queue):
      defer { self = .packed(queue) }
      return try queue.pop()
    }
  }

  /// Returns a chain to the driver with the number of bytes written into it.
  public mutating func push(_ chain: DescriptorChain, writtenBytes: UInt32) throws(QueueError) {
    switch self {
    case .split(var queue):
      defer { self = .split(queue) }
      try queue.push(chain, writtenBytes: writtenBytes)
    case .packed(var queue):
      defer { self = .packed(queue) }
      try queue.push(chain, writtenBytes: writtenBytes)
    }
  }

  /// Whether the driver wants an interrupt after chains of `count` slots altogether were returned.
  public func wantsInterrupt(after count: UInt16) throws(QueueError) -> Bool {
    switch self {
    case .split(let queue): try queue.wantsInterrupt(after: count)
    case .packed(let queue): try queue.wantsInterrupt(after: count)
    }
  }

  /// Tells the driver whether to notify of the next request; a hint.
  public func setNotifications(_ enabled: Bool) throws(QueueError) {
    switch self {
    case .split(let queue): try queue.setNotifications(enabled)
    case .packed(let queue): try queue.setNotifications(enabled)
    }
  }
}

extension DeviceQueue {
  /// Whether the queue is what it must be between two requests: each is finished before the next is taken, so what was
  /// taken was given back.
  func _checkInvariants() -> Bool {
    let state = state
    guard state.isReady, state.size > 0, state.nextAvailable == state.nextUsed, state.availableWrap == state.usedWrap
    else { return false }
    return switch self {
    case .split(let queue): state.availableWrap && state.layout.isValidSplit(in: queue.memory)
    case .packed(let queue): state.nextUsed < state.size && state.layout.isValidPacked(in: queue.memory)
    }
  }
}
