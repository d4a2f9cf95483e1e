import GuestBoot

/// COM1, a 16550A: the kernel's own messages, the application's console, and the shell's where there is no other.
struct Serial: ByteSink {
  private static var base: UInt16 { 0x3f8 }
  /// The interrupt of COM1.
  static var line: UInt32 { 4 }

  /// 115200 baud, 8N1, FIFOs on, DTR, RTS and the interrupt line up.
  static func initialize() {
    port_write8(base &+ 1, 0)
    port_write8(base &+ 3, 0x80)
    port_write8(base, 1)
    port_write8(base &+ 1, 0)
    port_write8(base &+ 3, 0x03)
    port_write8(base &+ 2, 0x07)
    port_write8(base &+ 4, 0x0b)
  }

  /// Asks for an interrupt when a byte has been received.
  static func enableReceiveInterrupt() { port_write8(base &+ 1, 1) }

  /// A received byte, or nil.
  static func read() -> UInt8? {
    port_read8(base &+ 5) & 1 != 0 ? port_read8(base) : nil
  }

  /// Waits, but not for ever, until the transmitter can take the byte. A newline is sent as CR LF.
  func put(_ byte: UInt8) {
    if byte == 0x0a { send(0x0d) }
    send(byte)
  }

  private func send(_ byte: UInt8) {
    var patience = 100_000
    while port_read8(Self.base &+ 5) & 0x20 == 0, patience > 0 { patience &-= 1 }
    port_write8(Self.base, byte)
  }
}
