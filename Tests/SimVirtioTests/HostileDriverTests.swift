import SimEvents
import SimMemory
import SimVirtio
import TestSupport
import Testing
import VirtioCore

/// A driver that writes anything anywhere, into registers and rings; often enough something that makes sense.
struct HostileDriverTests {
  private static func device(_ kind: Int, _ report: @escaping (EventPayload) -> Void) throws -> any VirtioDevice {
    switch kind {
    case 0: ConsoleDevice(queueSize: 16, report: report)
    case 1:
      NinePDevice(
        share: try Share(
          [.file("a", [1, 2, 3]), .folder("d")], limits: ShareLimits(bytesMax: 1 << 16, entriesMax: 20)),
        queueSize: 16, report: report)
    case 2: EntropyDevice(queueSize: 16) { [UInt8](repeating: 7, count: $1) }
    default: BlockDevice(image: [UInt8](repeating: 0, count: 4096), queueSize: 16)
    }
  }

  @Test(arguments: 0..<4) func nothingTrapsOrHangs(_ kind: Int) throws {
    let seed = 0x0bad_0000 + UInt64(kind)
    var random = SeededGenerator(seed: seed)
    let slot = try TestSlot { try Self.device(kind, $0) }
    var counts: [String: Int] = [:]
    let operations = 60_000
    for _ in 0..<operations {
      switch random.below(40) {
      case 0: slot.transport.write(offset: UInt64(random.below(0x110)), size: 4, value: random.next())
      case 1: slot.transport.write(offset: UInt64(random.below(64) * 4), size: 4, value: UInt64(random.below(16)))
      case 2: _ = slot.transport.read(offset: random.next() >> UInt64(random.below(64)), size: random.below(12) - 1)
      case 3...5: try? slot.start(Features(rawValue: random.next()), size: 1 << UInt16(random.below(5)))
      case 6: (slot.transport.device as? ConsoleDevice)?.input([UInt8](repeating: 1, count: random.below(100)))
      case 7: try checkState(slot)
      case 8...20: scribble(slot, &random)
      case 21...24: offer(slot, &random)
      default: slot.driver.notify(UInt16(random.below(3)))
      }
      if slot.log.events.count > 1000 { count(slot, &counts) }
    }
    count(slot, &counts)
    print("hostile driver \(kind): \(operations) operations, seed \(seed), \(counts.sorted { $0.key < $1.key })")
    #expect(counts["queueError", default: 0] > 50)
    #expect(counts["usedChain", default: 0] > 100)
    slot.driver.reset()
    if kind == 2 {
      try slot.start()
      #expect(try slot.request([], room: 4) == [7, 7, 7, 7], "a reset makes the device whole again")
    }
  }

  /// What can be saved at any time can be restored.
  private func checkState(_ slot: TestSlot) throws {
    let saved = slot.transport.state
    try slot.transport.restore(saved)
    #expect(slot.transport.state == saved)
  }

  private func count(_ slot: TestSlot, _ counts: inout [String: Int]) {
    for event in slot.log.events {
      switch event {
      case .queueError: counts["queueError", default: 0] += 1
      case .descriptorChain: counts["descriptorChain", default: 0] += 1
      case .usedChain: counts["usedChain", default: 0] += 1
      case .deviceStatus: counts["deviceStatus", default: 0] += 1
      case .ninePReply: counts["ninePReply", default: 0] += 1
      default: counts["other", default: 0] += 1
      }
    }
    slot.log.events = []
  }

  /// Writes something into a ring: half of the time a descriptor that could be right.
  private func scribble(_ slot: TestSlot, _ random: inout SeededGenerator) {
    let layout = TestSlot.layout(queue: random.below(2), size: 16)
    let address = [0x80000 + UInt64(random.below(0x1000)), layout.driver, layout.descriptors, 0xffff0][random.below(4)]
    let length = UInt32(truncatingIfNeeded: random.next() >> UInt64(32 + random.below(32)))
    let flags = DescriptorFlags(
      rawValue: UInt16(random.below(8)) | (random.below(2) == 0 ? 0x80 : UInt16(random.below(2)) << 15))
    let place = layout.descriptors + 16 * UInt64(random.below(16))
    switch random.below(4) {
    case 0:
      _ = SplitDescriptor(address: address, length: length, flags: flags, next: UInt16(random.below(20)))
        .store(at: place, in: slot.memory)
    case 1:
      let descriptor = PackedDescriptor(address: address, length: length, id: UInt16(random.below(20)), flags: flags)
      _ = descriptor.storeBody(at: place, in: slot.memory) && descriptor.storeFlags(at: place, in: slot.memory)
    case 2: _ = slot.memory.store16(UInt16(random.below(40)), at: layout.driver + 2 * UInt64(random.below(22)))
    default: _ = slot.memory.store64(random.next(), at: 0x10000 + UInt64(random.below(0x20000)))
    }
  }

  /// Puts one chain into a queue as a driver should, with contents that make some sense to some device.
  private func offer(_ slot: TestSlot, _ random: inout SeededGenerator) {
    guard !slot.queues.isEmpty else { return }
    var bytes: [UInt8] = (0..<24).map { _ in UInt8(random.below(256)) }
    bytes[0] = UInt8(random.below(32))
    bytes[1...3] = [0, 0, 0]
    bytes[4] = [100, 104, 110, 12, 116, 118, 40, 24, 120, 72, 1][random.below(11)]
    guard slot.memory.write(bytes, at: 0x80000) else { return }
    var buffers: [QueueBuffer] = []
    if random.below(3) > 0 { buffers.append(.readable(0x80000, UInt32(random.below(25)))) }
    if random.below(3) > 0 { buffers.append(.writable(0x90000, UInt32(random.below(2000)))) }
    let queue = random.below(slot.queues.count)
    _ = try? slot.queues[queue].add(buffers)
    while (try? slot.queues[queue].popUsed()) != nil {}
    if (try? slot.queues[queue].publish()) == true { slot.driver.notify(UInt16(queue)) }
  }

  /// A device that writes into its own ring makes it look full for ever; one notification still ends.
  @Test func aNotificationIsBoundedEvenWhenTheDeviceFeedsItself() throws {
    // The available index becomes whatever the "random" bytes say: always far enough ahead.
    var served = 0
    let slot = try TestSlot { _ in
      EntropyDevice(queueSize: 8) { _, count in
        served += 1
        return (0..<count).map { $0 == 0 ? UInt8(truncatingIfNeeded: served + 4) : 0 }
      }
    }
    try slot.start([], size: 8)
    let layout = TestSlot.layout(queue: 0, size: 8)
    for index in 0..<UInt64(8) {
      let descriptor = SplitDescriptor(address: layout.driver + 2, length: 2, flags: .write, next: 0)
      #expect(descriptor.store(at: layout.descriptors + 16 * index, in: slot.memory))
    }
    #expect(slot.memory.store16(4, at: layout.driver + 2))
    slot.driver.notify(0)
    #expect(served == 8)
  }
}
