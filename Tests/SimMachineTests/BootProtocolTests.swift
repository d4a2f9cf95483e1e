import GuestOS
import SimEvents
import SimMemory
import SimUnicorn
import Testing

@testable import SimMachine

/// What a guest finds in memory and registers when it begins, by each boot protocol.
@Suite struct BootProtocolTests {
  private static let modules = [
    BootModule(bytes: Array("first module".utf8), commandLine: "one"),
    BootModule(bytes: [UInt8](repeating: 0x5a, count: 5000), commandLine: "two words"),
  ]
  private static let header: [UInt8] = [0x02, 0xb0, 0xad, 0x1b, 0, 0, 0, 0, 0xfe, 0x4f, 0x52, 0xe4]

  private func machine(
    _ image: [UInt8], _ boot: MachineConfiguration.BootProtocol, modules: [BootModule] = [],
    change: (inout MachineConfiguration) -> Void = { _ in }
  ) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryBytes = 8 << 20
    configuration.bootProtocol = boot
    configuration.devices = []
    configuration.commandLine = "a=1"
    change(&configuration)
    return try Machine(
      configuration, image: GuestImage(image), modules: modules, events: EventStream(), engine: .unicorn)
  }

  private func text(_ memory: GuestMemory, at address: UInt64) -> String {
    String(decoding: (memory.read(address, count: 64) ?? []).prefix { $0 != 0 }, as: UTF8.self)
  }

  private static let elf32 = SmallELF.elf32(header + [0xf4], at: 0x20_0000, entry: 0x20_000c)
  private static let elf64 = SmallELF.elf64([0xf4], at: 0x20_0000, entry: 0x20_0000)

  @Test func multibootHandsOverItsInformation() throws {
    let machine = try machine(Self.elf32, .multiboot, modules: Self.modules)
    let memory = machine.memory
    let state = machine.engine.state
    #expect(state.general[0] == 0x2bad_b002 && state.rip == 0x20_000c && state.cr0 == 0x11)
    let at = state.general[3]
    func field(_ offset: UInt64) -> UInt64 { UInt64(memory.read32(at + offset) ?? 0) }
    #expect(field(0) == 1 << 0 | 1 << 2 | 1 << 3 | 1 << 6)
    #expect(field(4) == 639 && field(8) == 7 << 10)
    #expect(text(memory, at: field(16)) == "guest a=1", "the first word is the kernel's own name")
    #expect(field(20) == 2)
    for (index, module) in Self.modules.enumerated() {
      let entry = field(24) + UInt64(index) * 16
      let start = UInt64(memory.read32(entry) ?? 0)
      #expect(UInt64(memory.read32(entry + 4) ?? 0) - start == UInt64(module.bytes.count) && start & 0xfff == 0)
      #expect(memory.read(start, count: module.bytes.count) == module.bytes)
      #expect(text(memory, at: UInt64(memory.read32(entry + 8) ?? 0)) == module.commandLine)
    }
    #expect(field(44) == 48 && memory.read32(field(48)) == 20 && memory.read64(field(48) + 24 + 4) == 0x10_0000)
  }

  /// A kernel may load x87 registers at once, as under QEMU and KVM.
  @Test(arguments: [MachineConfiguration.BootProtocol.linux64, .multiboot])
  func theX87UnitIsInitialised(_ boot: MachineConfiguration.BootProtocol) throws {
    let state = try machine(boot == .multiboot ? Self.elf32 : Self.elf64, boot).engine.state
    #expect(state.x87Empty == .init(repeating: 1, count: 8) && state.fcw == 0x37f && state.fsw == 0)
    #expect(state.mxcsr == 0x1f80)
  }

  /// The system timer is the only line that is not masked, and its handler ends the interrupt.
  @Test func multibootLeavesWhatFirmwareLeaves() throws {
    let machine = try machine(Self.elf32, .multiboot)
    #expect(machine.memory.read32(8 * 4) == 0xf000_0010 && machine.memory.read32(0x73 * 4) == 0xf000_0000)
    #expect(machine.memory.read(0xf0010, count: 7) == [0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf])
    #expect(machine.timerDeadline == 54_925_402 && machine.pics.isUnmasked(0) && !machine.pics.isUnmasked(1))
    #expect(try self.machine(Self.elf64, .linux64).timerDeadline == nil)
  }

  @Test func multibootRefusesImagesThatItCannotStart() throws {
    #expect(throws: MachineError.self) { try machine(Self.elf64, .multiboot) }
    // Flags 2: a video mode.
    let video: [UInt8] = [0x02, 0xb0, 0xad, 0x1b, 4, 0, 0, 0, 0xfa, 0x4f, 0x52, 0xe4]
    #expect(throws: MachineError.self) {
      try machine(SmallELF.elf32(video + [0xf4], at: 0x20_0000, entry: 0x20_000c), .multiboot)
    }
    #expect(throws: MachineError.self) { try machine(Self.elf32, .linux64) }
    #expect(throws: MachineError.self) { try machine(Self.elf32, .pvh) }
  }

  @Test func linuxGetsItsInitialRAMDisk() throws {
    let machine = try machine(Self.elf64, .linux64, modules: [Self.modules[1]]) { $0.hasACPI = true }
    let page = machine.engine.state.general[6]
    let address = UInt64(machine.memory.read32(page + 0x218) ?? 0)
    #expect(machine.memory.read32(page + 0x21c) == 5000)
    #expect(machine.memory.read(address, count: 5000) == Self.modules[1].bytes)
    #expect(machine.memory.read64(page + 0x70) == 0xe0000 && text(machine.memory, at: 0xe0000).hasPrefix("RSD PTR "))
    #expect(throws: MachineError.self) { try self.machine(Self.elf64, .linux64, modules: Self.modules) }
  }

  @Test func withoutModulesAndACPINothingIsSaidOfThem() throws {
    let machine = try machine(Self.elf64, .linux64)
    let page = machine.engine.state.general[6]
    #expect(machine.memory.read64(page + 0x218) == 0 && machine.memory.read64(page + 0x70) == 0)
    #expect(machine.memory.read64(0xe0000) == 0)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let large = BootModule(bytes: [UInt8](repeating: 1, count: 7 << 20))
    #expect(throws: MachineError.self) { try machine(Self.elf64, .linux64, modules: [large]) }
    let beyond = BootModule(bytes: [UInt8](repeating: 1, count: 9 << 20))
    #expect(throws: MachineError.self) { try machine(Self.elf64, .linux64, modules: [beyond]) }
    let talkative = [BootModule](
      repeating: BootModule(bytes: [1], commandLine: String(repeating: "x", count: 4000)), count: 3)
    #expect(throws: MachineError.self) { try machine(Self.elf32, .multiboot, modules: talkative) }
  }

  @Test func devicesAreAnnouncedByACPIOrOnTheCommandLine() throws {
    func line(_ hasACPI: Bool) throws -> String {
      let machine = try machine(Self.elf64, .linux64) {
        $0.devices = [.rng]
        $0.hasACPI = hasACPI
      }
      return text(machine.memory, at: 0x4000)
    }
    #expect(try line(false) == "a=1 virtio_mmio.device=512@0xfeb00000:5")
    #expect(try line(true) == "a=1")
  }
}
