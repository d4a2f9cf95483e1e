import NineP
import SimVirtio
import Testing
import VirtioCore

@testable import SimMachine

/// Faults of virtio devices, each seen by a driver that the test plays.
@Suite struct DeviceFaultTests {
  private static func nineP(_ features: Features = [.eventIndex]) throws -> DriverBench {
    let bench = try DriverBench(.ninep, features: features)
    #expect(try bench.request(DriverBench.version(), room: 64)?.messageType == 101)
    #expect(try bench.request(DriverBench.attach, room: 64)?.messageType == 105)
    return bench
  }

  private static let statfs = DriverBench.statfs(7)

  private func expectOne(_ bench: DriverBench, _ target: String, _ before: String, _ after: String) {
    #expect(bench.injections.map(\.target).allSatisfy { $0.hasPrefix(target) }, "\(bench.injections)")
    #expect(bench.injections.map { [$0.before, $0.after] } == [[before, after]])
    #expect(bench.missed.isEmpty)
  }

  // MARK: Queues

  @Test(arguments: [[.eventIndex], [.packedRing]] as [Features])
  func aDescriptorsLengthIsAnother(features: Features) throws {
    let bench = try Self.nineP(features)
    bench.inject(.descriptor(queue: 0, position: 0, .length, .set(5)))
    // Five bytes are no header.
    #expect(try bench.request(Self.statfs, room: 128) == nil)
    expectOne(bench, "9p queue 0 descriptor 0 length", "0xb", "0x5")
    #expect(bench.queueErrors == ["a 9P request of 5 bytes with room for 128 in reply"])
  }

  @Test(arguments: [[.eventIndex], [.packedRing]] as [Features])
  func aDescriptorOutsideOfMemoryStopsTheDevice(features: Features) throws {
    let bench = try Self.nineP(features)
    bench.inject(.descriptor(queue: 0, position: 1, .address, .flip(1 << 40)))
    #expect(try bench.request(Self.statfs, room: 128) == nil)
    #expect(bench.injections.count == 1 && bench.queueErrors.first?.contains("are not all memory") == true)
    #expect(bench.driver.registers.readRegister(0x70) & 0x40 != 0, "DEVICE_NEEDS_RESET")
  }

  @Test func aDescriptorThatLeadsToItselfIsALoop() throws {
    let bench = try Self.nineP()
    bench.inject(.descriptor(queue: 0, position: 1, .flags, .flip(1)))
    bench.inject(.descriptor(queue: 0, position: 1, .next, .set(0)))
    #expect(try bench.request(Self.statfs, room: 128) == nil)
    // Behind the writable buffer comes the readable one again.
    #expect(bench.injections.count == 2 && bench.queueErrors == ["a readable buffer follows a writable one"])
  }

  @Test func aDescriptorThatTheChainHasNotIsMissed() throws {
    let bench = try Self.nineP()
    bench.inject(.descriptor(queue: 0, position: 5, .length, .set(1)))
    #expect(try bench.request(Self.statfs, room: 128)?.messageType == 9)
    #expect(
      bench.injections.isEmpty && bench.missed.map(\.description) == ["9p queue 0 descriptor 5: the chain has only 2"])
    let packed = try Self.nineP([.packedRing])
    packed.inject(.descriptor(queue: 0, position: 0, .next, .set(1)))
    #expect(try packed.request(Self.statfs, room: 128)?.messageType == 9)
    #expect(packed.injections.isEmpty && packed.missed.count == 1)
  }

  @Test func aUsedEntryHasAnotherIDOrLength() throws {
    let bench = try Self.nineP()
    bench.inject(.usedEntry(queue: 0, .length, .set(9)))
    #expect(try bench.request(Self.statfs, room: 128)?.count == 9)
    #expect(bench.injections.first?.after == "0x9")
    bench.inject(.usedEntry(queue: 0, .id, .flip(7)))
    #expect(throws: QueueDriverError.self) { try bench.request(Self.statfs, room: 128) }
    #expect(bench.injections.count == 2)
  }

  @Test(arguments: [[.eventIndex], [.packedRing]] as [Features])
  func aDroppedUsedEntryNeverComesAndOthersDo(features: Features) throws {
    let bench = try Self.nineP(features)
    bench.inject(.usedFate(queue: 0, .lost))
    #expect(try bench.request(Self.statfs, room: 128) == nil)
    expectOne(bench, "9p queue 0 used entry", "returned", "never returned")
    #expect(try bench.request(DriverBench.statfs(8), room: 128)?.tag == 8)
    #expect(bench.queueErrors.isEmpty)
  }

  @Test func aDelayedUsedEntryComesWithAnInterrupt() throws {
    let bench = try Self.nineP()
    bench.driver.registers.writeRegister(3, to: 0x64)  // acknowledged
    bench.inject(.usedFate(queue: 0, .delayed(5_000)))
    let time = bench.machine.time
    #expect(try bench.request(Self.statfs, room: 128) == nil)
    _ = bench.machine.run(until: time + 4_000)
    #expect(try bench.popUsed() == nil && bench.driver.registers.readRegister(0x60) == 0)
    _ = bench.machine.run(until: time + 12_000)
    #expect(try bench.popUsed()?.writtenBytes == 67)
    #expect(bench.driver.registers.readRegister(0x60) & 1 == 1)
    // And the queue goes on.
    #expect(try bench.request(DriverBench.statfs(9), room: 128)?.tag == 9)
  }

  @Test func aRepeatedUsedEntryIsRefusedByTheDriver() throws {
    let bench = try Self.nineP()
    bench.inject(.usedFate(queue: 0, .repeated))
    #expect(throws: QueueDriverError.usedIndexImpossible) { try bench.request(Self.statfs, room: 128) }
    expectOne(bench, "9p queue 0 used entry", "returned once", "returned twice")
  }

  @Test func anIndexOfARingIsAnother() throws {
    let bench = try Self.nineP()
    bench.inject(.ringIndex(queue: 0, isUsed: false, .flip(0x100)))
    #expect(try bench.request(Self.statfs, room: 128) == nil)
    #expect(bench.queueErrors.first?.contains("runs 257 ahead") == true, "\(bench.queueErrors)")
    expectOne(bench, "9p queue 0 available index", "0x3", "0x103")

    let other = try Self.nineP()
    other.inject(.ringIndex(queue: 0, isUsed: true, .set(2)))
    #expect(try other.request(Self.statfs, room: 128) == nil, "the driver does not see what was returned")
    expectOne(other, "9p queue 0 used index", "0x3", "0x2")

    let packed = try Self.nineP([.packedRing])
    packed.inject(.ringIndex(queue: 0, isUsed: true, .set(2)))
    #expect(try packed.request(Self.statfs, room: 128)?.messageType == 9)
    #expect(packed.missed.map(\.description) == ["9p queue 0 used index: packed queues have none"])
  }

  // MARK: Registers

  @Test func theStatusRegisterChangesAtOnceAndAlone() throws {
    let bench = try Self.nineP()
    let before = try bench.machine.snapshot().state
    bench.inject(.status(.flip(4)))  // DRIVER_OK
    expectOne(bench, "9p status", "0xf", "0xb")
    var after = try bench.machine.snapshot().state
    #expect(after.slots[0].status == 0xb)
    after.slots[0].status = 0xf
    #expect(after == before)
    #expect(try bench.request(Self.statfs, room: 128) == nil)
  }

  @Test func bytesOfTheConfigurationStayChanged() throws {
    let bench = try DriverBench(.ninep)
    bench.inject(.configuration(offset: 2, .flip([0x20])))
    #expect(bench.driver.registers.readConfiguration(0) == 3 && bench.injections.isEmpty, "another byte")
    #expect(bench.driver.registers.readConfiguration(2) == UInt8(ascii: "F"))
    #expect(bench.driver.registers.readConfiguration(2) == UInt8(ascii: "F"))
    expectOne(bench, "9p configuration byte 2", "66", "46")
  }

  // MARK: 9P

  @Test func aRequestIsChangedOnItsWay() throws {
    let bench = try Self.nineP()
    bench.inject(.request(.statfs, .bytes(offset: 7, .set([9]))))
    #expect(try bench.request(Self.statfs, room: 128)?.messageType == 7, "fid 9 is none: Rlerror")
    expectOne(bench, "9p request Tstatfs byte 7", "01", "09")
    #expect(try bench.request(Self.statfs, room: 128)?.messageType == 9, "once")

    bench.inject(.request(.statfs, .truncated(8)))
    #expect(try bench.request(Self.statfs, room: 128)?.messageType == 7)
    bench.inject(.request(.statfs, .lost))
    #expect(try bench.request(Self.statfs, room: 128) == nil)
    #expect(try bench.request(Self.statfs, room: 128)?.messageType == 9)
    #expect(bench.injections.count == 3)
  }

  @Test func aReplyIsChangedOnItsWay() throws {
    let bench = try Self.nineP()
    bench.inject(.reply(.statfs, .truncated(8)), times: 2)
    #expect(try bench.request(Self.statfs, room: 128)?.count == 8)
    #expect(try bench.request(Self.statfs, room: 128)?.count == 8)
    #expect(try bench.request(Self.statfs, room: 128)?.count == 67)
    #expect(bench.injections.map(\.after) == ["8 bytes", "8 bytes"])
    bench.inject(.reply(.lerror, .bytes(offset: 0, .flip([1]))))
    bench.inject(.reply(.statfs, .bytes(offset: 5, .flip([0xff]))))
    #expect(try bench.request(Self.statfs, room: 128)?.tag == 7 ^ 0xff, "the tag")
    #expect(bench.injections.count == 3, "the error waits for one")
    bench.inject(.reply(.statfs, .bytes(offset: 100, .set([1]))))
    _ = try bench.request(Self.statfs, room: 128)
    #expect(bench.missed.map(\.description) == ["9p reply Rstatfs has only 67 bytes"])
  }

  /// Two requests at once: the first one's reply comes behind the second's.
  @Test(arguments: [true, false]) func messagesAreSwapped(areReplies: Bool) throws {
    let bench = try Self.nineP()
    bench.inject(areReplies ? .reply(.statfs, .swapped) : .request(.statfs, .swapped))
    let places = [try bench.put(DriverBench.statfs(7), room: 128), try bench.put(DriverBench.statfs(8), room: 128)]
    try bench.notify()
    var order: [UInt64] = []
    while let used = try bench.popUsed() { order.append(UInt64(used.id)) }
    #expect(order.count == 2)
    // Both are answered, each in its own place, the later one first.
    #expect(try places.map { try #require(bench.machine.memory.read($0 + 5, count: 1)) } == [[7], [8]])
    let returned = bench.guest.list.events.suffix(6).compactMap { event in
      if case .usedChain(_, _, let head, _) = event.payload { UInt64(head) } else { nil }
    }
    #expect(returned == order)
    let replies = bench.guest.list.events.compactMap { event in
      if case .ninePReply(let tag, "Rstatfs", _) = event.payload { tag } else { nil }
    }
    #expect(
      replies == (areReplies ? [7, 8] : [8, 7]), "the server sees requests in another order only if they were swapped")
    #expect(bench.injections.count == 1)
  }

  @Test(arguments: [true, false]) func aMessageIsDelayed(isReply: Bool) throws {
    let bench = try Self.nineP()
    let change = DeviceFault.MessageChange.delayed(5_000)
    bench.inject(isReply ? .reply(.statfs, change) : .request(.statfs, change))
    let time = bench.machine.time
    #expect(try bench.request(Self.statfs, room: 128) == nil)
    let answered = bench.guest.list.events.contains { event in
      if case .ninePReply(7, "Rstatfs", _) = event.payload { true } else { false }
    }
    #expect(answered == isReply)
    _ = bench.machine.run(until: time + 12_000)
    #expect(try bench.popUsed()?.writtenBytes == 67)
  }

  @Test func aResetForgetsWhatWasHeld() throws {
    let bench = try Self.nineP()
    bench.inject(.usedFate(queue: 0, .delayed(5_000)))
    #expect(try bench.request(Self.statfs, room: 128) == nil)
    bench.driver.registers.writeRegister(0, to: 0x70)
    _ = bench.machine.run(until: bench.machine.time + 12_000)
    #expect(try bench.popUsed() == nil && bench.queueErrors.isEmpty)
  }

  /// A machine that goes back has no chain of the time that it came from.
  @Test func aMachineThatGoesBackForgetsWhatWasHeld() throws {
    let bench = try Self.nineP()
    let before = try bench.machine.snapshot()
    bench.inject(.usedFate(queue: 0, .delayed(5_000)))
    #expect(try bench.request(Self.statfs, room: 128) == nil)
    try bench.machine.restore(before)
    _ = bench.machine.run(until: bench.machine.time + 12_000)
    #expect(try bench.popUsed() == nil)
  }

  @Test func aShareIsFullOrCannotBeRead() throws {
    let bench = try Self.nineP()
    bench.inject(.share(.full), times: 2)
    let make = DriverBench.encoded(
      .mkdir(directory: 1, name: ByteView("d"), mode: 0o755, group: 0), 3)
    for _ in 0..<2 { #expect(try bench.request(make, room: 64)?.dropFirst(4) == [7, 3, 0, 28, 0, 0, 0]) }
    #expect(try bench.request(make, room: 64)?.messageType == 73)
    #expect(bench.injections.count == 2)
    _ = try bench.request(DriverBench.encoded(.lopen(fid: 1, flags: 0), 4), room: 64)
    bench.inject(.share(.read))
    let list = DriverBench.encoded(.readdir(fid: 1, offset: 0, count: 500), 5)
    #expect(try bench.request(list, room: 600)?.dropFirst(4) == [7, 5, 0, 5, 0, 0, 0])
    #expect(try bench.request(list, room: 600)?.messageType == 41)
  }

  // MARK: Disk, random bytes

  @Test func sectorsAreCorruptedOrFail() throws {
    let bench = try DriverBench(.block)
    let data = (0..<1024).map { UInt8(truncatingIfNeeded: $0 / 3) }
    func write(_ sector: UInt64) throws -> UInt8? {
      try bench.request(DriverBench.disk(1, sector, data), room: 1)?.last
    }
    func read(_ sector: UInt64) throws -> [UInt8]? { try bench.request(DriverBench.disk(0, sector), room: 1025) }
    bench.inject(.sectors(5...5, isWrite: false, .bytes(offset: 3, .flip([0x80]))))
    #expect(try write(4) == 0)
    #expect(bench.injections.isEmpty, "the fault is of reading")
    var wrong = data
    wrong[512 + 3] ^= 0x80
    #expect(try read(4) == wrong + [0])
    #expect(try read(4) == data + [0], "only on the way")
    #expect(bench.injections.first?.target == "block read of sectors 4-5 byte 2563")

    bench.inject(.sectors(4...4, isWrite: true, .bytes(offset: 0, .set([0xab]))))
    #expect(try write(4) == 0)
    #expect(try read(4)?.prefix(2) == [0xab, data[1]], "what is written wrong stays wrong")

    bench.inject(.sectors(0...UInt64.max, isWrite: true, .failed), times: 2)
    #expect(try write(8) == 1)
    #expect(try write(16) == 1)
    #expect(try write(16) == 0)
    bench.inject(.sectors(6...7, isWrite: false, .failed))
    #expect(try read(4)?.last == 0)
    #expect(try read(5)?.last == 1)
    #expect(bench.injections.count == 5 && bench.missed.isEmpty)
  }

  @Test func randomBytesAreCorrupted() throws {
    let plain = try DriverBench(.rng)
    let bench = try DriverBench(.rng)
    bench.inject(.randomBytes(offset: 2, .set([0, 0, 0, 0])))
    let first = try #require(try plain.request([], room: 16))
    let wrong = try #require(try bench.request([], room: 16))
    #expect(wrong[2..<6] == [0, 0, 0, 0] && wrong[..<2] == first[..<2] && wrong[6...] == first[6...])
    #expect(try plain.request([], room: 16) == bench.request([], room: 16))
    #expect(bench.injections.count == 1)
  }

  // MARK: What is not there

  @Test func aDeviceThatTheMachineHasNotIsMissed() throws {
    let bench = try DriverBench(.rng)
    var told: [Result<Injection, FaultMissed>] = []
    bench.machine.inject(.device(DeviceFault(device: "9p", .share(.full)))) { _, result in told.append(result) }
    #expect(told == [.failure(FaultMissed("the machine has no device 9p"))])
  }

  @Test func whatNeverComesIsNeverTold() throws {
    let bench = try Self.nineP()
    bench.inject(.reply(.walk, .lost))
    bench.inject(.usedFate(queue: 1, .lost))
    #expect(try bench.request(Self.statfs, room: 128)?.messageType == 9)
    #expect(bench.injections.isEmpty && bench.missed.isEmpty)
  }
}

/// Of a message of 9P; nil if it has not so many bytes.
extension [UInt8] {
  fileprivate var messageType: UInt8? { dropFirst(4).first }
  /// Its lower byte.
  fileprivate var tag: UInt8? { dropFirst(5).first }
}
