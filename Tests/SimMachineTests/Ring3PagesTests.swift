import GuestOS
import Testing

@testable import SimMachine

/// The page tables of the design ring3, as the processor walks them once the shell waits for a line.
@Suite struct Ring3PagesTests {
  private static func booted() throws -> (machine: Machine, image: GuestImage)? {
    try BootedGuest.atItsPrompt(.ushellRing3)
  }

  private static let overlayStack = UInt64(0x1_ffff_0000)..<0x2_0000_0000
  private static let published: UInt64 = 0x2_0000_1000

  @Test func onlyStubsStackAndWhatIsPublishedAreUserPages() throws {
    guard let (machine, image) = try Self.booted() else { return }
    let stubs = try #require(image.symbol(named: "user_text_start")).address
    let test = try #require(image.symbol(named: "ushell_test_pages")).address
    let page = try #require(image.symbol(named: "published_page")).address
    let leaves = try PageLeaf.all(machine)
    #expect(leaves.count > 100)
    var user = Set(leaves.filter(\.isUser).map(\.address))
    #expect(leaves.filter(\.isUser).allSatisfy { $0.bytes == 4096 })
    for address in stride(from: Self.overlayStack.lowerBound, to: Self.overlayStack.upperBound, by: 4096) {
      #expect(user.remove(address) != nil)
    }
    #expect(user == [stubs, test, Self.published])
    for leaf in leaves where leaf.isUser {
      #expect(leaf.isWritable == (leaf.address == test || Self.overlayStack.contains(leaf.address)))
      #expect(leaf.isExecutable == (leaf.address == stubs))
      if leaf.address == Self.published { #expect(leaf.physical == page) }
    }
    // Tables, gates, handlers' stacks and the application are none of these.
    for name in ["overlay_enter", "count", "secret", "overlay_return_stack", "system_entry", "interrupt_stubs"] {
      let address = try #require(image.symbol(named: name)).address
      #expect(leaves.contains { address &- $0.address < $0.bytes && !$0.isUser }, "\(name)")
    }
  }

  @Test func nothingIsWritableAndExecutable() throws {
    guard let (machine, _) = try Self.booted() else { return }
    #expect(try PageLeaf.all(machine).allSatisfy { !$0.isWritable || !$0.isExecutable })
  }

  @Test func systemRegistersAreSetForCodeAtCPL3() throws {
    guard let (machine, image) = try Self.booted() else { return }
    let state = machine.processorState
    // TSD, UMIP, SMEP, SMAP; not PCE, FSGSBASE, OSXSAVE, PKE, OSFXSR.
    let control: UInt64 = 1 << 2 | 1 << 11 | 1 << 20 | 1 << 21
    let absent: UInt64 = 1 << 8 | 1 << 9 | 1 << 16 | 1 << 18 | 1 << 22
    #expect(state.cr4 & (control | absent) == control)
    #expect(state.cr0 >> 2 & 1 == 1 && state.cr0 >> 16 & 1 == 1, "EM and WP")
    #expect(state.efer & 1 == 1)
    // STAR, LSTAR, FMASK.
    #expect(state.modelSpecific[0] == 0x0020_0008 << 32)
    #expect(state.modelSpecific[1] == image.symbol(named: "system_entry")?.address)
    #expect(state.modelSpecific[3] == 0x4_7700)
    // Each gate has DPL 0 and a stack of its own; there is no permission bitmap for ports.
    for vector in 0..<256 as Range<UInt64> {
      let low = try #require(machine.memory.load(state.idt.base + vector * 16, as: UInt64.self))
      #expect(low >> 45 & 3 == 0 && low >> 32 & 7 != 0, "vector \(vector)")
    }
    let map = try #require(machine.memory.load(state.tr.base + 102, as: UInt16.self))
    #expect(UInt32(map) > state.tr.limit)
    #expect(state.rflags >> 12 & 3 == 0, "IOPL")
  }
}
