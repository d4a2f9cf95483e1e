import GuestBoot

/// Changes the unikernel's code. Its own mapping stays what it is, executable and read-only: the bytes are written
/// through a second one, which can be written, cannot be executed, and is there only meanwhile.
enum TextPatch {
  private static var window: UInt64 { 0x9000_0000 }

  static func write(_ bytes: [UInt8], at address: UInt64) {
    let page = address & ~(Pages.size &- 1)
    let pages = (address &+ UInt64(bytes.count) &- 1 &- page) / Pages.size &+ 1
    let flags = save_and_disable_interrupts()
    PageTables.map(window, to: page, bytes: pages &* Pages.size, .data)
    var place = window &+ (address &- page)
    for byte in bytes {
      volatile_write8(place, byte)
      place &+= 1
    }
    PageTables.unmap(window, bytes: pages &* Pages.size)
    // Code that was changed by another address is sure to be seen after a serializing instruction (SDM vol. 3, 9.1.3).
    _ = read_cpuid(0, 0)
    restore_interrupts(flags)
  }

  /// The code at `address`, at most `count` bytes up to the end of the unikernel's text.
  static func read(at address: UInt64, count: UInt64) -> [UInt8] {
    let end = min(text_end_address(), address &+ count)
    return (address..<end).map { volatile_read8($0) }
  }
}
