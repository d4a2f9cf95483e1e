/// The driver side of a packed virtqueue (virtio 1.2, section 2.8); used like ``SplitQueueDriver``.
public struct PackedQueueDriver<Memory: GuestMemoryAccess> {
  public let memory: Memory
  public let layout: QueueLayout
  public let options: QueueOptions
  private var book: RequestBook
  private var nextAvailable = PackedPosition()
  private var nextUsed = PackedPosition()
  /// The first descriptor since the last ``publish()``: the device stops there until its flags are written.
  private var held: (place: UInt64, descriptor: PackedDescriptor)?
  private var addedSincePublish: UInt16 = 0
  private var interruptsEnabled = true

  /// Takes over a queue's memory and empties the ring.
  ///
  /// - Throws: ``QueueDriverError/outsideMemory`` when the layout is no packed queue in this memory.
  public init(memory: Memory, layout: QueueLayout, options: QueueOptions) throws(QueueDriverError) {
    guard layout.isValidPacked(in: memory) else { throw .outsideMemory }
    self.memory = memory
    self.layout = layout
    self.options = options
    book = RequestBook(size: layout.size)
    for slot in 0..<layout.size {
      let place = layout.descriptors &+ PackedLayout.descriptorBytes &* UInt64(slot)
      guard memory.store64(0, at: place), memory.store64(0, at: place &+ 8) else { throw .outsideMemory }
    }
    for area in [layout.driver, layout.device] {
      guard memory.store32(0, at: area) else { throw .outsideMemory }
    }
  }

  /// The number of descriptors that are not in use.
  public var freeCount: UInt16 { book.freeCount }
  /// The number of requests that the device has not returned.
  public var outstandingCount: UInt16 { book.outstandingCount }

  /// Puts a request into the queue; the device sees it after ``publish()``.
  ///
  /// - Parameters:
  ///   - buffers: the readable ones first, then the writable ones.
  ///   - indirectTable: memory for 16 bytes a buffer, used until the request is; nil for a chain in the queue itself.
  /// - Returns: the request's id, which ``popUsed()`` hands back.
  public mutating func add<Buffers: RandomAccessCollection>(
    _ buffers: Buffers, indirectTable: UInt64? = nil
  ) throws(QueueDriverError) -> UInt16 where Buffers.Element == QueueBuffer {
    let shape = try RequestShape(buffers, queueSize: layout.size)
    let slots: UInt16 = indirectTable == nil ? shape.count : 1
    guard slots <= book.freeCount else { throw .queueFull }
    let id = book.head
    if let table = indirectTable {
      guard options.indirectDescriptors else { throw .indirectNotNegotiated }
      try writeTable(buffers, at: table)
      let length = UInt32(shape.count) &* UInt32(PackedLayout.descriptorBytes)
      try place(PackedDescriptor(address: table, length: length, id: id, flags: .indirect))
    } else {
      var remaining = buffers.count
      for buffer in buffers {
        remaining &-= 1
        var flags: DescriptorFlags = remaining == 0 ? [] : .next
        if buffer.isWritable { flags.insert(.write) }
        try place(PackedDescriptor(address: buffer.address, length: buffer.length, id: id, flags: flags))
      }
    }
    addedSincePublish &+= slots
    return book.take(links: 1, cost: slots, writableBytes: shape.writableBytes)
  }

  private func writeTable<Buffers: RandomAccessCollection>(
    _ buffers: Buffers, at table: UInt64
  ) throws(QueueDriverError) where Buffers.Element == QueueBuffer {
    var place = table
    for buffer in buffers {
      let flags: DescriptorFlags = buffer.isWritable ? .write : []
      let descriptor = PackedDescriptor(address: buffer.address, length: buffer.length, id: 0, flags: flags)
      guard descriptor.storeBody(at: place, in: memory), descriptor.storeFlags(at: place, in: memory) else {
        throw .outsideMemory
      }
      place &+= PackedLayout.descriptorBytes
    }
  }

  /// Writes `descriptor` into the next slot; the first one since ``publish()`` keeps its flags back.
  private mutating func place(_ descriptor: PackedDescriptor) throws(QueueDriverError) {
    var descriptor = descriptor
    descriptor.flags.formUnion(.available(wrap: nextAvailable.wrap))
    let place = layout.descriptors &+ PackedLayout.descriptorBytes &* UInt64(nextAvailable.slot)
    guard descriptor.storeBody(at: place, in: memory) else { throw .outsideMemory }
    if held == nil {
      held = (place, descriptor)
    } else {
      guard descriptor.storeFlags(at: place, in: memory) else { throw .outsideMemory }
    }
    nextAvailable.advance(by: 1, size: layout.size)
  }

  /// Shows every request added so far to the device.
  ///
  /// - Returns: whether the device wants to be notified (virtio 1.2, section 2.8.21.3.1).
  public mutating func publish() throws(QueueDriverError) -> Bool {
    guard let first = held else { return false }
    memory.barrier()
    guard first.descriptor.storeFlags(at: first.place, in: memory) else { throw .outsideMemory }
    held = nil
    memory.barrier()
    let count = addedSincePublish
    addedSincePublish = 0
    // A reserved value says nothing that could be obeyed: notify.
    guard let wanted = EventSuppression(at: layout.device, in: memory) else { return true }
    return wanted.wantsEvent(after: count, next: nextAvailable.slot, wrap: nextAvailable.wrap, size: layout.size)
  }

  /// Whether the device has returned something.
  public func hasUsed() throws(QueueDriverError) -> Bool {
    let place = layout.descriptors &+ PackedLayout.descriptorBytes &* UInt64(nextUsed.slot)
    guard let flags = memory.load16(at: place &+ PackedLayout.flagsOffset) else { throw .outsideMemory }
    let marks = DescriptorFlags(rawValue: flags).intersection([.available, .used])
    return marks == .used(wrap: nextUsed.wrap) && book.outstandingCount != 0
  }

  /// Takes the next request that the device has finished with, or nil when there is none.
  public mutating func popUsed() throws(QueueDriverError) -> UsedRequest? {
    guard try hasUsed() else { return nil }
    memory.barrier()
    let place = layout.descriptors &+ PackedLayout.descriptorBytes &* UInt64(nextUsed.slot)
    guard let descriptor = PackedDescriptor(at: place, in: memory) else { throw .outsideMemory }
    guard let request = book.outstanding(descriptor.id) else { throw .usedUnknownRequest }
    // The length counts only when the device marked it as written (virtio 1.2, section 2.8.8).
    let written = descriptor.flags.contains(.write) ? descriptor.length : 0
    guard written <= request.writableBytes else { throw .usedLengthImpossible }
    book.giveBack(descriptor.id, links: 1)
    nextUsed.advance(by: request.cost, size: layout.size)
    if interruptsEnabled && options.eventIndex { try storeUsedEvent() }
    return UsedRequest(id: descriptor.id, writtenBytes: written)
  }

  /// Asks for an interrupt when the device returns the next request.
  ///
  /// - Returns: whether one was returned meanwhile: then take it first, since no interrupt may come for it.
  public mutating func enableInterrupts() throws(QueueDriverError) -> Bool {
    interruptsEnabled = true
    if options.eventIndex {
      try storeUsedEvent()
    } else {
      guard EventSuppression.enabled.store(at: layout.driver, in: memory) else { throw .outsideMemory }
    }
    memory.barrier()
    return try hasUsed()
  }

  /// Asks for no interrupts; a hint, the device may send some all the same.
  public mutating func disableInterrupts() throws(QueueDriverError) {
    interruptsEnabled = false
    guard EventSuppression.disabled.store(at: layout.driver, in: memory) else { throw .outsideMemory }
  }

  private func storeUsedEvent() throws(QueueDriverError) {
    let event = EventSuppression.atDescriptor(slot: nextUsed.slot, wrap: nextUsed.wrap)
    guard event.store(at: layout.driver, in: memory) else { throw .outsideMemory }
  }
}

/// A place in a packed ring: the slot, and the wrap counter of the lap (virtio 1.2, section 2.8.1).
public struct PackedPosition: Equatable, Sendable {
  public var slot: UInt16
  public var wrap: Bool

  /// The first slot of the first lap.
  public init() {
    slot = 0
    wrap = true
  }

  public init(slot: UInt16, wrap: Bool) {
    self.slot = slot
    self.wrap = wrap
  }

  /// Moves on by `count` slots, at most `size`, in a ring of `size` slots.
  public mutating func advance(by count: UInt16, size: UInt16) {
    slot &+= count
    if slot >= size {
      slot &-= size
      wrap.toggle()
    }
  }
}
