import SimVirtio
import Testing
import VirtioCore

/// What a device reaches where its window is a part of memory.
struct DMAWindowTests {
  /// Holds the queue and one page of buffers.
  private static let window = DMAWindow(address: 0x10000, bytes: 0x71000)
  private static let outside = window.address + window.bytes

  private let slot: TestSlot
  private let layout = TestSlot.layout(queue: 0, size: 8)

  init() throws {
    slot = try TestSlot(dmaWindow: Self.window) { _ in EchoDevice() }
  }

  @Test func rangesAreInItFromTheFirstByteToTheLast() {
    let window = DMAWindow(address: 0x1000, bytes: 0x2000)
    #expect(window.contains(0x1000, count: 0x2000) && window.contains(0x2fff, count: 1))
    #expect(!window.contains(0xfff, count: 1) && !window.contains(0x2fff, count: 2))
    #expect(!window.contains(0x1000, count: 0x2001) && !window.contains(0x3001, count: 0))
    #expect(!window.contains(0x2000, count: .max) && !window.contains(.max, count: 1))
    #expect(DMAWindow(address: .max - 1, bytes: 2).contains(.max, count: 1))
  }

  @Test(arguments: [Features.indirectDescriptors, [.indirectDescriptors, .packedRing]])
  func buffersWithinItAreServed(features: Features) throws {
    try slot.start(features)
    try offer(features, TestSlot.buffers, 0x1000, [])
    #expect(slot.log.queueErrors.isEmpty && !slot.driver.status.contains(.deviceNeedsReset))
  }

  @Test(arguments: [Features.indirectDescriptors, [.indirectDescriptors, .packedRing]])
  func buffersAndTablesOutsideOfItAreErrorsThatSaySo(features: Features) throws {
    let forged: [(UInt64, UInt32, DescriptorFlags)] = [
      (Self.outside, 8, .write), (Self.outside - 8, 16, []), (0x1000, 4, .write), (Self.outside, 32, .indirect),
    ]
    for (address, length, flags) in forged {
      try slot.start(features)
      slot.log.events = []
      try offer(features, address, length, flags)
      let error = QueueError.outsideWindow(address: address, length: UInt64(length))
      #expect(slot.log.queueErrors == [error.description])
      #expect(slot.driver.status.contains(.deviceNeedsReset))
      #expect(slot.memory.read8(Self.outside) == 0 && slot.memory.read8(0x1000) == 0)
    }
  }

  @Test(arguments: [Features(), .packedRing])
  func aQueueThatIsNotAllInItIsNotTaken(features: Features) throws {
    for part in 0..<3 {
      _ = try slot.driver.negotiate(wanted: features, needed: [])
      var layout = layout
      let end = Self.outside - 8
      switch part {
      case 0: layout.descriptors = end & ~15
      case 1: layout.driver = Self.outside
      default: layout.device = 0x1000
      }
      slot.log.events = []
      try? slot.driver.configureQueue(0, layout)
      #expect(slot.log.queueErrors.count == 1 && slot.log.queueErrors[0].contains("not all in the DMA window"))
      #expect(slot.driver.status.contains(.deviceNeedsReset))
    }
  }

  /// Puts one descriptor at the front of the queue, as a driver does or somebody who has got at its ring.
  private func offer(_ features: Features, _ address: UInt64, _ length: UInt32, _ flags: DescriptorFlags) throws {
    if features.contains(.packedRing) {
      let descriptor = PackedDescriptor(address: address, length: length, id: 0, flags: flags.union(.available))
      let place = layout.descriptors
      #expect(descriptor.storeBody(at: place, in: slot.memory) && descriptor.storeFlags(at: place, in: slot.memory))
    } else {
      let descriptor = SplitDescriptor(address: address, length: length, flags: flags, next: 0)
      #expect(descriptor.store(at: layout.descriptors, in: slot.memory))
      #expect(slot.memory.store16(0, at: layout.driver + 4) && slot.memory.store16(1, at: layout.driver + 2))
    }
    slot.driver.notify(0)
  }
}
