import GuestOS
import SimEvents
import SimPlatform
import SimUnicorn

@testable import SimMachine

/// A guest of a few instructions in 64-bit mode whose interrupt handlers return at once.
struct SmallGuest {
  /// HLT for ever, with interrupts enabled or disabled.
  static let waiting: [UInt8] = [0xfb, 0xf4, 0xeb, 0xfd]
  static let deaf: [UInt8] = [0xfa, 0xf4, 0xeb, 0xfd]
  static let spinning: [UInt8] = [0xfb, 0xeb, 0xfe]

  let machine: Machine
  let list = EventList()

  private static let code: UInt64 = 0x20_0000
  private static let handler: UInt64 = 0x20_0800
  private static let table: UInt64 = 0x30_0000

  init(_ code: [UInt8], change: (inout MachineConfiguration) -> Void = { _ in }) throws {
    var configuration = MachineConfiguration()
    configuration.memoryBytes = 8 << 20
    configuration.bootProtocol = .linux64
    configuration.devices = []
    change(&configuration)
    let events = EventStream()
    events.add(list)
    machine = try Machine(
      configuration, image: GuestImage(SmallELF.elf64(code, at: Self.code, entry: Self.code)), events: events,
      engine: .unicorn)
    _ = machine.memory.write([0x48, 0xcf], at: Self.handler)  // IRETQ
    for vector in 0..<256 as Range<UInt64> {
      let low = Self.handler & 0xffff | 8 << 16 | 0x8e << 40 | (Self.handler >> 16) << 48
      _ = machine.memory.write64(low, at: Self.table + vector * 16)
    }
    var state = machine.engine.state
    state.idt = (Self.table, 0xfff)
    machine.engine.state = state
  }

  /// The interrupts so far: vector and time in cycles.
  var interrupts: [(vector: UInt8, time: UInt64)] {
    list.events.compactMap { event in
      if case .interrupt(let vector, _) = event.payload { (vector, event.time) } else { nil }
    }
  }

  func out(_ values: (UInt16, UInt8)...) {
    for (port, value) in values { machine.portWrite(port, size: 1, value: UInt32(value)) }
  }

  func into(_ port: UInt16) -> UInt8 { UInt8(truncatingIfNeeded: machine.portRead(port, size: 1)) }

  /// Writes a register of the local APIC.
  func apic(_ offset: UInt64, _ value: UInt64) {
    machine.deviceWrite(Platform.localAPICBase + offset, size: 4, value: value)
  }

  /// Writes a redirection entry.
  func ioapic(_ input: UInt64, _ entry: UInt64) {
    for (register, value) in [(0x11 + 2 * input, entry >> 32), (0x10 + 2 * input, entry & 0xffff_ffff)] {
      machine.deviceWrite(Platform.ioapicBase, size: 4, value: register)
      machine.deviceWrite(Platform.ioapicBase + 0x10, size: 4, value: value)
    }
  }

  /// Channel 0 of the 8254 in mode 2.
  func startTimer(ticks: UInt16) {
    out((0x43, 0x34), (0x40, UInt8(truncatingIfNeeded: ticks)), (0x40, UInt8(ticks >> 8)))
  }

  /// Both 8259s with vectors from 0x20; `mask` is that of the first.
  func startPICs(mask: UInt8, automaticEnd: Bool = true) {
    let last: UInt8 = automaticEnd ? 3 : 1
    out((0x20, 0x11), (0x21, 0x20), (0x21, 4), (0x21, last), (0xa0, 0x11), (0xa1, 0x28), (0xa1, 2), (0xa1, last))
    out((0x21, mask), (0xa1, 0xff))
  }
}

/// Executables of one segment.
enum SmallELF {
  static func elf64(_ code: [UInt8], at address: UInt64, entry: UInt64) -> [UInt8] {
    var file = header(class: 2, machine: 62) + bytes(entry) + bytes(UInt64(64)) + bytes(UInt64(0)) + bytes(UInt32(0))
    file += bytes(UInt16(64)) + bytes(UInt16(56)) + bytes(UInt16(1)) + bytes(UInt16(0)) + [0, 0, 0, 0]
    file += bytes(UInt32(1)) + bytes(UInt32(7)) + bytes(UInt64(120)) + bytes(address) + bytes(address)
    return file + bytes(UInt64(code.count)) + bytes(UInt64(4096)) + bytes(UInt64(4096)) + code
  }

  static func elf32(_ code: [UInt8], at address: UInt32, entry: UInt32) -> [UInt8] {
    var file = header(class: 1, machine: 3) + bytes(entry) + bytes(UInt32(52)) + bytes(UInt32(0)) + bytes(UInt32(0))
    file += bytes(UInt16(52)) + bytes(UInt16(32)) + bytes(UInt16(1)) + bytes(UInt16(0)) + [0, 0, 0, 0]
    file += bytes(UInt32(1)) + bytes(UInt32(84)) + bytes(address) + bytes(address) + bytes(UInt32(code.count))
    return file + bytes(UInt32(4096)) + bytes(UInt32(7)) + bytes(UInt32(4096)) + code
  }

  private static func header(class: UInt8, machine: UInt16) -> [UInt8] {
    [0x7f, 0x45, 0x4c, 0x46, `class`, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0] + bytes(UInt16(2)) + bytes(machine)
      + bytes(UInt32(1))
  }

  static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }
}
