import SimEvents
import SimPlatform
import Testing

@testable import SimMachine

/// Interrupts on their way to the processor, counted by those that it takes.
@Suite struct InterruptFaultTests {
  private static let period: UInt64 = 10_000
  private static let vector: UInt8 = 0x40

  /// A guest that spins and is interrupted by the local APIC's timer every 10,000 cycles.
  private func timer(_ code: [UInt8] = SmallGuest.spinning) throws -> SmallGuest {
    let guest = try SmallGuest(code)
    #expect(guest.machine.configuration.costs.instruction == CycleRate(cycles: 1))
    guest.apic(0xf0, 0x1ff)
    guest.apic(0x3e0, 0xb)  // divide by 1
    guest.apic(0x320, UInt64(Self.vector) | 1 << 17)  // periodic
    guest.apic(0x380, Self.period)
    // The handler does nothing, so its end is signalled for it.
    let taken = Moment.matchingEvent(EventFilter(kind: .interrupt), nth: 1)
    try guest.machine.appoint(at: taken) { machine in
      machine.deviceWrite(Platform.localAPICBase + 0xb0, size: 4, value: 0)
      return taken
    }
    return guest
  }

  private func taken(_ guest: SmallGuest, _ effect: FaultEffect?, until end: UInt64 = 105_000) throws -> (
    times: [UInt64], injections: [Injection]
  ) {
    var injections: [Injection] = []
    if let effect {
      try guest.machine.appoint(at: .time(25_000)) { machine in
        machine.inject(effect) { _, result in
          switch result {
          case .success(let injection): injections.append(injection)
          case .failure(let missed): Issue.record("\(missed)")
          }
        }
        return nil
      }
    }
    _ = guest.machine.run(until: end)
    return (guest.interrupts.filter { $0.vector == Self.vector }.map(\.time), injections)
  }

  @Test func withoutAFaultThereIsOneAPeriod() throws {
    #expect(try taken(try timer(), nil).times.count == 10)
  }

  @Test func aDroppedInterruptNeverComes() throws {
    let (times, injections) = try taken(try timer(), .interrupt(vector: Self.vector, .drop))
    #expect(times.count == 9 && !times.contains { (25_001..<35_000).contains($0) })
    #expect(injections.map(\.after) == ["not requested"])
  }

  @Test func aDelayedInterruptComesLater() throws {
    let (times, injections) = try taken(try timer(), .interrupt(vector: Self.vector, .delay(3_000)))
    #expect(times.count == 10)
    let late = try #require(times.first { $0 > 25_000 })
    #expect((33_000..<33_200).contains(late), "\(late)")
    #expect(injections.count == 1)
  }

  @Test func aRepeatedInterruptComesTwice() throws {
    let (times, injections) = try taken(try timer(), .interrupt(vector: Self.vector, .repeat))
    #expect(times.count == 11 && times.filter { (25_001..<35_000).contains($0) }.count == 2)
    #expect(injections.map(\.after) == ["requested"])
  }

  @Test func aSpuriousInterruptComesWhenNobodyAsks() throws {
    let guest = try timer()
    let (times, injections) = try taken(guest, .spuriousInterrupt(vector: 0x77))
    #expect(times.count == 10 && injections.count == 1)
    let spurious = guest.interrupts.filter { $0.vector == 0x77 }
    #expect(spurious.count == 1 && (25_000..<25_200).contains(spurious.first?.time ?? 0))
  }

  @Test func aNonMaskableInterruptReachesADeafProcessor() throws {
    let guest = try timer([0xfa, 0xeb, 0xfe])
    let (times, injections) = try taken(guest, .nonMaskableInterrupt)
    #expect(times.isEmpty && injections.count == 1)
    #expect(guest.interrupts.filter { $0.vector == 2 }.count == 1)
  }

  /// One that has waited long when it is asked for is taken once the processor may, and not lost.
  @Test func aFaultOfAnotherVectorWaits() throws {
    let (times, injections) = try taken(try timer(), .interrupt(vector: 0x99, .drop))
    #expect(times.count == 10 && injections.isEmpty)
  }
}
