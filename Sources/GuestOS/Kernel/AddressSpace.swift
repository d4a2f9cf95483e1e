import GuestBoot

/// The unikernel's memory, identity-mapped: text RX, constants R, everything else RW without execution. The first page
/// is left out, so that null pointers fault.
///
/// ```
/// 0x00001000            low memory          RW
/// 0x00100000            image               RX, R, RW
/// ... pool              memory              RW, in large pages
/// 0x80000000            overlay             see OverlayMemory; its pool has no other mapping
/// 0xfea00000            virtio-mmio, I/O APIC, local APIC
/// 0x100000000           nothing, up to the overlay's stack, which ends at 0x200000000
/// ```
enum AddressSpace {
  private static var devices: UInt64 { 0xfea0_0000 }
  private static var devicesEnd: UInt64 { 0xff00_0000 }

  /// Whether registers may lie there.
  static func isDeviceMemory(_ address: UInt64, bytes: UInt64) -> Bool {
    address >= devices && address < devicesEnd && bytes <= devicesEnd &- address
  }

  static func initialize(memoryEnd: UInt64) {
    PageTables.initialize(canForbidExecution: Processor.enableNoExecute())
    let image = BootInformation.imageStart
    let textEnd = text_end_address()
    let constantsEnd = rodata_end_address()
    PageTables.map(Pages.size, to: Pages.size, bytes: image &- Pages.size, .data)
    PageTables.map(image, to: image, bytes: textEnd &- image, .text)
    PageTables.map(textEnd, to: textEnd, bytes: constantsEnd &- textEnd, .constants)
    PageTables.map(constantsEnd, to: constantsEnd, bytes: memoryEnd &- constantsEnd, .data)
    PageTables.map(devices, to: devices, bytes: devicesEnd &- devices, .registers)
    // Nothing is below the boot stack any more: an overrun faults.
    PageTables.unmap(boot_page_directory_address(), bytes: Pages.size)
    PageTables.activate()
  }
}
