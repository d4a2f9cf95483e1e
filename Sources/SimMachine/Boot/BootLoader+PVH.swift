import SimCPU

/// Xen's PVH (docs/misc/pvh in Xen's source; include/public/arch-x86/hvm/start_info.h).
extension BootLoader {
  /// hvm_start_info, version 1; EBX points at it. Flat 32-bit protected mode, paging off.
  func enterPVH(_ state: inout CPUState, _ modules: [PlacedModule]) throws(MachineError) {
    guard let entry = image.pvhEntry else {
      throw MachineError(
        "the image has no PVH entry (Xen ELF note of type 18); use the boot protocol linux64, or multiboot if it can"
      )
    }
    let words: [UInt64] = [
      // Magic and version; flags and count of modules.
      0x1_336e_c578, UInt64(modules.count) << 32, modules.isEmpty ? 0 : place.moduleList, place.commandLine,
      rootPointer, place.memoryMap, UInt64(ranges.count),
    ]
    for (index, value) in words.enumerated() {
      _ = memory.write64(value, at: place.startInformation + UInt64(index) * 8)
    }
    for (index, range) in ranges.enumerated() {
      let at = place.memoryMap + UInt64(index) * 24
      _ = memory.write64(range.start, at: at)
      _ = memory.write64(range.count, at: at + 8)
      _ = memory.write64(1, at: at + 16)
    }
    for (index, module) in modules.enumerated() {
      let at = place.moduleList + UInt64(index) * 32
      for (field, value) in [module.address, module.count, module.line, 0].enumerated() {
        _ = memory.write64(value, at: at + UInt64(field) * 8)
      }
    }
    state.general[3] = place.startInformation
    state.rip = entry
    enterFlatProtectedMode(&state)
  }

  func enterFlatProtectedMode(_ state: inout CPUState) {
    (state.cr0, state.cr3, state.cr4, state.efer) = (0x11, 0, 0, 0)
  }
}
