import SimCPU

/// The Linux 64-bit boot protocol, as Firecracker uses it (Linux, Documentation/x86/boot.rst and zero-page.rst).
extension BootLoader {
  /// Linux's boot_params, the identity map of the first GiB, long mode; RSI points at the parameters.
  func enterLinux(_ state: inout CPUState, _ modules: [PlacedModule]) throws(MachineError) {
    guard !image.is32Bit else {
      throw MachineError("the image is a 32-bit ELF file, which the boot protocol linux64 cannot enter; use multiboot")
    }
    guard modules.count <= 1 else {
      throw MachineError("the boot protocol linux64 has one initial RAM disk and no modules; use pvh or multiboot")
    }
    let page = place.bootParameters
    _ = memory.write16(0xaa55, at: page + 0x1fe)
    _ = memory.write32(0x5372_6448, at: page + 0x202)  // "HdrS"
    _ = memory.write16(0x020c, at: page + 0x206)
    _ = memory.write8(0xff, at: page + 0x210)
    if let disk = modules.first {
      _ = memory.write32(UInt32(truncatingIfNeeded: disk.address), at: page + 0x218)
      _ = memory.write32(UInt32(truncatingIfNeeded: disk.count), at: page + 0x21c)
    }
    if rootPointer != 0 { _ = memory.write64(rootPointer, at: page + 0x70) }
    _ = memory.write32(UInt32(place.commandLine), at: page + 0x228)
    _ = memory.write32(UInt32(commandLine.utf8.count), at: page + 0x238)
    _ = memory.write8(UInt8(ranges.count), at: page + 0x1e8)
    for (index, range) in ranges.enumerated() {
      let at = page + 0x2d0 + UInt64(index) * 20
      _ = memory.write64(range.start, at: at)
      _ = memory.write64(range.count, at: at + 8)
      _ = memory.write32(1, at: at + 16)
    }
    let tables = place.pageTables
    _ = memory.write64((tables + 0x1000) | 3, at: tables)
    _ = memory.write64((tables + 0x2000) | 3, at: tables + 0x1000)
    for index in 0..<512 as Range<UInt64> { _ = memory.write64(index << 21 | 0x83, at: tables + 0x2000 + index * 8) }
    state.general[6] = page
    state.rip = image.entry
    (state.cr0, state.cr3, state.cr4, state.efer) = (0x8000_0011, tables, 0x20, 0x500)
  }
}
