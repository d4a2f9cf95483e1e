import Testing
import VirtioCore

struct SplitQueueDriverTests {
  let memory = ArrayMemory()
  let layout = QueueLayout.sample(size: 4)

  func driver(eventIndex: Bool = false, indirect: Bool = true) throws -> SplitQueueDriver<ArrayMemory> {
    try SplitQueueDriver(
      memory: memory, layout: layout, options: QueueOptions(eventIndex: eventIndex, indirectDescriptors: indirect))
  }

  /// Writes a used element as a device would.
  func use(_ id: UInt32, length: UInt32, slot: UInt64, index: UInt16) {
    #expect(memory.store32(id, at: 0x4004 + 8 * slot))
    #expect(memory.store32(length, at: 0x4008 + 8 * slot))
    #expect(memory.store16(index, at: 0x4002))
  }

  @Test func writesAChainAsTheSpecificationLaysItOut() throws {
    var queue = try driver()
    let id = try queue.add([.readable(0x1_2345_6789, 0x11), .writable(0x8000, 0x22)])
    #expect(memory.load16(at: 0x3002) == 0, "nothing is visible before publish")
    #expect(try queue.publish())
    #expect(id == 0)
    #expect(memory.load16(at: 0x3002) == 1)
    #expect(memory.load16(at: 0x3004) == 0)
    #expect(
      SplitDescriptor(at: 0x1000, in: memory)
        == SplitDescriptor(address: 0x1_2345_6789, length: 0x11, flags: .next, next: 1))
    #expect(
      SplitDescriptor(at: 0x1010, in: memory) == SplitDescriptor(address: 0x8000, length: 0x22, flags: .write, next: 0))
    #expect(queue.freeCount == 2)
  }

  @Test func writesAnIndirectTable() throws {
    var queue = try driver()
    let id = try queue.add([.readable(0x8000, 1), .readable(0x8010, 2), .writable(0x8020, 3)], indirectTable: 0x6000)
    #expect(
      SplitDescriptor(at: 0x1000 + 16 * UInt64(id), in: memory)
        == SplitDescriptor(address: 0x6000, length: 48, flags: .indirect, next: 0))
    #expect(
      SplitDescriptor(at: 0x6010, in: memory) == SplitDescriptor(address: 0x8010, length: 2, flags: .next, next: 2))
    #expect(queue.freeCount == 3)
  }

  @Test func refusesRequestsThatTheSpecificationForbids() throws {
    var queue = try driver(indirect: false)
    let some = QueueBuffer.readable(0x8000, 1)
    #expect(throws: QueueDriverError.noBuffers) { try queue.add([]) }
    #expect(throws: QueueDriverError.tooManyBuffers) { try queue.add([some, some, some, some, some]) }
    #expect(throws: QueueDriverError.readableAfterWritable) { try queue.add([.writable(0x8000, 0), some]) }
    #expect(throws: QueueDriverError.tooManyBytes) { try queue.add([.readable(0, .max), some]) }
    #expect(throws: QueueDriverError.indirectNotNegotiated) { try queue.add([some], indirectTable: 0x6000) }
    #expect(queue.freeCount == 4)
    _ = try queue.add([some, some, some])
    #expect(throws: QueueDriverError.queueFull) { try queue.add([some, some]) }
    #expect(throws: QueueDriverError.outsideMemory) {
      try SplitQueueDriver(
        memory: memory, layout: QueueLayout(size: 4, descriptors: 0x1000, driver: 0x10ff0, device: 0x10ffc),
        options: queue.options)
    }
  }

  @Test func doesNotTrustTheDevice() throws {
    var queue = try driver()
    let id = try queue.add([.readable(0x8000, 8), .writable(0x9000, 8)])
    _ = try queue.publish()
    use(UInt32(id), length: 8, slot: 0, index: 2)
    #expect(throws: QueueDriverError.usedIndexImpossible) { try queue.popUsed() }
    use(UInt32(id) + 1, length: 8, slot: 0, index: 1)
    #expect(throws: QueueDriverError.usedUnknownRequest) { try queue.popUsed() }
    use(UInt32(id) + 0x10000, length: 8, slot: 0, index: 1)
    #expect(throws: QueueDriverError.usedUnknownRequest) { try queue.popUsed() }
    use(UInt32(id), length: 9, slot: 0, index: 1)
    #expect(throws: QueueDriverError.usedLengthImpossible) { try queue.popUsed() }
    use(UInt32(id), length: 8, slot: 0, index: 1)
    #expect(try queue.popUsed() == UsedRequest(id: id, writtenBytes: 8))
    #expect(try queue.popUsed() == nil)
    #expect(queue.freeCount == 4)
  }

  @Test func notifiesByFlagOrByEventIndex() throws {
    var flags = try driver()
    _ = try flags.add([.readable(0x8000, 1)])
    #expect(memory.store16(SplitLayout.noNotify, at: 0x4000))
    #expect(try !flags.publish())

    var indexed = try driver(eventIndex: true)
    let event = 0x4000 + SplitLayout.availableEventOffset(size: 4)
    _ = try indexed.add([.readable(0x8000, 1)])
    #expect(try indexed.publish(), "the event index starts at 0")
    _ = try indexed.add([.readable(0x8000, 1)])
    #expect(try !indexed.publish())
    #expect(memory.store16(3, at: event))
    _ = try indexed.add([.readable(0x8000, 1)])
    #expect(try !indexed.publish())
    _ = try indexed.add([.readable(0x8000, 1)])
    #expect(try indexed.publish())
    #expect(try !indexed.publish(), "nothing new to tell")
  }

  @Test func asksForInterrupts() throws {
    var queue = try driver(eventIndex: true)
    let usedEvent = 0x3000 + SplitLayout.usedEventOffset(size: 4)
    let id = try queue.add([.writable(0x8000, 4)])
    _ = try queue.publish()
    try queue.disableInterrupts()
    #expect(memory.load16(at: usedEvent) == 0xffff)
    use(UInt32(id), length: 0, slot: 0, index: 1)
    #expect(try queue.enableInterrupts(), "a request came back meanwhile")
    _ = try queue.popUsed()
    #expect(memory.load16(at: usedEvent) == 1)

    var plain = try driver()
    try plain.disableInterrupts()
    #expect(memory.load16(at: 0x3000) == SplitLayout.noInterrupt)
    #expect(try !plain.enableInterrupts())
    #expect(memory.load16(at: 0x3000) == 0)
  }
}
