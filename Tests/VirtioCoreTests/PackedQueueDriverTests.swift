import Testing
import VirtioCore

struct PackedQueueDriverTests {
  let memory = ArrayMemory()
  let layout = QueueLayout.sample(size: 3)

  func driver(eventIndex: Bool = false) throws -> PackedQueueDriver<ArrayMemory> {
    try PackedQueueDriver(
      memory: memory, layout: layout, options: QueueOptions(eventIndex: eventIndex, indirectDescriptors: true))
  }

  func flags(_ slot: UInt64) -> DescriptorFlags? {
    memory.load16(at: 0x1000 + 16 * slot + 14).map(DescriptorFlags.init)
  }

  /// Writes a used descriptor as a device would.
  func use(_ id: UInt16, length: UInt32, slot: UInt64, wrap: Bool) {
    let descriptor = PackedDescriptor(
      address: 0, length: length, id: id, flags: DescriptorFlags.used(wrap: wrap).union(.write))
    #expect(descriptor.storeBody(at: 0x1000 + 16 * slot, in: memory))
    #expect(descriptor.storeFlags(at: 0x1000 + 16 * slot, in: memory))
  }

  @Test func holdsTheFirstDescriptorBackUntilPublish() throws {
    var queue = try driver()
    let id = try queue.add([.readable(0x8000, 1), .writable(0x8100, 2)])
    #expect(flags(0) == [])
    #expect(flags(1) == [.write, .available])
    #expect(try queue.publish())
    #expect(flags(0) == [.next, .available])
    #expect(memory.load16(at: 0x1000 + 12) == id)
  }

  @Test func turnsTheWrapCounterEachLap() throws {
    var queue = try driver()
    for lap in 0..<7 {
      let slot = UInt64(lap * 2 % 3)
      let wrap = (lap * 2 / 3) % 2 == 0
      let id = try queue.add([.readable(0x8000, 1), .writable(0x8100, 2)])
      _ = try queue.publish()
      #expect(flags(slot) == DescriptorFlags.available(wrap: wrap).union(.next), "lap \(lap)")
      use(id, length: 2, slot: slot, wrap: wrap)
      #expect(try queue.popUsed() == UsedRequest(id: id, writtenBytes: 2))
      #expect(queue.freeCount == 3)
    }
  }

  @Test func doesNotTrustTheDevice() throws {
    var queue = try driver()
    let id = try queue.add([.readable(0x8000, 8), .writable(0x9000, 8)])
    _ = try queue.publish()
    use(id + 1, length: 8, slot: 0, wrap: true)
    #expect(throws: QueueDriverError.usedUnknownRequest) { try queue.popUsed() }
    use(0xffff, length: 8, slot: 0, wrap: true)
    #expect(throws: QueueDriverError.usedUnknownRequest) { try queue.popUsed() }
    use(id, length: 9, slot: 0, wrap: true)
    #expect(throws: QueueDriverError.usedLengthImpossible) { try queue.popUsed() }
    use(id, length: 8, slot: 0, wrap: true)
    #expect(try queue.popUsed() == UsedRequest(id: id, writtenBytes: 8))
    use(id, length: 8, slot: 2, wrap: true)
    #expect(try queue.popUsed() == nil, "nothing is outstanding")
  }

  @Test func suppressesNotificationsAsTheDeviceAsks() throws {
    var queue = try driver(eventIndex: true)
    #expect(EventSuppression.disabled.store(at: layout.device, in: memory))
    _ = try queue.add([.readable(0x8000, 1)])
    #expect(try !queue.publish())
    #expect(EventSuppression.atDescriptor(slot: 2, wrap: true).store(at: layout.device, in: memory))
    _ = try queue.add([.readable(0x8000, 1)])
    #expect(try !queue.publish())
    _ = try queue.add([.readable(0x8000, 1)])
    #expect(try queue.publish())
  }

  @Test func readsEventSuppressionOverTheWrap() {
    // In a ring of 4, descriptors 3, 0 and 1 changed hands; the next slot is 2 of the odd lap.
    let told = [(3, true), (0, false), (1, false)]
    let untold = [(2, true), (2, false), (3, false), (1, true)]
    for (expected, places) in [(true, told), (false, untold)] {
      for (slot, wrap) in places {
        let event = EventSuppression.atDescriptor(slot: UInt16(slot), wrap: wrap)
        #expect(event.wantsEvent(after: 3, next: 2, wrap: false, size: 4) == expected, "\(slot) \(wrap)")
      }
    }
  }
}
