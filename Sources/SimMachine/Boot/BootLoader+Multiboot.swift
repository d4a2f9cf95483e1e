import SimCPU

/// Multiboot 1 with an ELF image (Multiboot Specification 0.6.96): the address fields of old formats are not read.
extension BootLoader {
  private enum Flag {
    static let memory: UInt32 = 1 << 0
    static let commandLine: UInt32 = 1 << 2
    static let modules: UInt32 = 1 << 3
    static let memoryMap: UInt32 = 1 << 6
    /// Bits of the image's header that a loader must understand or refuse: page alignment, memory, video mode.
    static let understood: UInt32 = 0b11
    static let demanded: UInt32 = 0xffff
  }

  /// EAX is the loader's magic, EBX points at the information. Flat 32-bit protected mode, paging off.
  func enterMultiboot(_ state: inout CPUState, _ modules: [PlacedModule]) throws(MachineError) {
    guard let demands = image.multibootFlags else {
      throw MachineError("the image has no multiboot header in its first 8 KiB; use the boot protocol pvh or linux64")
    }
    guard demands & Flag.demanded & ~Flag.understood == 0 else {
      throw MachineError(
        "the image's multiboot header demands what this loader does not do (flags 0x\(String(demands, radix: 16)))")
    }
    FirmwareRemains.writeHandlers(to: memory)
    let at = place.startInformation
    let map = place.memoryMap
    for (index, range) in ranges.enumerated() {
      // The size of the rest comes first.
      let entry = map + UInt64(index) * 24
      _ = memory.write32(20, at: entry)
      _ = memory.write64(range.start, at: entry + 4)
      _ = memory.write64(range.count, at: entry + 12)
      _ = memory.write32(1, at: entry + 20)
    }
    for (index, module) in modules.enumerated() {
      let entry = place.moduleList + UInt64(index) * 16
      for (field, value) in [module.address, module.address + module.count, module.line, 0].enumerated() {
        _ = memory.write32(UInt32(truncatingIfNeeded: value), at: entry + UInt64(field) * 4)
      }
    }
    let flags = Flag.memory | Flag.commandLine | Flag.memoryMap | (modules.isEmpty ? 0 : Flag.modules)
    let fields: [(offset: UInt64, value: UInt64)] = [
      // KiB below 640 KiB and from 1 MiB on.
      (0, UInt64(flags)), (4, Place.hole >> 10), (8, (memory.size - 0x10_0000) >> 10), (16, place.commandLine),
      (20, UInt64(modules.count)), (24, place.moduleList), (44, UInt64(ranges.count) * 24), (48, map),
    ]
    for field in fields { _ = memory.write32(UInt32(truncatingIfNeeded: field.value), at: at + field.offset) }
    state.general[0] = 0x2bad_b002
    state.general[3] = at
    state.rip = image.entry
    enterFlatProtectedMode(&state)
  }
}
