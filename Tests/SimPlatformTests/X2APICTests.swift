import SimPlatform
import Testing

@Suite struct X2APICTests {
  /// An APIC in x2APIC mode that software has enabled.
  private func bench() -> Bench<LocalAPIC> {
    let apic = Bench(LocalAPIC(hasTimeStampDeadline: true))
    #expect(apic.writeBase(0xfee0_0d00))
    #expect(apic.writeMSR(0x80f, 0x1ff))
    return apic
  }

  /// SDM vol. 3, figure 11-27: every pair of modes. 0 is disabled, 2 xAPIC, 3 x2APIC; 1 cannot be.
  @Test func onlyTheManualsTransitionsAreTaken() {
    let ways: [UInt64: [UInt64]] = [0: [0], 2: [0, 2], 3: [0, 2, 3]]  // how to get there from disabled
    let legal: [UInt64: Set<UInt64>] = [0: [0, 2], 2: [0, 2, 3], 3: [0, 3]]
    for (from, way) in ways {
      for to in 0..<4 as Range<UInt64> {
        let apic = Bench(LocalAPIC())
        for mode in way { #expect(apic.writeBase(0xfee0_0100 | mode << 10)) }
        let before = apic.device
        #expect(apic.writeBase(0xfee0_0100 | to << 10) == legal[from]?.contains(to), "from \(from) to \(to)")
        if legal[from]?.contains(to) != true { #expect(apic.device == before) }
      }
    }
  }

  @Test func theRegistersAreMSRsAndNoLongerInMemory() {
    let apic = enabledAPIC()
    #expect(apic.readMSR(0x803) == nil && !apic.writeMSR(0x80f, 0x1ff))
    #expect(apic.writeBase(0xfee0_0d00))
    #expect(apic.readMSR(0x803) == 0x5_0014 && apic.read(0x30) == 0)
    #expect(apic.readMSR(0x80f) == 0x1ff, "what was set before is kept")
    _ = apic.write(0x80, 0x50)
    #expect(apic.readMSR(0x808) == 0)
  }

  /// Each MSR of the range: what may be read, and what may be written with 0.
  @Test func everyMSRIsReadableAndWritableAsTheManualSays() {
    let vectors = Set(UInt32(0x810)...0x827)
    let readable: Set<UInt32> = vectors.union([
      0x802, 0x803, 0x808, 0x80a, 0x80d, 0x80f, 0x828, 0x830, 0x832, 0x833, 0x834, 0x835, 0x836, 0x837, 0x838, 0x839,
      0x83e,
    ])
    let writable: Set<UInt32> = [
      0x808, 0x80b, 0x80f, 0x828, 0x830, 0x832, 0x833, 0x834, 0x835, 0x836, 0x837, 0x838, 0x83e, 0x83f,
    ]
    for msr in 0x800...0x8ff as ClosedRange<UInt32> {
      #expect((bench().readMSR(msr) != nil) == readable.contains(msr), "RDMSR 0x\(String(msr, radix: 16))")
      #expect(bench().writeMSR(msr, 0) == writable.contains(msr), "WRMSR 0x\(String(msr, radix: 16))")
    }
  }

  @Test func reservedBitsAreRefusedAndChangeNothing() {
    let masks: [UInt32: UInt64] = [
      0x808: 0xff, 0x80b: 0, 0x80f: 0x1ff, 0x828: 0, 0x830: 0xffff_ffff_000c_cfff, 0x832: 0x7_50ff, 0x833: 0x1_57ff,
      0x835: 0x1_f7ff, 0x837: 0x1_50ff, 0x838: 0xffff_ffff, 0x83e: 0xb, 0x83f: 0xff,
    ]
    for (msr, mask) in masks {
      for bit in 0..<64 as Range<UInt64> where mask >> bit & 1 == 0 {
        let apic = bench()
        let before = apic.device
        #expect(!apic.writeMSR(msr, 1 << bit), "bit \(bit) of 0x\(String(msr, radix: 16))")
        #expect(apic.device == before)
      }
    }
  }

  @Test func messagesGoToA32BitDestination() {
    for (destination, isOurs) in [(0, true), (1, false), (0xff, false), (0xffff_ffff, true)] as [(UInt64, Bool)] {
      let apic = bench()
      #expect(apic.writeMSR(0x830, destination << 32 | 0x41))
      #expect((apic.pendingVector == 0x41) == isOurs, "destination \(destination)")
    }
    // Logical: cluster 0, bit 0.
    for (destination, isOurs) in [(1, true), (2, false), (0x1_0001, false), (3, true)] as [(UInt64, Bool)] {
      let apic = bench()
      #expect(apic.writeMSR(0x830, destination << 32 | 0x841))
      #expect((apic.pendingVector == 0x41) == isOurs, "logical destination \(destination)")
    }
    #expect(bench().readMSR(0x80d) == 1)
  }

  @Test func selfInterruptsAndTheirEnd() {
    let apic = bench()
    #expect(apic.writeMSR(0x83f, 0x60) && apic.pendingVector == 0x60 && apic.acknowledge() == 0x60)
    #expect(apic.readMSR(0x813) == 1, "vector 0x60 is in service")
    #expect(apic.writeMSR(0x80b, 0) && apic.readMSR(0x813) == 0)
  }

  @Test func aNonMaskableInterruptBySelfMessage() {
    let apic = bench()
    #expect(apic.device.writeMSR(0x830, 0x400).effect == .nonMaskableInterrupt)
    #expect(apic.device.writeMSR(0x830, 5 << 32 | 0x400).effect == nil, "for another processor")
  }

  @Test func theTimerWorksThroughMSRs() {
    let apic = bench()
    #expect(apic.writeMSR(0x83e, 0xb) && apic.writeMSR(0x832, 0x40) && apic.writeMSR(0x838, 100))
    apic.advance(to: 60)
    #expect(apic.readMSR(0x839) == 40)
    apic.advance(to: 100)
    #expect(apic.pendingVector == 0x40)
  }

  @Test func theStateComesBackInEachMode() throws {
    let apic = bench()
    #expect(apic.writeMSR(0x830, 0x1234_5678 << 32))
    #expect(try LocalAPIC.State(words: apic.state.words) == apic.state)
    var words = LocalAPIC.State().words
    words[0] = 0xfee0_0500
    #expect(throws: PlainStateError.impossibleValue(0xfee0_0500, word: 0)) { try LocalAPIC.State(words: words) }
  }
}

@Suite struct ExternalInterruptTests {
  @Test func line0PassesTheExternalControllerOnAsItIsProgrammed() {
    let apic = enabledAPIC()
    #expect(!apic.acceptsExternalInterrupts)
    _ = apic.write(0x350, 0x700)
    #expect(apic.acceptsExternalInterrupts)
    _ = apic.write(0x350, 0x1_0700)
    #expect(!apic.acceptsExternalInterrupts, "masked")
    _ = apic.write(0x350, 0x400)
    #expect(!apic.acceptsExternalInterrupts && apic.setLine(.line0, high: true) == .nonMaskableInterrupt)
    #expect(apic.writeBase(0xfee0_0100) && apic.acceptsExternalInterrupts, "without an APIC the line is INTR")
  }
}
