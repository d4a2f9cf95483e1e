import SimMemory
import VirtioCore

/// The device side of a split virtqueue (virtio 1.2, section 2.7). Every request is finished before the next is taken.
public struct SplitQueueDevice {
  public let memory: GuestMemory
  public let rules: QueueRules
  public private(set) var state: QueueState

  /// Takes a queue up where `state` says.
  public init(memory: GuestMemory, state: QueueState, rules: QueueRules) throws(QueueError) {
    guard state.layout.isValidSplit(in: memory) else { throw .invalidLayout }
    guard state.isReady, state.availableWrap, state.usedWrap, state.nextAvailable == state.nextUsed else {
      throw .invalidState
    }
    try rules.admitSplit(state.layout)
    self.memory = memory
    self.rules = rules
    self.state = state
  }

  /// Takes the next chain, or nil when the driver has offered none.
  public mutating func pop() throws(QueueError) -> DescriptorChain? {
    let index = try load16(state.driver &+ SplitLayout.indexOffset)
    let pending = index &- state.nextAvailable
    guard pending != 0 else { return nil }
    guard pending <= state.size else { throw .availableIndexImpossible(pending: pending) }
    let slot = state.nextAvailable & (state.size &- 1)
    let head = try load16(state.driver &+ SplitLayout.availableEntryOffset(slot))
    let chain = try chain(from: head)
    state.nextAvailable &+= 1
    return chain
  }

  private func chain(from head: UInt16) throws(QueueError) -> DescriptorChain {
    var builder = ChainBuilder(memory: memory, rules: rules, queueSize: state.size)
    var index = head
    // A chain takes each descriptor at most once, so more steps than descriptors are a loop.
    for _ in 0..<state.size {
      let descriptor = try descriptor(index, of: state.descriptors, count: UInt32(state.size))
      if descriptor.flags.contains(.indirect) {
        try addTable(descriptor, to: &builder)
      } else {
        try builder.add(address: descriptor.address, length: descriptor.length, flags: descriptor.flags)
      }
      guard descriptor.flags.contains(.next) else { return builder.finish(id: head, slots: 1) }
      index = descriptor.next
    }
    throw .chainTooLong
  }

  private func addTable(_ indirect: SplitDescriptor, to builder: inout ChainBuilder) throws(QueueError) {
    let count = try builder.tableCount(address: indirect.address, length: indirect.length, flags: indirect.flags)
    var index: UInt16 = 0
    while true {
      let descriptor = try descriptor(index, of: indirect.address, count: count)
      guard !descriptor.flags.contains(.indirect) else { throw .indirectMisplaced }
      // The builder counts, and so ends a loop.
      try builder.add(address: descriptor.address, length: descriptor.length, flags: descriptor.flags)
      guard descriptor.flags.contains(.next) else { return }
      index = descriptor.next
    }
  }

  private func descriptor(
    _ index: UInt16, of table: UInt64, count: UInt32
  ) throws(QueueError) -> SplitDescriptor {
    guard UInt32(index) < count else { throw .descriptorOutOfRange(index: index) }
    let place = table &+ SplitLayout.descriptorBytes &* UInt64(index)
    guard let descriptor = SplitDescriptor(at: place, in: memory) else { throw .invalidLayout }
    return descriptor
  }

  /// Returns a chain to the driver with the number of bytes written into it.
  public mutating func push(_ chain: DescriptorChain, writtenBytes: UInt32) throws(QueueError) {
    let slot = state.nextUsed & (state.size &- 1)
    let place = state.device &+ SplitLayout.usedEntryOffset(slot)
    try store32(UInt32(chain.id), place)
    try store32(writtenBytes, place &+ 4)
    state.nextUsed &+= 1
    try store16(state.nextUsed, state.device &+ SplitLayout.indexOffset)
  }

  /// Whether the driver wants an interrupt after `count` chains were returned.
  public func wantsInterrupt(after count: UInt16) throws(QueueError) -> Bool {
    guard count != 0 else { return false }
    guard rules.eventIndex else { return try load16(state.driver) & SplitLayout.noInterrupt == 0 }
    let event = try load16(state.driver &+ SplitLayout.usedEventOffset(size: state.size))
    return passesEvent(event, from: state.nextUsed &- count, to: state.nextUsed)
  }

  /// Tells the driver whether to notify of the next request; a hint.
  public func setNotifications(_ enabled: Bool) throws(QueueError) {
    guard rules.eventIndex else { return try store16(enabled ? 0 : SplitLayout.noNotify, state.device) }
    let event = enabled ? state.nextAvailable : state.nextAvailable &- 1
    try store16(event, state.device &+ SplitLayout.availableEventOffset(size: state.size))
  }

  private func load16(_ place: UInt64) throws(QueueError) -> UInt16 {
    guard let value = memory.load16(at: place) else { throw .invalidLayout }
    return value
  }

  private func store16(_ value: UInt16, _ place: UInt64) throws(QueueError) {
    guard memory.store16(value, at: place) else { throw .invalidLayout }
  }

  private func store32(_ value: UInt32, _ place: UInt64) throws(QueueError) {
    guard memory.store32(value, at: place) else { throw .invalidLayout }
  }
}
