import GuestOS
import SimMemory
import Testing

@testable import SimMachine

/// The page tables of the design pks-hardened.
@Suite struct SupervisorKeyPagesTests {
  private static func booted() throws -> BootedPages? {
    var configuration = MachineConfiguration()
    configuration.hasSupervisorKeys = true
    return try BootedPages(.ushellpksHardened, configuration)
  }

  @Test func onlyWhatInterruptsAreDeliveredWithIsAUserPage() throws {
    guard let booted = try Self.booted() else { return }
    let state = booted.machine.processorState
    let leaves = booted.leaves
    let user = leaves.filter(\.isUser)
    // GDT and TSS, IDT; four stacks of four pages.
    #expect(user.count == 18 && user.allSatisfy { $0.bytes == 4096 && $0.key == 0 })
    #expect(Set(user.filter { !$0.isWritable }.map(\.address)) == [state.gdt.base, state.idt.base])
    for stack in 0..<4 as Range<UInt64> {
      let top = try #require(booted.machine.memory.load(state.tr.base + 36 + 8 * stack, as: UInt64.self))
      #expect(user.filter { top &- $0.address <= 4 * 4096 && $0.isWritable }.count == 4)
    }
    // CR4.SMEP stands for NX there, which is left out for a processor whose EFER.NXE an extension has cleared.
    #expect(user.allSatisfy { $0.isExecutable })
    #expect(leaves.allSatisfy { $0.isUser || !$0.isWritable || !$0.isExecutable })
    for (name, key) in [("overlay_enter", 2), ("count", 1), ("published_page", 3), ("overlay_domain", 0)]
      as [(_, UInt64)]
    {
      let address = try #require(booted.image.symbol(named: name)).address
      #expect(leaves.contains { address &- $0.address < $0.bytes && $0.key == key }, "\(name)")
    }
  }

  @Test func systemRegistersAreSetForKeysOfSupervisorPages() throws {
    guard let booted = try Self.booted() else { return }
    let state = booted.machine.processorState
    // SMEP and PKS; not OSXSAVE, SMAP, PKE.
    let control: UInt64 = 1 << 20 | 1 << 24
    #expect(state.cr4 & (control | 1 << 18 | 1 << 21 | 1 << 22) == control)
    #expect(state.cr0 >> 16 & 1 == 1, "WP")
    #expect(state.efer == 0xd00 && state.pkrs == 0 && state.keyRights == 0)
  }
}
