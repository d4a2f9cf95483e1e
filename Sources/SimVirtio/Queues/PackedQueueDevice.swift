import SimMemory
import VirtioCore

/// The device side of a packed virtqueue (virtio 1.2, section 2.8). Every request is finished before the next is taken.
public struct PackedQueueDevice {
  public let memory: GuestMemory
  public let rules: QueueRules
  public private(set) var state: QueueState

  /// Takes a queue up where `state` says.
  public init(memory: GuestMemory, state: QueueState, rules: QueueRules) throws(QueueError) {
    guard state.layout.isValidPacked(in: memory) else { throw .invalidLayout }
    guard state.isReady, state.nextAvailable < state.size, state.nextAvailable == state.nextUsed,
      state.availableWrap == state.usedWrap
    else { throw .invalidState }
    try rules.admitPacked(state.layout)
    self.memory = memory
    self.rules = rules
    self.state = state
  }

  private var available: PackedPosition {
    PackedPosition(slot: state.nextAvailable, wrap: state.availableWrap)
  }

  /// Takes the next chain, or nil when the driver has offered none.
  public mutating func pop() throws(QueueError) -> DescriptorChain? {
    var position = available
    guard var descriptor = try availableDescriptor(at: position) else { return nil }
    var builder = ChainBuilder(memory: memory, rules: rules, queueSize: state.size)
    var slots: UInt16 = 0
    // One lap at most, so that a chain cannot meet itself.
    while slots < state.size {
      slots += 1
      position.advance(by: 1, size: state.size)
      if descriptor.flags.contains(.indirect) {
        try addTable(descriptor, to: &builder)
      } else {
        try builder.add(address: descriptor.address, length: descriptor.length, flags: descriptor.flags)
      }
      guard descriptor.flags.contains(.next) else {
        state.nextAvailable = position.slot
        state.availableWrap = position.wrap
        // The id counts in the last descriptor of a chain (section 2.8.6).
        return builder.finish(id: descriptor.id, slots: slots)
      }
      guard slots < state.size else { break }
      guard let next = try availableDescriptor(at: position) else { throw .chainIncomplete }
      descriptor = next
    }
    throw .chainTooLong
  }

  private func availableDescriptor(at position: PackedPosition) throws(QueueError) -> PackedDescriptor? {
    let place = state.descriptors &+ PackedLayout.descriptorBytes &* UInt64(position.slot)
    guard let descriptor = PackedDescriptor(at: place, in: memory) else { throw .invalidLayout }
    let marks = descriptor.flags.intersection([.available, .used])
    return marks == .available(wrap: position.wrap) ? descriptor : nil
  }

  private func addTable(_ indirect: PackedDescriptor, to builder: inout ChainBuilder) throws(QueueError) {
    let count = try builder.tableCount(address: indirect.address, length: indirect.length, flags: indirect.flags)
    for index in 0..<UInt64(count) {
      let place = indirect.address &+ PackedLayout.descriptorBytes &* index
      guard let descriptor = PackedDescriptor(at: place, in: memory) else { throw .invalidLayout }
      // The table is read in order; only the direction counts of its flags, the others are ignored (section 2.8.7), INDIRECT
      // too. The builder limits it.
      try builder.add(address: descriptor.address, length: descriptor.length, flags: descriptor.flags)
    }
  }

  /// Returns a chain to the driver with the number of bytes written into it.
  public mutating func push(_ chain: DescriptorChain, writtenBytes: UInt32) throws(QueueError) {
    let place = state.descriptors &+ PackedLayout.descriptorBytes &* UInt64(state.nextUsed)
    var flags = DescriptorFlags.used(wrap: state.usedWrap)
    if writtenBytes != 0 { flags.insert(.write) }
    guard memory.store32(writtenBytes, at: place &+ PackedLayout.lengthOffset),
      memory.store16(chain.id, at: place &+ PackedLayout.idOffset),
      memory.store16(flags.rawValue, at: place &+ PackedLayout.flagsOffset)
    else { throw .invalidLayout }
    var position = PackedPosition(slot: state.nextUsed, wrap: state.usedWrap)
    position.advance(by: chain.slots, size: state.size)
    state.nextUsed = position.slot
    state.usedWrap = position.wrap
  }

  /// Whether the driver wants an interrupt after chains of `count` slots altogether were returned.
  public func wantsInterrupt(after count: UInt16) throws(QueueError) -> Bool {
    // A reserved value says nothing that could be obeyed: interrupt.
    guard let wanted = EventSuppression(at: state.driver, in: memory) else { return count != 0 }
    return count != 0
      && wanted.wantsEvent(after: count, next: state.nextUsed, wrap: state.usedWrap, size: state.size)
  }

  /// Tells the driver whether to notify of the next request; a hint.
  public func setNotifications(_ enabled: Bool) throws(QueueError) {
    let event: EventSuppression =
      !enabled
      ? .disabled
      : rules.eventIndex ? .atDescriptor(slot: state.nextAvailable, wrap: state.availableWrap) : .enabled
    guard event.store(at: state.device, in: memory) else { throw .invalidLayout }
  }
}
