import SimEvents
import SimPlatform
import SimUnicorn
import Testing

@testable import SimMachine

/// From the timers and the interrupt controllers to the processor, on a guest that only waits.
@Suite struct InterruptPathTests {
  /// The cycle at which the 8254 has ticked so often.
  private func cycle(_ tick: UInt64) -> UInt64 { (tick * 1_000_000_000 + 1_193_181) / 1_193_182 }

  @Test func theSystemTimerComesThroughThe8259sInVirtualWireMode() throws {
    let guest = try SmallGuest(SmallGuest.waiting)
    guest.startPICs(mask: 0xfe)
    guest.startTimer(ticks: 11932)
    #expect(guest.machine.run(until: 1_000_000_000) == .deadline)
    let interrupts = guest.interrupts
    #expect(interrupts.count == 99 || interrupts.count == 100)
    #expect(interrupts.allSatisfy { $0.vector == 0x20 })
    for (index, interrupt) in interrupts.enumerated() {
      #expect(interrupt.time == cycle(UInt64(index + 1) * 11932), "interrupt \(index)")
    }
  }

  @Test func withoutAnEndThe8259SendsOne() throws {
    let guest = try SmallGuest(SmallGuest.waiting)
    guest.startPICs(mask: 0xfe, automaticEnd: false)
    guest.startTimer(ticks: 1193)
    _ = guest.machine.run(until: 50_000_000)
    #expect(guest.interrupts.count == 1)
    guest.out((0x20, 0x20))
    _ = guest.machine.run(until: 50_500_000)
    #expect(guest.interrupts.count == 2, "what came meanwhile is one request")
  }

  @Test func aMaskedTimerWakesNobodyAndCostsNoDeadline() throws {
    let guest = try SmallGuest(SmallGuest.waiting)
    guest.startTimer(ticks: 1193)
    #expect(guest.machine.timerDeadline == nil)
    #expect(guest.machine.run(until: 50_000_000) == .deadline && guest.interrupts.isEmpty)
    #expect(guest.into(0x20) == 1, "but the request is there")
  }

  @Test func theSystemTimerIsAtInput2OfTheIOAPIC() throws {
    let guest = try SmallGuest(SmallGuest.waiting)
    guest.apic(0xf0, 0x1ff)
    guest.ioapic(2, 0x31)
    guest.startTimer(ticks: 1000)
    _ = guest.machine.run(until: 5_000_000)
    #expect(guest.interrupts.map(\.vector) == [0x31] && guest.interrupts[0].time == cycle(1000))
  }

  @Test func anIOAPICEntryMayBeNonMaskable() throws {
    let guest = try SmallGuest(SmallGuest.deaf)
    guest.apic(0xf0, 0x1ff)
    guest.ioapic(2, 0x400)
    guest.startTimer(ticks: 1000)
    #expect(guest.machine.run(until: 3_000_000) == .deadline, "it wakes from HLT with interrupts disabled")
    #expect(guest.interrupts.map(\.vector) == [2, 2, 2])
  }

  @Test func aDeafProcessorWithoutNonMaskableInterruptsHaltsForGood() throws {
    let guest = try SmallGuest(SmallGuest.deaf)
    #expect(guest.machine.run(until: 3_000_000) == .halted)
  }

  @Test func line0MayBeNonMaskableToo() throws {
    let guest = try SmallGuest(SmallGuest.deaf)
    guest.apic(0xf0, 0x1ff)
    guest.apic(0x350, 0x400)
    guest.startPICs(mask: 0xfe)
    guest.startTimer(ticks: 1000)
    _ = guest.machine.run(until: 900_000)
    #expect(guest.interrupts.map(\.vector) == [2] && guest.interrupts[0].time == cycle(1000))
  }

  @Test(arguments: [0x400, 0x4_4400, 0xc_0400] as [UInt64]) func aMessageToItselfMayBeNonMaskable(command: UInt64)
    throws
  {
    let guest = try SmallGuest(SmallGuest.spinning)
    guest.apic(0x310, 0)
    guest.apic(0x300, command)
    _ = guest.machine.run(until: 1000)
    #expect(guest.interrupts.map(\.vector) == (command == 0xc_0400 ? [] : [2]), "shorthand 3 leaves itself out")
  }

  @Test func twoNonMaskableInterruptsAtOnceAreOne() throws {
    let guest = try SmallGuest(SmallGuest.spinning)
    for _ in 0..<3 { guest.apic(0x300, 0x4_4400) }
    _ = guest.machine.run(until: 1000)
    #expect(guest.interrupts.count == 1)
  }

  @Test func linesOfDevicesReachThe8259s() throws {
    let guest = try SmallGuest(SmallGuest.waiting)
    guest.startPICs(mask: 0xef)
    guest.out((0x3fc, 8), (0x3f9, 1))  // OUT2, received data
    guest.machine.type([0x41], into: .serial)
    _ = guest.machine.run(until: 1000)
    #expect(guest.interrupts.map(\.vector) == [0x24])
  }

  @Test func aDisabledAPICLeavesLine0ToTheProcessor() throws {
    let guest = try SmallGuest(SmallGuest.waiting)
    guest.apic(0x350, 0x1_0000)
    guest.startPICs(mask: 0xfe)
    guest.startTimer(ticks: 1000)
    _ = guest.machine.run(until: 2_000_000)
    #expect(guest.interrupts.isEmpty)
    #expect(guest.machine.writeMSR(0x1b, 0xfee0_0100))
    _ = guest.machine.run(until: 3_000_000)
    #expect(guest.interrupts.first?.vector == 0x20)
  }

  @Test func allOfItGoesOnInAFork() throws {
    let guest = try SmallGuest(SmallGuest.deaf) { $0.cpu = .amd }
    guest.apic(0xf0, 0x1ff)
    guest.ioapic(2, 0x400)
    guest.startPICs(mask: 0xfe)
    guest.startTimer(ticks: 777)
    guest.out((0x70, 0x0b), (0x71, 0x86), (0x61, 3))
    #expect(guest.machine.writeMSR(0x1a0, 0x55) && guest.machine.writeMSR(0xc001_0015, 0x77))
    #expect(guest.machine.writeMSR(0x3b, 1_000_000))
    _ = guest.machine.run(until: 1_234_567)
    let snapshot = try guest.machine.snapshot()
    let fork = try Machine(forking: snapshot, engine: .unicorn)
    #expect(try fork.snapshot().state == snapshot.state)
    let expected = events(of: guest.machine, until: 9_000_000)
    #expect(events(of: fork, until: 9_000_000) == expected && expected.count > 10)
    #expect(try fork.snapshot().state == guest.machine.snapshot().state)
    #expect(fork.readMSR(0xc001_0015) == 0x77 && fork.timestampCounter() == 10_000_000)
  }
}
