import SimMemory
import SimVirtio
import Testing
import VirtioCore

/// Every way to break a queue's rules is an event and DEVICE_NEEDS_RESET, and nothing else.
struct QueueViolationTests {
  let slot: TestSlot
  let layout = TestSlot.layout(queue: 0, size: 8)

  init() throws {
    slot = try TestSlot { _ in EchoDevice(chainBytesMax: 0x10000) }
  }

  typealias Violation = (name: String, descriptors: [SplitDescriptor], error: QueueError)

  static func descriptor(
    _ address: UInt64, _ length: UInt32, _ flags: DescriptorFlags = [], next: UInt16 = 0
  ) -> SplitDescriptor {
    SplitDescriptor(address: address, length: length, flags: flags, next: next)
  }

  static let split: [Violation] = [
    ("loop of one", [descriptor(0x80000, 1, .next, next: 0)], .chainTooLong),
    ("loop of two", [descriptor(0x80000, 0, .next, next: 1), descriptor(0x80000, 0, .next, next: 0)], .chainTooLong),
    ("next out of range", [descriptor(0x80000, 1, .next, next: 8)], .descriptorOutOfRange(index: 8)),
    ("beyond memory", [descriptor(0xfffff, 2)], .outsideMemory(address: 0xfffff, length: 2)),
    ("address wraps", [descriptor(.max, 2)], .outsideMemory(address: .max, length: 2)),
    ("huge length", [descriptor(0, .max)], .outsideMemory(address: 0, length: .max)),
    ("too many bytes", [descriptor(0x80000, 0x8000, .next, next: 1), descriptor(0x80000, 0x8001)], .tooManyBytes),
    (
      "readable after writable", [descriptor(0x80000, 1, [.write, .next], next: 1), descriptor(0x80000, 1)],
      .readableAfterWritable
    ),
    ("indirect with successor", [descriptor(0x80000, 16, [.indirect, .next], next: 1)], .indirectMisplaced),
    ("empty table", [descriptor(0x80000, 0, .indirect)], .indirectLengthInvalid(length: 0)),
    ("half a table", [descriptor(0x80000, 24, .indirect)], .indirectLengthInvalid(length: 24)),
    ("table beyond memory", [descriptor(0xffff8, 16, .indirect)], .outsideMemory(address: 0xffff8, length: 16)),
  ]

  @Test func splitChainsThatMustNotBe() throws {
    for violation in Self.split {
      try slot.start([.indirectDescriptors])
      for (index, descriptor) in violation.descriptors.enumerated() {
        #expect(descriptor.store(at: layout.descriptors + 16 * UInt64(index), in: slot.memory))
      }
      offerSplit(head: 0)
      expectFailure(violation.error, violation.name)
    }
    print("split violations: \(Self.split.count)")
  }

  private func offerSplit(head: UInt16, index: UInt16 = 1) {
    #expect(slot.memory.store16(head, at: layout.driver + 4))
    #expect(slot.memory.store16(index, at: layout.driver + 2))
    slot.driver.notify(0)
  }

  private func expectFailure(_ error: QueueError, _ name: String) {
    #expect(slot.log.queueErrors == [error.description], "\(name)")
    #expect(slot.driver.status.contains(.deviceNeedsReset), "\(name)")
    #expect(slot.driver.takeInterrupt() == .configurationChange, "\(name)")
    // It stays so until a reset, whatever the driver asks for.
    slot.log.events = []
    slot.driver.notify(0)
    #expect(slot.log.events.isEmpty, "\(name)")
  }

  @Test func headsAndIndicesThatMustNotBe() throws {
    try slot.start()
    offerSplit(head: 8)
    expectFailure(.descriptorOutOfRange(index: 8), "head")
    try slot.start()
    offerSplit(head: 0, index: 9)
    expectFailure(.availableIndexImpossible(pending: 9), "index")
  }

  @Test func indirectTablesThatMustNotBe() throws {
    let table: UInt64 = 0x80000
    let violations: [Violation] = [
      ("nested", [Self.descriptor(0x81000, 16, .indirect)], .indirectMisplaced),
      ("loop", [Self.descriptor(0x81000, 0, .next, next: 0)], .chainTooLong),
      ("next out of the table", [Self.descriptor(0x81000, 1, .next, next: 2)], .descriptorOutOfRange(index: 2)),
      ("beyond memory", [Self.descriptor(1 << 20, 1)], .outsideMemory(address: 1 << 20, length: 1)),
    ]
    for violation in violations {
      try slot.start([.indirectDescriptors])
      #expect(violation.descriptors[0].store(at: table, in: slot.memory))
      #expect(Self.descriptor(table, 32, .indirect).store(at: layout.descriptors, in: slot.memory))
      offerSplit(head: 0)
      expectFailure(violation.error, violation.name)
    }
    try slot.start([])
    #expect(Self.descriptor(table, 32, .indirect).store(at: layout.descriptors, in: slot.memory))
    offerSplit(head: 0)
    expectFailure(.indirectNotNegotiated, "not negotiated")
    // A table longer than the queue: nine good descriptors for a queue of eight.
    for features in [Features.indirectDescriptors, [.indirectDescriptors, .packedRing]] {
      try slot.start(features)
      let isPacked = features.contains(.packedRing)
      for index in 0..<UInt64(9) {
        let place = table + 16 * index
        let flags: DescriptorFlags = index < 8 && !isPacked ? .next : []
        let split = Self.descriptor(0x81000, 1, flags, next: UInt16(index) + 1)
        let packed = PackedDescriptor(address: 0x81000, length: 1, id: 0, flags: [])
        #expect(
          isPacked
            ? packed.storeBody(at: place, in: slot.memory) && packed.storeFlags(at: place, in: slot.memory)
            : split.store(at: place, in: slot.memory))
      }
      if isPacked {
        offerPacked([PackedDescriptor(address: table, length: 144, id: 0, flags: [.indirect, .available])])
      } else {
        #expect(Self.descriptor(table, 144, .indirect).store(at: layout.descriptors, in: slot.memory))
        offerSplit(head: 0)
      }
      expectFailure(.chainTooLong, "long table")
    }
  }

  @Test func flagsInAPackedTableThatDoNotCountAreIgnored() throws {
    // Section 2.8.7: only WRITE counts in an indirect table, and buffer ids do not either.
    try slot.start([.indirectDescriptors, .packedRing])
    let table: UInt64 = 0x80000
    #expect(slot.memory.write([7, 8], at: 0x81000))
    for (index, address) in [(UInt64(0), UInt64(0x81000)), (1, 0x82000)] {
      let entry = PackedDescriptor(
        address: address, length: 2, id: 99, flags: index == 0 ? [.indirect, .next] : [.indirect, .write, .used])
      let place = table + 16 * index
      #expect(entry.storeBody(at: place, in: slot.memory) && entry.storeFlags(at: place, in: slot.memory))
    }
    offerPacked([PackedDescriptor(address: table, length: 32, id: 3, flags: [.indirect, .available])])
    #expect(slot.log.queueErrors.isEmpty && slot.memory.read(0x82000, count: 2) == [8, 7])
  }

  private func offerPacked(_ descriptors: [PackedDescriptor]) {
    for (index, descriptor) in descriptors.enumerated() {
      let place = layout.descriptors + 16 * UInt64(index)
      #expect(descriptor.storeBody(at: place, in: slot.memory) && descriptor.storeFlags(at: place, in: slot.memory))
    }
    slot.driver.notify(0)
  }

  @Test func packedChainsThatMustNotBe() throws {
    func descriptor(_ address: UInt64, _ length: UInt32, _ flags: DescriptorFlags) -> PackedDescriptor {
      PackedDescriptor(address: address, length: length, id: 5, flags: flags.union(.available))
    }
    let endless = [PackedDescriptor](repeating: descriptor(0x80000, 1, .next), count: 8)
    let violations: [(String, [PackedDescriptor], QueueError)] = [
      ("incomplete", [descriptor(0x80000, 1, .next)], .chainIncomplete),
      ("endless", endless, .chainTooLong),
      ("beyond memory", [descriptor(.max, 1, .write)], .outsideMemory(address: .max, length: 1)),
      (
        "readable after writable", [descriptor(0x80000, 1, [.write, .next]), descriptor(0x80000, 1, [])],
        .readableAfterWritable
      ),
      ("indirect with successor", [descriptor(0x80000, 16, [.indirect, .next])], .indirectMisplaced),
      ("half a table", [descriptor(0x80000, 8, .indirect)], .indirectLengthInvalid(length: 8)),
    ]
    for (name, descriptors, error) in violations {
      try slot.start([.packedRing, .indirectDescriptors])
      offerPacked(descriptors)
      expectFailure(error, name)
    }
    print("packed violations: \(violations.count)")
  }

  @Test func queuesThatLieWhereTheyMustNot() throws {
    for (change, value) in [
      (\QueueLayout.descriptors, UInt64(0x10008)), (\.descriptors, 0xfff90), (\.driver, 0x18001), (\.device, 0x1c002),
      (\.device, .max - 3), (\.driver, 1 << 20),
    ] {
      var bad = layout
      bad[keyPath: change] = value
      _ = try slot.driver.negotiate(wanted: [], needed: [])
      #expect(throws: MMIODriverError.queueUnavailable) { try slot.driver.configureQueue(0, bad) }
      #expect(slot.log.queueErrors == [QueueError.invalidLayout.description])
      #expect(slot.driver.status.contains(.deviceNeedsReset))
      #expect(!slot.transport.interruptAsserted, "no interrupt before DRIVER_OK")
      slot.log.events = []
    }
    for size in [UInt16(0), 3, 2048] {
      _ = try slot.driver.negotiate(wanted: [], needed: [])
      #expect(throws: MMIODriverError.queueUnavailable) {
        try slot.driver.configureQueue(0, TestSlot.layout(queue: 0, size: size))
      }
    }
  }

  @Test func aResetMakesTheDeviceWholeAgain() throws {
    try slot.start()
    offerSplit(head: 100)
    #expect(slot.driver.status.contains(.deviceNeedsReset))
    try slot.start()
    #expect(try slot.request([1, 2], room: 2) == [2, 1])
  }
}
