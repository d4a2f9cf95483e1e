import SimUnicorn
import Testing

@testable import SimMachine

/// Time where an instruction takes a fraction of a cycle.
@Suite struct FractionalTimeTests {
  private static let rates: [UInt64] = [1, 7, 308, 500, 999, 1_000, 1_001, 2_750]
  private static let due: UInt64 = 50_003

  /// A guest that spins until its local timer interrupts it at `due`.
  private static func guest(_ rate: UInt64) throws -> SmallGuest {
    let guest = try SmallGuest(SmallGuest.spinning) { $0.costs.instruction = CycleRate(thousandths: rate) }
    guest.apic(0xf0, 0x1ff)
    guest.apic(0x320, 0x4_0040)
    #expect(guest.machine.writeMSR(0x6e0, due))
    return guest
  }

  @Test(arguments: rates) func anInterruptComesAtTheFirstInstructionThatReachesItsTime(rate: UInt64) throws {
    let guest = try Self.guest(rate)
    #expect(guest.machine.run(until: 60_000) == .deadline)
    let event = try #require(guest.list.events.first { $0.payload.kind == .interrupt })
    let time = CycleRate(thousandths: rate)
    #expect(time.cycles(for: event.instruction) >= Self.due && event.time == time.cycles(for: event.instruction))
    #expect(time.cycles(for: event.instruction - 1) < Self.due)
    #expect(guest.machine.time >= 60_000 && time.cycles(for: guest.machine.instructions - 1) < 60_000)
  }

  @Test(arguments: rates) func aForkOfAnyMomentIsInterruptedAtTheSame(rate: UInt64) throws {
    let whole = try Self.guest(rate)
    _ = whole.machine.run(until: 60_000)
    let expected = whole.list.events.filter { $0.payload.kind == .interrupt }
    for moment in [1, 12_345, Self.due - 1] {
      let guest = try Self.guest(rate)
      _ = guest.machine.run(until: moment)
      let snapshot = try guest.machine.snapshot()
      _ = guest.machine.run(until: 60_000)
      #expect(guest.list.events.filter { $0.payload.kind == .interrupt } == expected)
      let fork = try Machine(forking: snapshot, engine: .unicorn)
      _ = fork.run(until: 60_000)
      #expect(fork.instructions == whole.machine.instructions && fork.time == whole.machine.time)
      #expect(try fork.state() == whole.machine.state())
      try guest.machine.restore(snapshot)
      _ = guest.machine.run(until: 60_000)
      #expect(try guest.machine.state() == whole.machine.state())
    }
  }

  @Test func aStateIsRefusedWhoseTimeIsBeyondAnyRun() throws {
    for (rate, count, isPossible) in [(500, 1 << 62, true), (500, 1 << 63, false), (1_000, 1 << 62, false)]
      as [(UInt64, UInt64, Bool)]
    {
      let guest = try SmallGuest(SmallGuest.waiting) { $0.costs.instruction = CycleRate(thousandths: rate) }
      var snapshot = try guest.machine.snapshot()
      snapshot.state.cpu.instructionsRetired = count
      let fork = try? Machine(forking: snapshot, engine: .unicorn)
      #expect((fork != nil) == isPossible, "\(count) at \(rate)")
    }
  }

  @Test func costsThatWouldStopTheClockAreRefused() throws {
    let changes: [(inout CostTable) -> Void] = [
      { $0.instruction = CycleRate(cycles: 0) }, { $0.exception = 0 }, { $0.wrpkru = CostTable.cyclesMax + 1 },
      { $0.deviceByte = CycleRate(cycles: CycleRate.max + 1) },
    ]
    for change in changes {
      #expect(throws: MachineError.self) { _ = try SmallGuest(SmallGuest.waiting) { change(&$0.costs) } }
    }
  }
}

extension Machine {
  fileprivate func state() throws -> MachineState { try snapshot().state }
}
