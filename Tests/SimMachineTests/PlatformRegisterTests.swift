import SimCPU
import SimPlatform
import SimUnicorn
import Testing

@testable import SimMachine

/// MSRs and ports of the platform.
@Suite struct PlatformRegisterTests {
  @Test func theTimestampCounterAndItsAdjustmentMoveTogether() throws {
    let machine = try SmallGuest(SmallGuest.spinning).machine
    _ = machine.run(until: 5000)
    #expect(machine.readMSR(0x10) == 5000 && machine.readMSR(0x3b) == 0)
    #expect(machine.writeMSR(0x10, 1_000_000))
    #expect(machine.timestampCounter() == 1_000_000 && machine.readMSR(0x3b) == 995_000)
    #expect(machine.writeMSR(0x3b, UInt64(bitPattern: -4000)))
    #expect(machine.readMSR(0x10) == 1000)
    _ = machine.run(until: 6000)
    #expect(machine.timestampCounter() == 2000)
  }

  @Test func theDeadlineIsAValueOfTheCounterThatSoftwareSet() throws {
    let guest = try SmallGuest(SmallGuest.waiting)
    #expect(guest.machine.readMSR(0x6e0) == 0)
    #expect(guest.machine.writeMSR(0x10, 7_000_000) && guest.machine.writeMSR(0x6e0, 8_000_000))
    #expect(guest.machine.readMSR(0x6e0) == 0, "only in its mode")
    guest.apic(0xf0, 0x1ff)
    guest.apic(0x320, 0x4_0040)
    #expect(guest.machine.writeMSR(0x6e0, 8_000_000) && guest.machine.readMSR(0x6e0) == 8_000_000)
    _ = guest.machine.run(until: 5_000_000)
    #expect(guest.interrupts.map(\.vector) == [0x40] && guest.interrupts[0].time == 1_000_000)
    #expect(guest.machine.readMSR(0x6e0) == 0)
  }

  @Test func anAPICThatIsNotMappedIsNotThere() throws {
    let machine = try SmallGuest(SmallGuest.spinning).machine
    #expect(machine.deviceRead(0xfee0_0030, size: 4) == 0x5_0014 && machine.isLocalAPICEnabled)
    #expect(machine.writeMSR(0x1b, 0xfee0_0d00))
    #expect(machine.deviceRead(0xfee0_0030, size: 4) == 0xffff_ffff && machine.readMSR(0x803) == 0x5_0014)
    #expect(!machine.writeMSR(0x1b, 0xfee0_0900), "from x2APIC mode there is no way back to xAPIC mode")
    #expect(machine.writeMSR(0x1b, 0xfee0_0100) && !machine.isLocalAPICEnabled && machine.readMSR(0x803) == nil)
    #expect(machine.deviceRead(0xfee0_0030, size: 4) == 0xffff_ffff)
    #expect(machine.writeMSR(0x1b, 0xfed4_0900))
    #expect(machine.deviceRead(0xfed4_0030, size: 4) == 0x5_0014)
    #expect(machine.deviceRead(0xfee0_0030, size: 4) == 0xffff_ffff, "it has moved")
  }

  @Test func wideAccessesReachEachByte() throws {
    let guest = try SmallGuest(SmallGuest.spinning)
    let machine = guest.machine
    // Line and modem control, then line status and modem status behind them.
    machine.portWrite(0x3fb, size: 2, value: 0x0b03)
    #expect(machine.portRead(0x3fb, size: 1) == 3 && machine.portRead(0x3fc, size: 1) == 0x0b)
    #expect(machine.portRead(0x3fb, size: 4) == 0xb060_0b03)
    #expect(machine.portRead(0x3ff, size: 2) == 0xff00, "nothing is behind the scratch register")
    // Data and interrupt enable: the byte is sent.
    machine.portWrite(0x3f8, size: 2, value: 0x0541)
    #expect(guest.list.events.contains { $0.payload == .consoleOutput(console: .serial, bytes: [0x41]) })
    #expect(machine.portRead(0x3f9, size: 1) == 5)
    // Masks of the first 8259, at 21H.
    machine.portWrite(0x20, size: 2, value: 0x5a0a)
    #expect(machine.portRead(0x21, size: 1) == 0x5a && machine.portRead(0x20, size: 2) >> 8 == 0x5a)
    #expect(machine.portRead(0x400, size: 2) == 0xffff, "no device is there")
  }

  @Test func slotsWithoutADeviceSaySo() throws {
    let machine = try SmallGuest(SmallGuest.spinning) { $0.devices = [.rng] }.machine
    let base = Platform.virtioBase
    #expect(machine.deviceRead(base + 8, size: 4) == 4)
    for slot in 1..<UInt64(Platform.virtioSlotMax) {
      let place = base + slot * Platform.virtioSpacing
      #expect([0, 4, 8].map { machine.deviceRead(place + $0, size: 4) } == [0x7472_6976, 2, 0], "slot \(slot)")
      #expect(machine.deviceRead(place + 0x70, size: 4) == 0 && machine.deviceRead(place, size: 1) == 0)
      machine.deviceWrite(place + 0x70, size: 4, value: 1)
      #expect(machine.deviceRead(place + 0x70, size: 4) == 0)
    }
    #expect(machine.deviceRead(base + 8 * Platform.virtioSpacing, size: 4) == 0xffff_ffff)
  }

  @Test func queuesThatCannotWorkAreRefused() throws {
    for (device, entries) in [(.block, 2), (.ninep, 1), (.rng, 2048)] as [(MachineConfiguration.Device, UInt16)] {
      #expect(throws: MachineError.self) {
        _ = try SmallGuest(SmallGuest.spinning) {
          $0.devices = [device]
          $0.queueSizes = [.init(device: device, entries: entries)]
        }
      }
    }
  }

  @Test func cpuidFollowsTheAPICAndTheVendor() throws {
    let configuration = MachineConfiguration()
    #expect(configuration.cpuid.leaf(1, 0, cr4: 0).edx >> 9 & 1 == 1)
    #expect(configuration.cpuid.leaf(1, 0, cr4: 0, hasLocalAPIC: false).edx >> 9 & 1 == 0)
    for (vendor, ebx, signature) in [(.intel, 0x756e_6547, 0x50654), (.amd, 0x6874_7541, 0xa0_0f11)]
      as [(CPUVendor, UInt32, UInt32)]
    {
      var configuration = MachineConfiguration()
      configuration.cpu = vendor
      #expect(configuration.cpuid.leaf(0, 0, cr4: 0).ebx == ebx)
      #expect(configuration.cpuid.leaf(1, 0, cr4: 0).eax == signature)
    }
  }

  @Test func aVendorsMSRsAreThereForItsProcessorsOnly() throws {
    let plain = try SmallGuest(SmallGuest.spinning).machine
    let intel = try SmallGuest(SmallGuest.spinning) { $0.cpu = .intel }.machine
    let amd = try SmallGuest(SmallGuest.spinning) { $0.cpu = .amd }.machine
    #expect(plain.readMSR(0x8b) == nil && !plain.writeMSR(0x8b, 0) && plain.readMSR(0xc001_0015) == nil)
    #expect(intel.writeMSR(0x8b, 0) && intel.readMSR(0x8b) == 0x1_0000_0000 && intel.readMSR(0xc001_0015) == nil)
    #expect(amd.writeMSR(0xc001_0015, 0x123) && amd.readMSR(0xc001_0015) == 0x123 && amd.readMSR(0x17) == nil)
    #expect(plain.writeMSR(0x1a0, 0x4_0001) && plain.readMSR(0x1a0) == 0x4_0001)
    #expect(!plain.writeMSR(0x3a, 0) && plain.readMSR(0xdead) == nil && !plain.writeMSR(0xdead, 0))
  }

  @Test func theClockShowsTheScenariosStartAndVirtualTime() throws {
    let guest = try SmallGuest(SmallGuest.waiting) { $0.startTime = 951_827_696 }  // 2000-02-29T12:34:56Z
    func shown() -> [UInt8] {
      ([0x32, 9, 8, 7, 4, 2, 0] as [UInt8]).map { register in
        guest.out((0x70, register))
        return guest.into(0x71)
      }
    }
    #expect(shown() == [0x20, 0x00, 0x02, 0x29, 0x12, 0x34, 0x56])
    _ = guest.machine.run(until: 4_000_000_000)
    #expect(shown() == [0x20, 0x00, 0x02, 0x29, 0x12, 0x35, 0x00])
    guest.out((0x70, 0x0a))
    #expect(guest.into(0x71) == 0x26)
    _ = guest.machine.run(until: 4_999_800_000)
    #expect(guest.into(0x71) == 0xa6, "about to tick")
  }

  @Test func port61ShowsTheTimersSecondChannelAndTheRefresh() throws {
    let guest = try SmallGuest(SmallGuest.spinning)
    guest.out((0x61, 1), (0x43, 0xb0), (0x42, 0xe8), (0x42, 3))  // mode 0, 1000 ticks
    #expect(guest.into(0x61) & 0x2f == 1)
    _ = guest.machine.run(until: 838_000)
    #expect(guest.into(0x61) & 0x20 == 0)
    _ = guest.machine.run(until: 838_200)
    #expect(guest.into(0x61) & 0x20 == 0x20)
    guest.out((0x61, 0xff))
    #expect(guest.into(0x61) & 0x0f == 0x0f, "the upper half is read-only")
    var levels: Set<UInt8> = []
    for step in 1...20 as ClosedRange<UInt64> {
      _ = guest.machine.run(until: 838_200 + step * 10_000)
      levels.insert(guest.into(0x61) & 0x10)
    }
    #expect(levels == [0, 0x10])
  }

  @Test func theKeyboardControllersPulseEndsTheMachine() throws {
    let guest = try SmallGuest(SmallGuest.spinning)
    guest.out((0x64, 0xd1))
    #expect(guest.machine.run(until: 1000) == .deadline && guest.into(0x64) == 0xff)
    guest.out((0x64, 0xfe))
    #expect(guest.machine.run(until: 2000) == .reset)
    #expect(try Machine(forking: guest.machine.snapshot(), engine: .unicorn).run(until: 3000) == .reset)
  }

  @Test func theTestDeviceIsThereWhenItIsAskedFor() throws {
    let plain = try SmallGuest(SmallGuest.spinning).machine
    plain.portWrite(0xe0, size: 4, value: 1)
    #expect(plain.portRead(0xe0, size: 4) == 0xffff_ffff && plain.deviceRead(0xff00_0000, size: 4) == 0xffff_ffff)
    let guest = try SmallGuest(SmallGuest.waiting) { $0.hasTestDevice = true }
    let machine = guest.machine
    machine.portWrite(0xe0, size: 4, value: 0x1234_5678)
    machine.portWrite(0xe1, size: 1, value: 0xab)
    #expect(machine.portRead(0xe0, size: 4) == 0x1234_ab78 && machine.portRead(0xe2, size: 2) == 0x1234)
    machine.deviceWrite(0xff00_fff8, size: 8, value: 0x1122_3344_5566_7788)
    #expect(machine.deviceRead(0xff00_fffa, size: 2) == 0x5566 && machine.deviceRead(0xff01_0000, size: 1) == 0xff)
    machine.deviceWrite(0xff00_fffe, size: 4, value: 0)
    #expect(machine.deviceRead(0xff00_fff8, size: 8) == 0x1122_3344_5566_7788, "over its end nothing is written")
    guest.apic(0xf0, 0x1ff)
    guest.ioapic(14, 0x55)
    machine.portWrite(0x200e, size: 4, value: 1)
    _ = machine.run(until: machine.time + 1000)
    #expect(guest.interrupts.map(\.vector) == [0x55])
    #expect(try Machine(forking: machine.snapshot(), engine: .unicorn).snapshot().state == machine.snapshot().state)
  }
}
