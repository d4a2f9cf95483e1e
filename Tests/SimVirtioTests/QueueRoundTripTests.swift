import SimMemory
import SimVirtio
import TestSupport
import Testing
import VirtioCore

/// One shape of queue.
struct QueueShape: CustomStringConvertible, Sendable {
  var size: UInt16
  var features: Features

  static let all: [QueueShape] = {
    var shapes: [QueueShape] = []
    for packed in [false, true] {
      for size in packed ? [UInt16(1), 2, 3, 4, 7, 8, 255, 1024] : [1, 2, 4, 8, 256, 1024] {
        for options in [Features(), .eventIndex, .indirectDescriptors, [.eventIndex, .indirectDescriptors]] {
          shapes.append(QueueShape(size: size, features: packed ? options.union(.packedRing) : options))
        }
      }
    }
    return shapes
  }()

  var description: String {
    let kind = features.contains(.packedRing) ? "packed" : "split"
    let event = features.contains(.eventIndex) ? " event" : ""
    return "\(kind)\(event)\(features.contains(.indirectDescriptors) ? " indirect" : "") \(size)"
  }
}

struct QueueRoundTripTests {
  /// The driver notifies only when ``publish()`` says so, and looks only when the interrupt line rises: one lost
  /// notification or interrupt stops the traffic for good. The shapes of 4 run past
  /// the wrap of the 16-bit indices, all of them several laps round the ring.
  @Test(arguments: QueueShape.all) func everyRequestComesBackThroughSuppressedNotifications(_ shape: QueueShape) throws
  {
    let slot = try TestSlot { _ in EchoDevice() }
    try slot.start(shape.features, size: shape.size)
    var random = SeededGenerator(seed: 0x5107_0000 + UInt64(shape.size))
    var expected: [UInt16: (reply: UInt64, bytes: [UInt8])] = [:]
    var freePlaces = Array(0..<16)
    var places: [UInt16: Int] = [:]
    let total = shape.size == 4 ? 66_000 : 4_000
    var sent = 0
    var received = 0
    var notifications = 0
    while received < total {
      var added = 0
      while sent < total, let place = freePlaces.last, added < 8 {
        let base = TestSlot.buffers + UInt64(place) * 0x1000
        let bytes = (0..<random.below(9)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        guard slot.memory.write(bytes, at: base) else { break }
        var buffers = pieces(of: base, count: bytes.count, isWritable: false, &random)
        let room = random.below(12)
        buffers += pieces(of: base + 0x800, count: room, isWritable: true, &random)
        if buffers.isEmpty { buffers = [.readable(base, 0)] }
        buffers = Array(buffers.suffix(Int(shape.size)))
        let readable = buffers.filter { !$0.isWritable }.reduce(0) { $0 + Int($1.length) }
        let writable = buffers.filter(\.isWritable).reduce(0) { $0 + Int($1.length) }
        let useTable = shape.features.contains(.indirectDescriptors) && random.below(2) == 0
        do throws(QueueDriverError) {
          let id = try slot.queues[0].add(buffers, indirectTable: useTable ? base + 0xc00 : nil)
          let start = buffers.first(where: \.isWritable)?.address ?? base + 0x800
          expected[id] = (start, Array(bytes.suffix(readable).reversed().prefix(writable)))
          places[id] = place
          freePlaces.removeLast()
          sent += 1
          added += 1
        } catch {
          #expect(error == .queueFull)
          break
        }
      }
      if try slot.queues[0].publish() {
        notifications += 1
        slot.driver.notify(0)
      }
      guard slot.transport.interruptAsserted else {
        // Only a queue with nothing in it may be silent.
        try #require(slot.queues[0].outstandingCount == 0, "a lost notification or interrupt after \(received)")
        continue
      }
      #expect(slot.driver.takeInterrupt() == .usedBuffer)
      #expect(slot.log.queueErrors.isEmpty)
      slot.log.events = []
      while let used = try slot.queues[0].popUsed() {
        let taken = expected.removeValue(forKey: used.id)
        let (reply, bytes) = try #require(taken)
        #expect(Int(used.writtenBytes) == bytes.count)
        #expect(slot.memory.read(reply, count: bytes.count) == bytes)
        let place = places.removeValue(forKey: used.id)
        freePlaces.append(try #require(place))
        received += 1
      }
    }
    #expect(slot.queues[0].freeCount == shape.size)
    #expect(notifications > 0)
  }

  /// `count` bytes in up to three buffers that follow one another.
  private func pieces(
    of base: UInt64, count: Int, isWritable: Bool, _ random: inout SeededGenerator
  ) -> [QueueBuffer] {
    var result: [QueueBuffer] = []
    var done = 0
    while done < count {
      let part = result.count == 2 ? count - done : 1 + random.below(count - done)
      result.append(QueueBuffer(address: base + UInt64(done), length: UInt32(part), isWritable: isWritable))
      done += part
    }
    return result
  }

  @Test(arguments: [Features(), .eventIndex, .packedRing, [.packedRing, .eventIndex]])
  func aDriverThatWantsNoInterruptsGetsNone(_ features: Features) throws {
    let slot = try TestSlot { _ in EchoDevice() }
    try slot.start(features, size: 4)
    _ = try slot.queues[0].setInterrupts(false)
    _ = try slot.request([1, 2, 3], room: 3)
    #expect(!slot.transport.interruptAsserted)
    _ = try slot.queues[0].setInterrupts(true)
    #expect(try slot.request([1, 2, 3], room: 3) == [3, 2, 1])
    #expect(slot.transport.interruptAsserted)
  }

  @Test func theReplyContinuesOverBuffersAndStopsWhereTheRoomEnds() throws {
    let slot = try TestSlot { _ in EchoDevice() }
    try slot.start()
    let base = TestSlot.buffers
    #expect(slot.memory.write([1, 2, 3, 4, 5, 6], at: base))
    _ = try slot.queues[0].add([
      .readable(base, 2), .readable(base + 2, 0), .readable(base + 3, 3), .writable(base + 0x100, 1),
      .writable(base + 0x200, 3),
    ])
    if try slot.queues[0].publish() { slot.driver.notify(0) }
    #expect(try slot.queues[0].popUsed()?.writtenBytes == 4)
    #expect(slot.memory.read(base + 0x100, count: 2) == [6, 0])
    #expect(slot.memory.read(base + 0x200, count: 4) == [5, 4, 2, 0])
  }
}
