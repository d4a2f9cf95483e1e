import GuestBoot

/// COM1, a 16550A: the kernel's own messages and the application's console.
enum Serial {
  private static let base: UInt16 = 0x3f8

  /// 115200 baud, 8N1, FIFOs on, DTR and RTS up.
  static func initialize() {
    port_write8(base + 1, 0)
    port_write8(base + 3, 0x80)
    port_write8(base, 1)
    port_write8(base + 1, 0)
    port_write8(base + 3, 0x03)
    port_write8(base + 2, 0x07)
    port_write8(base + 4, 0x0b)
  }

  /// Waits, but not for ever, until the transmitter can take a byte.
  static func write(_ byte: UInt8) {
    var patience = 100_000
    while port_read8(base + 5) & 0x20 == 0, patience > 0 { patience &-= 1 }
    port_write8(base, byte)
  }
}
