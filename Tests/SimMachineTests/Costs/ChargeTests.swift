import SimEvents
import SimUnicorn
import Testing

@testable import SimMachine

/// Code that causes one kind of cost.
struct ChargedCode: Sendable, CustomStringConvertible {
  var cost: String
  var code: [UInt8]
  /// How often it is due.
  var count: UInt64
  /// The time is that of the first exception, not that of the end.
  var endsInException = false

  init(_ cost: String, _ code: [UInt8], _ count: UInt64, endsInException: Bool = false) {
    (self.cost, self.code, self.count, self.endsInException) = (cost, code, count, endsInException)
  }

  var description: String { "\(count) of \(cost)" }

  private static let enableSystemCalls: [UInt8] = [0xb9, 0x80, 0, 0, 0xc0, 0x0f, 0x32, 0x83, 0xc8, 1, 0x0f, 0x30]

  static let all = [
    ChargedCode("portAccess", [0x66, 0xba, 0x80, 0, 0xec, 0xee], 2),  // IN and OUT of port 80H
    ChargedCode("exception", [0xcc], 1),  // INT3
    ChargedCode("exception", [0xcd, 0x40], 1),  // INT 40H
    ChargedCode("interrupt", SmallGuest.waiting.dropLast(2), 1),
    ChargedCode("halt", SmallGuest.waiting.dropLast(2), 1),
    ChargedCode("halt", [0x90], 0),
    ChargedCode("wrpkru", [0x31, 0xc9, 0x31, 0xd2, 0x31, 0xc0, 0x0f, 1, 0xef, 0x0f, 1, 0xef], 2),
    ChargedCode("rdpkru", [0x31, 0xc9, 0x0f, 1, 0xee, 0x0f, 1, 0xee, 0x0f, 1, 0xee], 3),
    // LSTAR leads behind the SYSCALL.
    ChargedCode(
      "systemCall",
      enableSystemCalls + [
        0xb9, 0x82, 0, 0, 0xc0, 0xb8, 0x1c, 0, 0x20, 0, 0x31, 0xd2, 0x0f, 0x30, 0x0f, 5,
      ], 1),
    ChargedCode("systemCall", enableSystemCalls + [0x48, 0x0f, 7], 1, endsInException: true),  // SYSRET to nowhere
    ChargedCode("controlRegister", [0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8], 1),  // CR3, read and written
    ChargedCode("controlRegister", enableSystemCalls, 1),  // EFER
    ChargedCode("msr", [0xb9, 0xa0, 1, 0, 0, 0x0f, 0x32, 0x0f, 0x30], 2),  // IA32_MISC_ENABLE
    ChargedCode("msr", [0xb9, 0, 1, 0, 0xc0, 0x0f, 0x32, 0x0f, 0x30], 1),  // FS.base
    ChargedCode("msr", enableSystemCalls, 0),
    ChargedCode("timestampCounter", [0x0f, 0x31, 0x0f, 1, 0xf9], 2),
    ChargedCode("timestampCounter", [0xb9, 0x10, 0, 0, 0, 0x0f, 0x32], 0),  // by RDMSR
    ChargedCode("cpuid", [0x31, 0xc0, 0x0f, 0xa2, 0x31, 0xc0, 0x0f, 0xa2], 2),
    ChargedCode("rdrand", [0x48, 0x0f, 0xc7, 0xf0], 1),
    ChargedCode("invlpg", [0x31, 0xc0, 0x0f, 1, 0x38], 1),
  ]
}

/// Each cost is charged once for each of its events.
@Suite struct ChargeTests {
  private static let cycles: UInt64 = 1_000_003
  private static let stop: [UInt8] = [0xfa, 0xf4]

  /// The time that code takes.
  private func time(_ what: ChargedCode, cycles: UInt64?) throws -> UInt64 {
    let path = try #require(CostTable.wholeCosts.first { $0.name == what.cost }).path
    let guest = try SmallGuest(what.code + Self.stop) { configuration in
      if let cycles { configuration.costs[keyPath: path] = cycles }
    }
    var state = guest.machine.engine.state
    state.cr4 |= 1 << 22
    guest.machine.engine.state = state
    // Something to wake up for, at a time that no cost moves.
    guest.apic(0xf0, 0x1ff)
    guest.apic(0x320, 0x4_0040)
    #expect(guest.machine.writeMSR(0x6e0, 10_000_000))
    let before = guest.machine.time
    let stop = guest.machine.run(until: 40_000_000)
    if what.endsInException {
      return try #require(guest.list.events.first { $0.payload.kind == .exception }).time - before
    }
    #expect(stop == .halted)
    return guest.machine.time - before
  }

  @Test(arguments: ChargedCode.all) func aCostIsChargedOnceForEachEvent(what: ChargedCode) throws {
    let without = try time(what, cycles: what.cost == "exception" ? 1 : 0)
    let with = try time(what, cycles: Self.cycles)
    let each = Self.cycles - (what.cost == "exception" ? 1 : 0)
    #expect(with - without == each * what.count)
  }

  @Test func everyCostHasItsCode() {
    let elsewhere = ["deviceAccess"]
    #expect(Set(CostTable.wholeCosts.map(\.name)) == Set(ChargedCode.all.map(\.cost) + elsewhere))
  }

  @Test func anAccessToADeviceIsCharged() throws {
    let machine = try SmallGuest(SmallGuest.deaf) { $0.costs.deviceAccess = Self.cycles }.machine
    _ = machine.deviceRead(0xfee0_0030, size: 4)
    machine.deviceWrite(0xfee0_00f0, size: 4, value: 0x1ff)
    #expect(machine.time == 2 * Self.cycles)
  }

  @Test func theCounterIsReadBeforeItsCost() throws {
    let machine = try SmallGuest(SmallGuest.deaf) { $0.costs.timestampCounter = 40 }.machine
    #expect(machine.timestampCounter() == 0 && machine.timestampCounter() == 40 && machine.time == 80)
  }

  /// Between a chain's event and the next one of the same instruction nothing passes but what its bytes take.
  @Test(.enabled(if: Subject.image != nil), arguments: [250, 1_000, 3_000] as [UInt64])
  func theBytesOfAChainAreCharged(rate: UInt64) throws {
    var costs = CostTable()
    costs.deviceByte = CycleRate(thousandths: rate)
    let subject = try #require(try Subject(costs: costs))
    _ = subject.machine.run(until: Subject.promptTime)
    subject.machine.type(Array("ls\n".utf8), into: .virtio)
    _ = subject.machine.run(until: 4 * Subject.promptTime)
    var chains = 0
    for (event, next) in zip(subject.list.events, subject.list.events.dropFirst()) {
      guard let bytes = bytes(of: event), event.instruction == next.instruction else { continue }
      #expect(next.time - event.time == costs.deviceByte.cycles(for: bytes), "\(event.payload)")
      chains += bytes > 0 ? 1 : 0
    }
    #expect(chains > 10)
  }

  private func bytes(of event: Event) -> UInt64? {
    switch event.payload {
    case .descriptorChain(_, _, _, let readableBytes, _): UInt64(readableBytes)
    case .usedChain(_, _, _, let writtenBytes): UInt64(writtenBytes)
    default: nil
    }
  }
}
