import SimEvents
import SimMemory
import SimVirtio
import TestSupport
import VirtioCore

/// What the tests saw happen.
final class EventLog {
  var events: [EventPayload] = []

  var queueErrors: [String] {
    events.compactMap { if case .queueError(_, _, let reason) = $0 { reason } else { nil } }
  }

  var consoleOutput: String {
    let bytes: [UInt8] = events.flatMap { if case .consoleOutput(_, let bytes) = $0 { bytes } else { [UInt8]() } }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A slot as a guest sees it.
struct SlotRegisters: RegisterAccess {
  let transport: MMIOTransport

  func readRegister(_ offset: UInt64) -> UInt32 { UInt32(transport.read(offset: offset, size: 4)) }
  func writeRegister(_ value: UInt32, to offset: UInt64) {
    transport.write(offset: offset, size: 4, value: UInt64(value))
  }
  func readConfiguration(_ offset: UInt64) -> UInt8 { UInt8(transport.read(offset: 0x100 + offset, size: 1)) }
}

/// The driver side of a queue of either layout.
enum AnyQueueDriver {
  case split(SplitQueueDriver<GuestMemory>)
  case packed(PackedQueueDriver<GuestMemory>)

  init(memory: GuestMemory, layout: QueueLayout, features: Features) throws {
    if features.contains(.packedRing) {
      self = .packed(try PackedQueueDriver(memory: memory, layout: layout, options: QueueOptions(features)))
    } else {
      self = .split(try SplitQueueDriver(memory: memory, layout: layout, options: QueueOptions(features)))
    }
  }

  mutating func add(_ buffers: [QueueBuffer], indirectTable: UInt64? = nil) throws(QueueDriverError) -> UInt16 {
    switch self {
    case .split(var queue):
      defer { self = .split(queue) }
      return try queue.add(buffers, indirectTable: indirectTable)
    case .packed(var queue):
      defer { self = .packed(queue) }
      return try queue.add(buffers, indirectTable: indirectTable)
    }
  }

  mutating func publish() throws(QueueDriverError) -> Bool {
    switch self {
    case .split(var queue):
      defer { self = .split(queue) }
      return try queue.publish()
    case .packed(var queue):
      defer { self = .packed(queue) }
      return try queue.publish()
    }
  }

  mutating func popUsed() throws(QueueDriverError) -> UsedRequest? {
    switch self {
    case .split(var queue):
      defer { self = .split(queue) }
      return try queue.popUsed()
    case .packed(var queue):
      defer { self = .packed(queue) }
      return try queue.popUsed()
    }
  }

  mutating func setInterrupts(_ enabled: Bool) throws(QueueDriverError) -> Bool {
    switch self {
    case .split(var queue):
      defer { self = .split(queue) }
      if enabled { return try queue.enableInterrupts() }
      try queue.disableInterrupts()
    case .packed(var queue):
      defer { self = .packed(queue) }
      if enabled { return try queue.enableInterrupts() }
      try queue.disableInterrupts()
    }
    return false
  }

  var freeCount: UInt16 {
    switch self {
    case .split(let queue): queue.freeCount
    case .packed(let queue): queue.freeCount
    }
  }

  var outstandingCount: UInt16 {
    switch self {
    case .split(let queue): queue.outstandingCount
    case .packed(let queue): queue.outstandingCount
    }
  }
}

/// A device in a slot, brought up by the shared driver, with its queues at fixed places of a megabyte of memory.
final class TestSlot {
  static let memoryBytes: UInt64 = 1 << 20
  /// Buffers for requests begin here.
  static let buffers: UInt64 = 0x80000

  let memory: GuestMemory
  let transport: MMIOTransport
  let log: EventLog
  let driver: MMIODriver<SlotRegisters>
  var queues: [AnyQueueDriver] = []

  init(
    dmaWindow: DMAWindow? = nil, _ makeDevice: (@escaping (EventPayload) -> Void) throws -> any VirtioDevice
  ) throws {
    let log = EventLog()
    self.log = log
    let report: (EventPayload) -> Void = { log.events.append($0) }
    memory = try GuestMemory(size: Self.memoryBytes)
    transport = MMIOTransport(
      device: try makeDevice(report), memory: memory, dmaWindow: dmaWindow, report: report)
    driver = try MMIODriver(SlotRegisters(transport: transport))
  }

  static func layout(queue: Int, size: UInt16) -> QueueLayout {
    let base = 0x10000 + UInt64(queue) * 0x10000
    return QueueLayout(size: size, descriptors: base, driver: base + 0x8000, device: base + 0xc000)
  }

  /// Brings the device up with queues of `size`.
  func start(_ wanted: Features = [.eventIndex, .indirectDescriptors], size: UInt16 = 8) throws {
    let features = try driver.negotiate(wanted: wanted, needed: [])
    queues = []
    for index in transport.device.queueSizes.indices {
      let layout = Self.layout(queue: index, size: size)
      queues.append(try AnyQueueDriver(memory: memory, layout: layout, features: features))
      try driver.configureQueue(UInt16(index), layout)
    }
    driver.start()
  }

  /// Sends one request through `queue` and waits for its end; returns what the device wrote.
  func request(_ bytes: [UInt8], room: Int, queue: Int = 0) throws -> [UInt8]? {
    let reply = Self.buffers + 0x40000
    guard memory.write(bytes, at: Self.buffers), memory.fill(reply, count: room, with: 0xee) else { return nil }
    var buffers: [QueueBuffer] = []
    if !bytes.isEmpty { buffers.append(.readable(Self.buffers, UInt32(bytes.count))) }
    if room > 0 { buffers.append(.writable(reply, UInt32(room))) }
    _ = try queues[queue].add(buffers)
    if try queues[queue].publish() { driver.notify(UInt16(queue)) }
    guard let used = try queues[queue].popUsed() else { return nil }
    return memory.read(reply, count: Int(used.writtenBytes))
  }
}

extension SeededGenerator {
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(bound, 1), using: &self) }
}
