import Testing

@testable import SimPlatform

@Suite struct LocalAPICTests {
  func enabled() -> LocalAPIC {
    var apic = LocalAPIC()
    _ = apic.write(0xf0, 0x1ff, at: 0)
    return apic
  }

  @Test func aDisabledAPICTakesNothing() {
    var apic = LocalAPIC()
    apic.accept(0x40, isLevel: false)
    #expect(apic.pendingVector == nil)
  }

  @Test func higherVectorsComeFirstAndNestOverLowerClasses() {
    var apic = enabled()
    apic.accept(0x41, isLevel: false)
    apic.accept(0x55, isLevel: false)
    #expect(apic.acknowledge() == 0x55)
    #expect(apic.pendingVector == nil)
    apic.accept(0x60, isLevel: false)
    #expect(apic.acknowledge() == 0x60)
    _ = apic.write(0xb0, 0, at: 0)
    _ = apic.write(0xb0, 0, at: 0)
    #expect(apic.acknowledge() == 0x41)
  }

  @Test func taskPriorityHoldsItsClassOff() {
    var apic = enabled()
    apic.cr8 = 4
    apic.accept(0x4f, isLevel: false)
    #expect(apic.pendingVector == nil)
    apic.cr8 = 3
    #expect(apic.pendingVector == 0x4f)
  }

  @Test func onlyLevelInterruptsReachTheIOAPICAtTheirEnd() {
    var apic = enabled()
    apic.accept(0x50, isLevel: true)
    _ = apic.acknowledge()
    #expect(apic.write(0xb0, 0, at: 0) == .endOfInterrupt(vector: 0x50))
    apic.accept(0x50, isLevel: false)
    _ = apic.acknowledge()
    #expect(apic.write(0xb0, 0, at: 0) == .none)
  }

  @Test func aPeriodicTimerKeepsItsPhaseWhenPeriodsAreMissed() {
    var apic = enabled()
    _ = apic.write(0x3e0, 0xb, at: 0)  // divide by 1
    _ = apic.write(0x320, 0x2_0040, at: 0)
    _ = apic.write(0x380, 1000, at: 500)
    #expect(apic.nextDeadline == 1500)
    #expect(apic.read(0x390, at: 700) == 800)
    apic.advance(to: 4700)
    #expect(apic.acknowledge() == 0x40)
    #expect(apic.nextDeadline == 5500)
  }

  @Test func aOneShotTimerStopsAndAMaskedOneIsSilent() {
    var apic = enabled()
    _ = apic.write(0x3e0, 0, at: 0)  // divide by 2
    _ = apic.write(0x320, 0x40, at: 0)
    _ = apic.write(0x380, 10, at: 0)
    apic.advance(to: 19)
    #expect(apic.pendingVector == nil)
    apic.advance(to: 20)
    #expect(apic.acknowledge() == 0x40 && apic.nextDeadline == nil)
    _ = apic.write(0x320, 0x1_0040, at: 20)
    _ = apic.write(0x380, 10, at: 20)
    apic.advance(to: 60)
    #expect(apic.pendingVector == nil)
  }

  @Test func aSelfInterruptArrives() {
    var apic = enabled()
    _ = apic.write(0x300, 0x4_0077, at: 0)
    #expect(apic.pendingVector == 0x77)
  }

  @Test func aLevelInputIsSentAgainAfterItsEndWhileTheLineIsActive() {
    var chip = IOAPIC()
    _ = chip.write(0, 0x10 + 2 * 5)
    #expect(chip.write(0x10, 0x8050).isEmpty)
    #expect(chip.setLine(5, true) == [.init(vector: 0x50, isLevel: true)])
    #expect(chip.setLine(5, false).isEmpty)
    #expect(chip.endOfInterrupt(0x50).isEmpty)
    _ = chip.setLine(5, true)
    #expect(chip.endOfInterrupt(0x50) == [.init(vector: 0x50, isLevel: true)])
  }

  @Test func aMaskedLevelInputIsSentWhenUnmasked() {
    var chip = IOAPIC()
    _ = chip.setLine(7, true)
    _ = chip.write(0, 0x10 + 2 * 7)
    #expect(chip.write(0x10, 0x8061) == [.init(vector: 0x61, isLevel: true)])
  }
}
