import NineP
import SimEvents
import SimMemory
import SimPlatform
import SimVirtio
import Testing
import VirtioCore

@testable import SimMachine

/// A slot of a machine as its driver sees it.
struct MachineRegisters: RegisterAccess {
  let machine: Machine
  let base: UInt64

  func readRegister(_ offset: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: machine.deviceRead(base + offset, size: 4))
  }
  func writeRegister(_ value: UInt32, to offset: UInt64) {
    machine.deviceWrite(base + offset, size: 4, value: UInt64(value))
  }
  func readConfiguration(_ offset: UInt64) -> UInt8 {
    UInt8(truncatingIfNeeded: machine.deviceRead(base + 0x100 + offset, size: 1))
  }
}

/// The driver of one device, played by the test: the guest itself only spins.
final class DriverBench {
  let guest: SmallGuest
  let driver: MMIODriver<MachineRegisters>
  let device: MachineConfiguration.Device
  private var split: SplitQueueDriver<GuestMemory>?
  private var packed: PackedQueueDriver<GuestMemory>?
  private(set) var injections: [Injection] = []
  private(set) var missed: [FaultMissed] = []
  private var requests: UInt64 = 0

  private static let queue: UInt64 = 0x40_0000
  private static let buffers: UInt64 = 0x50_0000

  init(_ device: MachineConfiguration.Device, features: Features = [.eventIndex]) throws {
    self.device = device
    guest = try SmallGuest(SmallGuest.spinning) { $0.devices = [device] }
    driver = try MMIODriver(MachineRegisters(machine: guest.machine, base: Platform.virtioBase))
    let agreed = try driver.negotiate(wanted: features, needed: [])
    let layout = QueueLayout(
      size: 8, descriptors: Self.queue, driver: Self.queue + 0x1000, device: Self.queue + 0x2000)
    try driver.configureQueue(0, layout)
    if agreed.contains(.packedRing) {
      packed = try PackedQueueDriver(memory: machine.memory, layout: layout, options: QueueOptions(agreed))
    } else {
      split = try SplitQueueDriver(memory: machine.memory, layout: layout, options: QueueOptions(agreed))
    }
    driver.start()
  }

  var machine: Machine { guest.machine }

  func inject(_ change: DeviceFault.Change, times: UInt64 = 1) {
    machine.inject(.device(DeviceFault(device: device.rawValue, change, times: times))) { [unowned self] _, result in
      switch result {
      case .success(let injection): injections.append(injection)
      case .failure(let missed): self.missed.append(missed)
      }
    }
  }

  /// Puts a request into the queue; its reply will be at the address that is returned.
  @discardableResult
  func put(_ bytes: [UInt8], room: Int) throws -> UInt64 {
    let place = Self.buffers + requests * 0x4000
    requests += 1
    #expect(machine.memory.write(bytes, at: place))
    #expect(machine.memory.write([UInt8](repeating: 0xee, count: room), at: place + 0x2000))
    var buffers: [QueueBuffer] = []
    if !bytes.isEmpty { buffers.append(.readable(place, UInt32(bytes.count))) }
    if room > 0 { buffers.append(.writable(place + 0x2000, UInt32(room))) }
    if split != nil { _ = try split?.add(buffers) } else { _ = try packed?.add(buffers) }
    return place + 0x2000
  }

  func notify() throws {
    let isWanted = try split?.publish() ?? packed?.publish() ?? false
    if isWanted { driver.notify(0) }
  }

  func popUsed() throws -> UsedRequest? { split != nil ? try split?.popUsed() : try packed?.popUsed() }

  /// Sends one request; the reply, or nil if the queue does not give it back.
  func request(_ bytes: [UInt8], room: Int) throws -> [UInt8]? {
    let place = try put(bytes, room: room)
    try notify()
    guard let used = try popUsed() else { return nil }
    return machine.memory.read(place, count: Int(used.writtenBytes))
  }

  var queueErrors: [String] {
    guest.list.events.compactMap { if case .queueError(_, _, let reason) = $0.payload { reason } else { nil } }
  }

  // MARK: Requests

  static func version(_ tag: UInt16 = 0xffff, bytes: UInt32 = 8192) -> [UInt8] {
    encoded(.version(messageBytesMax: bytes, version: .version9P2000L), tag)
  }

  static let attach = encoded(
    .attach(fid: 1, authentication: 0xffff_ffff, userName: ByteView("root"), tree: ByteView("/"), user: 0), 1)

  static func statfs(_ tag: UInt16) -> [UInt8] { encoded(.statfs(fid: 1), tag) }

  static func encoded(_ request: Request, _ tag: UInt16) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = bytes.withUnsafeMutableBytes { try? request.encode(tag: tag, into: $0) }
    return Array(bytes.prefix(count ?? 0))
  }

  /// Of a disk: type, sector, data.
  static func disk(_ type: UInt32, _ sector: UInt64, _ data: [UInt8] = []) -> [UInt8] {
    SmallELF.bytes(type) + SmallELF.bytes(UInt32(0)) + SmallELF.bytes(sector) + data
  }
}
