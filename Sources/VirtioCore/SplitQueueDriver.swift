/// The driver side of a split virtqueue (virtio 1.2, section 2.7).
///
/// ```swift
/// var queue = try SplitQueueDriver(memory: memory, layout: layout, options: QueueOptions(features))
/// let id = try queue.add([.readable(request, 24), .writable(reply, 512)])
/// if try queue.publish() { notifyDevice() }
/// while let used = try queue.popUsed() { finish(used.id, used.writtenBytes) }
/// ```
///
/// Nothing that the device writes is trusted: what is outstanding is kept outside the rings, and a used element that
/// cannot be right is an error which leaves the queue as it was.
public struct SplitQueueDriver<Memory: GuestMemoryAccess> {
  public let memory: Memory
  public let layout: QueueLayout
  public let options: QueueOptions
  private var book: RequestBook
  /// The free-running index of the next slot of the available ring, and its value when the device was last told.
  private var nextAvailable: UInt16 = 0
  private var lastPublished: UInt16 = 0
  /// The free-running index of the next slot of the used ring.
  private var nextUsed: UInt16 = 0
  private var interruptsEnabled = true

  /// Takes over a queue's memory and empties the rings.
  ///
  /// - Throws: ``QueueDriverError/outsideMemory`` when the layout is no split queue in this memory.
  public init(memory: Memory, layout: QueueLayout, options: QueueOptions) throws(QueueDriverError) {
    guard layout.isValidSplit(in: memory) else { throw .outsideMemory }
    self.memory = memory
    self.layout = layout
    self.options = options
    book = RequestBook(size: layout.size)
    try Self.clear(layout.driver, SplitLayout.availableRingBytes(size: layout.size), memory)
    try Self.clear(layout.device, SplitLayout.usedRingBytes(size: layout.size), memory)
  }

  private static func clear(_ start: UInt64, _ count: UInt64, _ memory: Memory) throws(QueueDriverError) {
    for offset in stride(from: 0, to: count, by: 2) {
      guard memory.store16(0, at: start &+ offset) else { throw .outsideMemory }
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
    let links: UInt16 = indirectTable == nil ? shape.count : 1
    guard links <= book.freeCount else { throw .queueFull }
    if let table = indirectTable {
      guard options.indirectDescriptors else { throw .indirectNotNegotiated }
      try writeChain(buffers, into: table) { place in place &+ 1 }
      let descriptor = SplitDescriptor(
        address: table, length: UInt32(shape.count) &* UInt32(SplitLayout.descriptorBytes), flags: .indirect, next: 0)
      guard descriptor.store(at: place(of: book.head), in: memory) else { throw .outsideMemory }
    } else {
      let book = self.book
      try writeChain(buffers, into: layout.descriptors, first: book.head) { place in book.entry(after: place) }
    }
    let head = book.take(links: links, cost: links, writableBytes: shape.writableBytes)
    let slot = layout.driver &+ SplitLayout.availableEntryOffset(nextAvailable & (layout.size &- 1))
    guard memory.store16(head, at: slot) else { throw .outsideMemory }
    nextAvailable &+= 1
    return head
  }

  private func writeChain<Buffers: RandomAccessCollection>(
    _ buffers: Buffers, into table: UInt64, first: UInt16 = 0, following: (UInt16) -> UInt16
  ) throws(QueueDriverError) where Buffers.Element == QueueBuffer {
    var entry = first
    var remaining = buffers.count
    for buffer in buffers {
      remaining &-= 1
      let isLast = remaining == 0
      let after = isLast ? 0 : following(entry)
      var flags: DescriptorFlags = isLast ? [] : .next
      if buffer.isWritable { flags.insert(.write) }
      let descriptor = SplitDescriptor(address: buffer.address, length: buffer.length, flags: flags, next: after)
      guard descriptor.store(at: table &+ SplitLayout.descriptorBytes &* UInt64(entry), in: memory) else {
        throw .outsideMemory
      }
      entry = after
    }
  }

  private func place(of descriptor: UInt16) -> UInt64 {
    layout.descriptors &+ SplitLayout.descriptorBytes &* UInt64(descriptor)
  }

  /// Shows every request added so far to the device.
  ///
  /// - Returns: whether the device wants to be notified (virtio 1.2, section 2.7.10).
  public mutating func publish() throws(QueueDriverError) -> Bool {
    guard nextAvailable != lastPublished else { return false }
    memory.barrier()
    guard memory.store16(nextAvailable, at: layout.driver &+ SplitLayout.indexOffset) else { throw .outsideMemory }
    memory.barrier()
    let old = lastPublished
    lastPublished = nextAvailable
    if options.eventIndex {
      let place = layout.device &+ SplitLayout.availableEventOffset(size: layout.size)
      guard let event = memory.load16(at: place) else { throw .outsideMemory }
      return passesEvent(event, from: old, to: nextAvailable)
    }
    guard let flags = memory.load16(at: layout.device) else { throw .outsideMemory }
    return flags & SplitLayout.noNotify == 0
  }

  /// Whether the device has returned something.
  public func hasUsed() throws(QueueDriverError) -> Bool {
    guard let index = memory.load16(at: layout.device &+ SplitLayout.indexOffset) else { throw .outsideMemory }
    return index != nextUsed
  }

  /// Takes the next request that the device has finished with, or nil when there is none.
  public mutating func popUsed() throws(QueueDriverError) -> UsedRequest? {
    guard let index = memory.load16(at: layout.device &+ SplitLayout.indexOffset) else { throw .outsideMemory }
    let pending = index &- nextUsed
    guard pending != 0 else { return nil }
    guard pending <= book.outstandingCount else { throw .usedIndexImpossible }
    memory.barrier()
    let slot = layout.device &+ SplitLayout.usedEntryOffset(nextUsed & (layout.size &- 1))
    guard let id = memory.load32(at: slot), let written = memory.load32(at: slot &+ 4) else { throw .outsideMemory }
    guard let head = UInt16(exactly: id), let request = book.outstanding(head) else { throw .usedUnknownRequest }
    guard written <= request.writableBytes else { throw .usedLengthImpossible }
    book.giveBack(head, links: request.cost)
    nextUsed &+= 1
    if interruptsEnabled && options.eventIndex { try storeUsedEvent(nextUsed) }
    return UsedRequest(id: head, writtenBytes: written)
  }

  /// Asks for an interrupt when the device returns the next request.
  ///
  /// - Returns: whether one was returned meanwhile: then take it first, since no interrupt may come for it.
  public mutating func enableInterrupts() throws(QueueDriverError) -> Bool {
    interruptsEnabled = true
    if options.eventIndex {
      try storeUsedEvent(nextUsed)
    } else {
      guard memory.store16(0, at: layout.driver) else { throw .outsideMemory }
    }
    memory.barrier()
    return try hasUsed()
  }

  /// Asks for no interrupts; a hint, the device may send some all the same.
  public mutating func disableInterrupts() throws(QueueDriverError) {
    interruptsEnabled = false
    if options.eventIndex {
      // The index just passed comes round again only after 65,535 requests.
      try storeUsedEvent(nextUsed &- 1)
    } else {
      guard memory.store16(SplitLayout.noInterrupt, at: layout.driver) else { throw .outsideMemory }
    }
  }

  private func storeUsedEvent(_ index: UInt16) throws(QueueDriverError) {
    let place = layout.driver &+ SplitLayout.usedEventOffset(size: layout.size)
    guard memory.store16(index, at: place) else { throw .outsideMemory }
  }
}
