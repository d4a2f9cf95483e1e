import SimPlatform
import Testing

@Suite struct LocalAPICPriorityTests {
  @Test func theHighestVectorComesFirst() {
    let apic = enabledAPIC()
    for vector in [0x31, 0xf0, 0x80, 0x32] as [UInt8] { #expect(apic.accept(vector, levelTriggered: false)) }
    var order: [UInt8] = []
    while apic.pendingVector != nil {
      order.append(apic.acknowledge())
      #expect(apic.eoi() == nil)
    }
    #expect(order == [0xf0, 0x80, 0x32, 0x31])
  }

  @Test func onlyAHigherClassInterruptsAHandler() {
    let apic = enabledAPIC()
    #expect(apic.accept(0x45, levelTriggered: false) && apic.acknowledge() == 0x45)
    #expect(apic.accept(0x4f, levelTriggered: false) && apic.pendingVector == nil)
    #expect(apic.accept(0x50, levelTriggered: false) && apic.pendingVector == 0x50)
    #expect(apic.acknowledge() == 0x50 && apic.processorPriority == 0x50)
    #expect(apic.eoi() == nil && apic.processorPriority == 0x40)
    #expect(apic.eoi() == nil && apic.processorPriority == 0 && apic.pendingVector == 0x4f)
  }

  /// Every task priority against every vector in service: PPR by the manual's formula.
  @Test func theProcessorPriorityIsTheHigherOfTaskAndHandler() {
    for task in 0..<UInt64(256) {
      for vector in stride(from: UInt8(16), to: 255, by: 7) {
        let apic = enabledAPIC()
        #expect(apic.accept(vector, levelTriggered: false) && apic.acknowledge() == vector)
        _ = apic.write(0x80, task)
        let expected = task >> 4 >= UInt64(vector >> 4) ? task : UInt64(vector & 0xf0)
        #expect(apic.read(0xa0) == expected)
      }
    }
  }

  @Test func theTaskPriorityHoldsBackItsClassAndBelow() {
    let apic = enabledAPIC()
    #expect(apic.accept(0x4f, levelTriggered: false))
    apic.cr8 = 4
    #expect(apic.read(0x80) == 0x40 && apic.pendingVector == nil)
    apic.cr8 = 3
    #expect(apic.pendingVector == 0x4f)
  }

  @Test func withNothingToTakeTheProcessorGetsTheSpuriousVector() {
    let apic = enabledAPIC()
    #expect(apic.accept(0x40, levelTriggered: false))
    apic.cr8 = 15
    #expect(apic.acknowledge() == 0xff && apic.state.inService.highest == nil)
    apic.cr8 = 0
    #expect(apic.pendingVector == 0x40)
  }

  @Test func oneVectorWaitsOnceHoweverOftenItIsRequested() {
    let apic = enabledAPIC()
    for _ in 0..<3 { #expect(apic.accept(0x40, levelTriggered: false)) }
    #expect(apic.acknowledge() == 0x40)
    #expect(apic.accept(0x40, levelTriggered: false))
    #expect(apic.eoi() == nil && apic.acknowledge() == 0x40 && apic.eoi() == nil && apic.pendingVector == nil)
    #expect(apic.eoi() == nil, "an end without an interrupt is harmless")
  }
}

@Suite struct LocalAPICRegisterTests {
  @Test func afterResetItIsOffAndMasked() {
    let apic = Bench(LocalAPIC())
    #expect(apic.read(0xf0) == 0xff && apic.read(0x30) == 0x5_0014)
    #expect(apic.read(0xe0) == 0xffff_ffff)
    for offset in stride(from: UInt64(0x320), through: 0x370, by: 16) {
      #expect(apic.read(offset) == 0x1_0000)
    }
    #expect(!apic.accept(0x40, levelTriggered: false) && apic.pendingVector == nil)
    _ = apic.write(0x320, 0x40)
    #expect(apic.read(0x320) == 0x1_0040, "while disabled the mask stays set")
  }

  @Test func requestsAndServiceShowInTheirRegisters() {
    let apic = enabledAPIC()
    for vector in [0x10, 0x3f, 0x40, 0xff] as [UInt8] { #expect(apic.accept(vector, levelTriggered: vector == 0x3f)) }
    #expect((0..<8).map { apic.read(0x200 + $0 * 16) } == [0x1_0000, 0x8000_0000, 1, 0, 0, 0, 0, 0x8000_0000])
    #expect(apic.acknowledge() == 0xff)
    #expect(apic.read(0x170) == 0x8000_0000 && apic.read(0x270) == 0)
    #expect(apic.read(0x190) == 0x8000_0000)
    _ = apic.write(0x170, 0)
    #expect(apic.read(0x170) == 0x8000_0000, "read-only")
  }

  @Test func wrongSizesAndPlacesDoNothing() {
    let apic = enabledAPIC()
    let before = apic.device
    for (offset, size) in [(0xf0, 1), (0xf0, 8), (0xf4, 4), (0xf1, 4), (0x1000, 4), (UInt64.max, 4)] as [(UInt64, Int)]
    {
      #expect(apic.read(offset, size: size) == 0 && apic.write(offset, 0, size: size) == nil)
    }
    #expect(apic.device == before)
  }

  /// What a machine answers without its clock must be what it would answer with it.
  @Test func steadyRegistersAreReadTheSameAtAnyTime() {
    let apic = enabledAPIC()
    _ = apic.write(0x3e0, 0xb)
    _ = apic.write(0x320, 0x40)
    _ = apic.write(0x380, 500)
    #expect(apic.accept(0x61, levelTriggered: true) && apic.acknowledge() == 0x61)
    for cycle in [0, 499, 500, 100_000] as [UInt64] {
      for offset in stride(from: UInt64(0), to: LocalAPIC.size, by: 4) {
        guard let steady = apic.device.steadyRegister(offset, size: 4) else { continue }
        let late = Bench(apic.device)
        late.advance(to: cycle)
        let before = late.device
        #expect(late.read(offset) == UInt64(steady), "the register at \(offset)")
        #expect(late.device == before)
      }
    }
    #expect(apic.device.steadyRegister(0x390, size: 4) == nil, "the current count runs")
    #expect(apic.device.steadyRegister(0x40, size: 4) == nil, "the error of a register that does not exist")
    #expect(apic.device.steadyRegister(0x20, size: 8) == nil && apic.device.steadyRegister(0x22, size: 4) == nil)
    #expect(apic.device.steadyRegister(0x80, size: 4) == 0)
    #expect(apic.writeBase(0xfee0_0100) && apic.device.steadyRegister(0x30, size: 4) == nil)
  }

  @Test func registersThatDoNotExistAreReportedOnceThroughTheErrorVector() {
    let apic = enabledAPIC()
    _ = apic.write(0x370, 0x3e)
    #expect(apic.read(0x40) == 0 && apic.pendingVector == 0x3e)
    #expect(apic.read(0x280) == 0, "only a write brings the errors into the register")
    _ = apic.write(0x280, 0)
    #expect(apic.read(0x280) == 0x80)
    _ = apic.write(0x280, 0)
    #expect(apic.read(0x280) == 0)
  }

  @Test func theBaseRegisterRefusesReservedBits() {
    let apic = enabledAPIC()
    for value in [0xfee0_0500, 0xfee0_0901, 0xfee0_0a00, 0x100_fee0_0900] as [UInt64] {
      #expect(!apic.writeBase(value))
    }
    #expect(apic.writeBase(0xfed4_0900) && apic.address == 0xfed4_0000 && apic.isEnabled)
    #expect(apic.writeBase(0xfee0_0100) && !apic.isEnabled && apic.read(0x30) == 0)
    #expect(!apic.accept(0x40, levelTriggered: false))
    #expect(apic.writeBase(0xfee0_0900) && apic.read(0x30) == 0x5_0014)
    #expect(apic.read(0xf0) == 0xff, "what was set before is gone")
  }

  @Test func anyAccessIsSafe() {
    let apic = enabledAPIC(hasTimeStampDeadline: true)
    var seed: UInt64 = 5
    func random() -> UInt64 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return seed >> 20
    }
    for step in 0..<100_000 {
      apic.advance(to: random() % 7 == 0 ? .max &- random() : UInt64(step) &* 50)
      switch random() % 4 {
      case 0: _ = apic.read(random() & 0xff0)
      case 1: _ = apic.acknowledge()
      case 2: apic.timeStampDeadline = random()
      default: _ = apic.write(random() & 0xff0, random())
      }
      if let deadline = apic.nextDeadline { #expect(deadline >= apic.state.now) }
    }
    print("SimPlatform: 100000 random accesses to the local APIC (seed 5)")
  }
}

@Suite struct LocalAPICMessageTests {
  private func command(_ value: UInt64, to destination: UInt64 = 0) -> (Bench<LocalAPIC>, LocalAPIC.Effect?) {
    let apic = enabledAPIC()
    _ = apic.write(0x310, destination << 24)
    let effect = apic.write(0x300, value)
    return (apic, effect)
  }

  @Test func aFixedMessageReachesItselfInEveryWayOfNaming() {
    #expect(command(0x4_0041).0.pendingVector == 0x41, "self")
    #expect(command(0x8_0041).0.pendingVector == 0x41, "all including self")
    #expect(command(0x0041).0.pendingVector == 0x41, "physical ID")
    #expect(command(0x0041, to: 0xff).0.pendingVector == 0x41, "physical broadcast")
    #expect(command(0x0041, to: 1).0.pendingVector == nil, "somebody else")
    #expect(command(0xc_0041).0.pendingVector == nil, "all but self")
    #expect(command(0x4_1041).0.state.commandLow == 0x4_0041, "delivery status stays idle")
  }

  @Test func logicalDestinationsFollowTheModel() {
    let apic = enabledAPIC()
    _ = apic.write(0xd0, 0x2400_0000)
    #expect(apic.isAddressed(by: 0x04, logical: true) && !apic.isAddressed(by: 0x02, logical: true))
    _ = apic.write(0xe0, 0x0fff_ffff)
    #expect(apic.isAddressed(by: 0x24, logical: true) && !apic.isAddressed(by: 0x14, logical: true))
    #expect(apic.isAddressed(by: 0xff, logical: true) && !apic.isAddressed(by: 0x22, logical: true))
  }

  @Test func illegalVectorsAreErrorsOnBothSides() {
    let (apic, effect) = command(0x4_0005)
    #expect(effect == nil && apic.pendingVector == nil)
    _ = apic.write(0x280, 0)
    #expect(apic.read(0x280) == 0x60)
  }

  @Test func otherMessagesAreForTheProcessor() {
    #expect(command(0x400).1 == .nonMaskableInterrupt && command(0x400, to: 3).1 == nil)
    #expect(command(0x500).1 == .initialize && command(0x4500).1 == .initialize)
    #expect(command(0x8500).1 == nil, "INIT level de-assert")
    #expect(command(0x608).1 == nil && command(0x200).1 == nil)
  }

  @Test func pinsDeliverByTheirLocalVector() {
    let apic = enabledAPIC()
    #expect(apic.setLine(.line1, high: true) == nil, "masked")
    _ = apic.setLine(.line1, high: false)
    _ = apic.write(0x360, 0x400)
    #expect(apic.setLine(.line1, high: true) == .nonMaskableInterrupt && apic.setLine(.line1, high: true) == nil)
    _ = apic.write(0x350, 0x60)
    #expect(apic.setLine(.line0, high: true) == nil && apic.acknowledge() == 0x60 && apic.eoi() == nil)
    #expect(apic.setLine(.timer, high: true) == nil)
  }

  @Test func aLevelAtAPinComesAgainUntilItFalls() {
    let apic = enabledAPIC()
    _ = apic.write(0x350, 0x8060)
    _ = apic.setLine(.line0, high: true)
    #expect(apic.read(0x350) == 0xc060, "remote IRR")
    #expect(apic.acknowledge() == 0x60 && apic.eoi() == .endOfInterrupt(vector: 0x60))
    #expect(apic.pendingVector == 0x60 && apic.acknowledge() == 0x60)
    _ = apic.setLine(.line0, high: false)
    #expect(apic.eoi() == .endOfInterrupt(vector: 0x60) && apic.pendingVector == nil)
    #expect(apic.read(0x350) == 0x8060)
  }
}
