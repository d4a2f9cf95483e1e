import SimEvents
import SimVirtio
import Testing
import VirtioCore

struct ConsoleDeviceTests {
  @Test(arguments: [Features(), .eventIndex, .packedRing, [.packedRing, .eventIndex]])
  func bytesGoBothWays(_ features: Features) throws {
    let slot = try TestSlot { ConsoleDevice(report: $0) }
    let console = try #require(slot.transport.device as? ConsoleDevice)
    #expect(console.input(Array("early ".utf8)) == 6)
    try slot.start(features, size: 4)
    for index in 0..<3 { _ = try slot.queues[0].add([.writable(TestSlot.buffers + UInt64(index) * 0x100, 4)]) }
    if try slot.queues[0].publish() { slot.driver.notify(0) }
    console.input(Array("typed".utf8))
    var received = ""
    for round in 0..<3 {
      while let used = try slot.queues[0].popUsed() {
        let place = TestSlot.buffers + UInt64(used.id) * 0x100
        received += String(
          decoding: try #require(slot.memory.read(place, count: Int(used.writtenBytes))), as: UTF8.self)
        _ = try slot.queues[0].add([.writable(place, 4)])
        #expect(used.id < 3, "round \(round)")
      }
      if try slot.queues[0].publish() { slot.driver.notify(0) }
    }
    #expect(received == "early typed")
    #expect(console.pendingInputCount == 0)

    #expect(slot.memory.write(Array("hello".utf8), at: 0x90000))
    _ = try slot.queues[1].add([.readable(0x90000, 2), .readable(0x90002, 3)])
    if try slot.queues[1].publish() { slot.driver.notify(1) }
    #expect(slot.log.consoleOutput == "hello")
    #expect(try slot.queues[1].popUsed()?.writtenBytes == 0)
  }

  @Test func inputWaitsForBuffersUpToALimit() throws {
    let slot = try TestSlot { ConsoleDevice(report: $0) }
    let console = try #require(slot.transport.device as? ConsoleDevice)
    #expect(console.input([UInt8](repeating: 65, count: 100_000)) == ConsoleDevice.pendingBytesMax)
    #expect(console.input([66]) == 0)
    try slot.start(size: 8)
    _ = try slot.queues[0].add([.writable(TestSlot.buffers, 100)])
    if try slot.queues[0].publish() { slot.driver.notify(0) }
    #expect(try slot.queues[0].popUsed()?.writtenBytes == 100)
    #expect(console.input([66, 67]) == 2)
  }

  @Test func theSizeIsConfiguration() throws {
    let slot = try TestSlot { ConsoleDevice(report: $0) }
    let console = try #require(slot.transport.device as? ConsoleDevice)
    try slot.start()
    #expect(slot.transport.read(offset: 0x100, size: 4) == 25 << 16 | 80)
    console.resize(columns: 0x123, rows: 0x45)
    #expect(slot.transport.read(offset: 0x100, size: 4) == 0x45 << 16 | 0x123)
    #expect(slot.driver.takeInterrupt() == .configurationChange)
  }
}

struct EntropyDeviceTests {
  @Test func bytesComeFromTheGivenStreamInOrder() throws {
    let slot = try TestSlot { _ in
      EntropyDevice { position, count in
        (0..<count).map { _ in
          position += 1
          return UInt8(truncatingIfNeeded: position)
        }
      }
    }
    try slot.start()
    #expect(try slot.request([], room: 5) == [1, 2, 3, 4, 5])
    #expect(slot.transport.state.device == .entropy(.init(position: 5)))
    #expect(try slot.request([], room: 2) == [6, 7])
    #expect(try slot.request([], room: 70_000)?.count == EntropyDevice.requestBytesMax)
    #expect(try slot.request([1], room: 4) == nil)
    #expect(slot.log.queueErrors.count == 1)
  }
}

struct BlockDeviceTests {
  static let image = (0..<2048).map { UInt8(truncatingIfNeeded: $0 / 512 + 1) }

  private func header(_ type: UInt32, sector: UInt64) -> [UInt8] {
    [UInt8(type), 0, 0, 0, 0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: sector >> (8 * $0)) }
  }

  @Test func readsWritesFlushesAndNamesItself() throws {
    let slot = try TestSlot { _ in BlockDevice(image: Self.image, identifier: "disk") }
    try slot.start()
    #expect(slot.transport.read(offset: 0x100, size: 8) == 4)
    #expect(try slot.request(header(0, sector: 2), room: 513) == [UInt8](repeating: 3, count: 512) + [0])
    #expect(try slot.request(header(1, sector: 1) + [UInt8](repeating: 9, count: 1024), room: 1) == [0])
    #expect(try slot.request(header(0, sector: 0), room: 1025)?[511...512] == [1, 9])
    #expect(try slot.request(header(4, sector: 0), room: 1) == [0])
    #expect(try slot.request(header(8, sector: 0), room: 21) == Array("disk".utf8) + [UInt8](repeating: 0, count: 17))
    let device = try #require(slot.transport.device as? BlockDevice)
    #expect(Array(device.image[512..<1536]) == [UInt8](repeating: 9, count: 1024))
  }

  @Test func refusesWhatIsNotOnTheDisk() throws {
    let slot = try TestSlot { _ in BlockDevice(image: Self.image, isReadOnly: true) }
    try slot.start()
    for (sector, room) in [(UInt64(4), 513), (3, 1025), (.max, 513), (0, 512), (1 << 60, 513), (.max / 512, 513)] {
      #expect(try slot.request(header(0, sector: sector), room: room)?.last == 1, "\(sector) \(room)")
    }
    #expect(try slot.request(header(1, sector: 0) + [UInt8](repeating: 9, count: 512), room: 1) == [1], "read-only")
    #expect(try slot.request(header(77, sector: 0), room: 1) == [2])
    #expect(try slot.request(header(0, sector: 4), room: 1) == [0], "nothing of nothing")
    #expect(slot.log.queueErrors.isEmpty)
    #expect(try slot.request([1, 2, 3], room: 1) == nil)
    #expect(slot.log.queueErrors.count == 1)
    try slot.start()
    #expect(try slot.request(header(0, sector: 0), room: 0) == nil)
    #expect(slot.log.queueErrors.count == 2)
  }

  private func range(_ sector: UInt64, _ sectors: UInt32, flags: UInt32 = 0) -> [UInt8] {
    withUnsafeBytes(of: sector.littleEndian, Array.init) + withUnsafeBytes(of: sectors.littleEndian, Array.init)
      + withUnsafeBytes(of: flags.littleEndian, Array.init)
  }

  @Test func discardAndWriteZeroesLeaveZeros() throws {
    let slot = try TestSlot { _ in BlockDevice(image: Self.image) }
    let device = try #require(slot.transport.device as? BlockDevice)
    try slot.start()
    #expect(try slot.request(header(13, sector: 0) + range(1, 1, flags: 1), room: 1) == [0])
    #expect(try slot.request(header(11, sector: 0) + range(3, 1) + range(0, 0), room: 1) == [0])
    let zeros = [UInt8](repeating: 0, count: 512)
    #expect(Array(device.image[512..<1024]) == zeros && Array(device.image[1536...]) == zeros)
    #expect(device.image[511] == 1 && device.image[1024] == 3)
    let before = device.image
    for (type, data, status) in [
      (11, range(0, 1, flags: 1), 2), (13, range(0, 1, flags: 2), 2), (13, range(0, 5), 1), (11, range(4, 1), 1),
      (11, range(.max, 1), 1), (13, range(0, 1) + range(9, 1), 1), (11, [], 1), (13, Array(range(0, 1).dropLast()), 1),
      (13, (0..<33).flatMap { _ in range(0, 1) }, 1),
    ] as [(UInt32, [UInt8], UInt8)] {
      #expect(try slot.request(header(type, sector: 0) + data, room: 1) == [status], "\(type) \(data)")
    }
    #expect(device.image == before, "what fails changes nothing")
    let readOnly = try TestSlot { _ in BlockDevice(image: Self.image, isReadOnly: true) }
    #expect(
      try readOnly.driver.negotiate(wanted: [.blockDiscard, .blockWriteZeroes], needed: []).isDisjoint(
        with: [.blockDiscard, .blockWriteZeroes]))
    try readOnly.start()
    for type in [UInt32(11), 13] {
      #expect(try readOnly.request(header(type, sector: 0) + range(0, 1), room: 1) == [2])
    }
  }

  @Test func theConfigurationFitsTheQueue() throws {
    var size: UInt16 = BlockDevice.queueSizeMin
    while size <= MMIOTransport.queueSizeLimit {
      let slot = try TestSlot { _ in BlockDevice(image: Self.image, bytes: 64 * 512, queueSize: size) }
      let sizeMax = slot.transport.read(offset: 0x108, size: 4)
      let segmentsMax = slot.transport.read(offset: 0x10c, size: 4)
      #expect(segmentsMax == UInt64(size) - 2, "a header and a status stand beside the data")
      #expect(sizeMax >= 4096 && segmentsMax * sizeMax + 17 <= UInt64(slot.transport.device.chainBytesMax))
      // The longest request that this allows, one buffer for each segment.
      try slot.start([], size: min(size, 64))
      let segments = min(size, 64) - 2
      #expect(slot.memory.write(header(1, sector: 0), at: TestSlot.buffers))
      var buffers: [QueueBuffer] = [.readable(TestSlot.buffers, 16)]
      for index in 0..<segments { buffers.append(.readable(0x90000 + UInt64(index) * 512, 512)) }
      buffers.append(.writable(0xa0000, 1))
      _ = try slot.queues[0].add(buffers)
      if try slot.queues[0].publish() { slot.driver.notify(0) }
      #expect(slot.log.queueErrors.isEmpty && slot.memory.read(0xa0000, count: 1) == [0], "queue of \(size)")
      size *= 2
    }
  }

  @Test func aSnapshotOfADiskTakesWhatWasWritten() throws {
    let slot = try TestSlot { _ in BlockDevice(image: Self.image, bytes: 10_000) }
    let device = try #require(slot.transport.device as? BlockDevice)
    #expect(device.image.count == 10_240 && Array(device.image[2048...]) == [UInt8](repeating: 0, count: 8192))
    try slot.start()
    let before = device.state
    #expect(try slot.request(header(1, sector: 7) + [UInt8](repeating: 5, count: 1024), room: 1) == [0])
    #expect(try slot.request(header(0, sector: 6), room: 2049)?[511...513] == [0, 5, 5], "over a block's edge")
    let after = device.state
    try device.restore(before)
    #expect(device.image[3584] == 0)
    try device.restore(after)
    #expect(device.image[3584] == 5 && device.image[4607] == 5 && device.image[4608] == 0)
    #expect(throws: StateError.self) { try BlockDevice(image: Self.image).restore(after) }
  }
}
