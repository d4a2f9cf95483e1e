import SimPlatform
import Testing

@Suite struct LocalAPICTimerTests {
  /// A timer with vector 0x40, `mode` in LVT bits 18:17, and a divisor of 1.
  private func timer(mode: UInt64, count: UInt64, masked: Bool = false) -> Bench<LocalAPIC> {
    let apic = enabledAPIC(hasTimeStampDeadline: true)
    apic.advance(to: 1000)
    _ = apic.write(0x3e0, 0xb)
    _ = apic.write(0x320, 0x40 | mode << 17 | (masked ? 0x1_0000 : 0))
    _ = apic.write(0x380, count)
    return apic
  }

  @Test func oneShotFiresOnceExactlyAtZero() {
    let apic = timer(mode: 0, count: 500)
    #expect(apic.nextDeadline == 1500 && apic.read(0x390) == 500)
    apic.advance(to: 1499)
    #expect(apic.read(0x390) == 1 && apic.pendingVector == nil)
    apic.advance(to: 1500)
    #expect(apic.read(0x390) == 0 && apic.pendingVector == 0x40 && apic.nextDeadline == nil)
    #expect(apic.acknowledge() == 0x40 && apic.eoi() == nil)
    apic.advance(to: 9999)
    #expect(apic.pendingVector == nil && apic.read(0x380) == 500)
  }

  @Test func periodicKeepsItsPhase() {
    let apic = timer(mode: 1, count: 100)
    var fired: [UInt64] = []
    while fired.count < 5, let deadline = apic.nextDeadline {
      apic.advance(to: deadline)
      #expect(apic.acknowledge() == 0x40 && apic.eoi() == nil)
      fired.append(deadline)
    }
    #expect(fired == [1100, 1200, 1300, 1400, 1500])
  }

  @Test func missedPeriodsRequestOneInterruptAndKeepThePhase() {
    let apic = timer(mode: 1, count: 100)
    apic.advance(to: 1000 + 100 * 1_000_000_007 + 30)
    #expect(apic.acknowledge() == 0x40 && apic.eoi() == nil && apic.pendingVector == nil)
    #expect(apic.nextDeadline == 1000 + 100 * 1_000_000_008 && apic.read(0x390) == 70)
  }

  @Test func aMaskedTimerCountsInSilence() {
    let apic = timer(mode: 1, count: 100, masked: true)
    #expect(apic.nextDeadline == nil)
    apic.advance(to: 1250)
    #expect(apic.pendingVector == nil && apic.read(0x390) == 50)
    _ = apic.write(0x320, 0x2_0040)
    #expect(apic.nextDeadline == 1300)
  }

  @Test(arguments: [(0, 2), (1, 4), (2, 8), (3, 16), (8, 32), (9, 64), (10, 128), (11, 1)] as [(UInt64, UInt64)])
  func dividesTheClock(code: UInt64, divisor: UInt64) {
    let apic = enabledAPIC()
    _ = apic.write(0x3e0, code)
    _ = apic.write(0x320, 0x40)
    _ = apic.write(0x380, 10)
    #expect(apic.nextDeadline == 10 * divisor)
    apic.advance(to: 3 * divisor)
    #expect(apic.read(0x390) == 7)
    if divisor > 1 {
      apic.advance(to: 3 * divisor + 1)
      #expect(apic.read(0x390) == 7)
    }
  }

  @Test func zeroStopsIt() {
    let apic = timer(mode: 1, count: 100)
    _ = apic.write(0x380, 0)
    apic.advance(to: 5000)
    #expect(apic.nextDeadline == nil && apic.pendingVector == nil && apic.read(0x390) == 0)
  }

  @Test func aNewDivisorGoesOnFromTheCurrentCount() {
    let apic = timer(mode: 0, count: 100)
    apic.advance(to: 1040)
    _ = apic.write(0x3e0, 0)
    #expect(apic.read(0x390) == 60 && apic.nextDeadline == 1040 + 120)
  }

  @Test func theDeadlineModeComparesTheTimeStampCounter() {
    let apic = timer(mode: 2, count: 100)
    #expect(apic.nextDeadline == nil && apic.read(0x390) == 0 && apic.read(0x380) == 0)
    apic.state.timeStampOffset = 5000
    apic.timeStampDeadline = 7000
    #expect(apic.timeStampDeadline == 7000 && apic.nextDeadline == 2000)
    apic.advance(to: 1999)
    #expect(apic.pendingVector == nil)
    apic.advance(to: 2000)
    #expect(apic.pendingVector == 0x40 && apic.timeStampDeadline == 0 && apic.nextDeadline == nil)
    apic.timeStampDeadline = 1
    #expect(apic.timeStampDeadline == 0, "a deadline in the past fires at once")
    apic.timeStampDeadline = 1 << 40
    _ = apic.write(0x320, 0x40)
    #expect(apic.nextDeadline == nil && apic.timeStampDeadline == 0, "leaving the mode disarms")
  }

  @Test func withoutTheFeatureThereIsNoDeadlineMode() {
    let apic = enabledAPIC()
    _ = apic.write(0x320, 0x4_0040)
    apic.timeStampDeadline = 5
    apic.advance(to: 10)
    #expect(apic.timeStampDeadline == 0 && apic.pendingVector == nil)
  }

  @Test func timeNeverGoesBackAndEndsWithoutOverflow() {
    let apic = timer(mode: 1, count: 0xffff_ffff)
    apic.advance(to: 10)
    #expect(apic.state.now == 1000)
    apic.advance(to: .max)
    #expect(apic.pendingVector == 0x40 && apic.nextDeadline == .max)
  }
}
