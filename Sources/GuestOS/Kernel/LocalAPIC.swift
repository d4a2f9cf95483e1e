import GuestBoot

/// The local APIC in xAPIC mode (SDM vol. 3, 11.4): the timer and the end of interrupts.
enum LocalAPIC {
  private static var base: UInt64 { 0xfee0_0000 }
  private static var identifier: UInt64 { base &+ 0x20 }
  private static var taskPriority: UInt64 { base &+ 0x80 }
  private static var endOfInterruptRegister: UInt64 { base &+ 0xb0 }
  private static var spuriousVector: UInt64 { base &+ 0xf0 }
  /// 256 bits in eight registers: the interrupts that were delivered and not yet ended.
  private static var inService: UInt64 { base &+ 0x100 }
  private static var timerEntry: UInt64 { base &+ 0x320 }
  private static var line0Entry: UInt64 { base &+ 0x350 }
  private static var line1Entry: UInt64 { base &+ 0x360 }
  private static var initialCount: UInt64 { base &+ 0x380 }
  private static var currentCount: UInt64 { base &+ 0x390 }
  private static var divide: UInt64 { base &+ 0x3e0 }
  private static var masked: UInt32 { 1 << 16 }

  static func initialize() {
    // The 8259s may still be connected through LINT0; nothing here uses them.
    port_write8(0x21, 0xff)
    port_write8(0xa1, 0xff)
    volatile_write32(line0Entry, masked)
    volatile_write32(line1Entry, masked)
    volatile_write32(taskPriority, 0)
    volatile_write32(spuriousVector, 0x100 | UInt32(Vector.spurious))
    volatile_write32(divide, 0b1011)  // by 1
    volatile_write32(timerEntry, UInt32(Vector.timer))  // one shot
  }

  static var id: UInt32 { volatile_read32(identifier) >> 24 }

  static func endOfInterrupt() { volatile_write32(endOfInterruptRegister, 0) }

  /// Whether an interrupt of this vector was delivered by this APIC and has not been ended: not so behind INT n.
  static func isInService(_ vector: UInt64) -> Bool {
    volatile_read32(inService &+ vector / 32 &* 16) >> (vector % 32) & 1 != 0
  }

  static func startTimer(_ count: UInt32) { volatile_write32(initialCount, count) }

  /// What is left of the count that ``startTimer(_:)`` set; 0 once it has expired.
  static var timerRemaining: UInt32 { volatile_read32(currentCount) }
}

/// The I/O APICs: 24 lines at 0xfec00000, and on some platforms 24 more at 0xfec10000.
enum IOAPIC {
  private static var base: UInt64 { 0xfec0_0000 }
  private static var distance: UInt64 { 0x1_0000 }
  private static var linesPerChip: UInt32 { 24 }
  private static var linesMax: UInt32 { 48 }
  private static var levelTriggered: UInt32 { 1 << 15 }
  private static var nonMaskable: UInt32 { 4 << 8 }
  private static var masked: UInt32 { 1 << 16 }

  /// Sends a line, active high, to this processor.
  static func route(line: UInt32, to vector: UInt64, isLevel: Bool) {
    guard line < linesMax else { return }
    let chip = base &+ UInt64(line / linesPerChip) &* distance
    let entry = 0x10 &+ line % linesPerChip &* 2
    write(LocalAPIC.id << 24, to: entry &+ 1, of: chip)
    write(UInt32(vector) | (isLevel ? levelTriggered : 0), to: entry, of: chip)
  }

  #if UIO_HARDENED
    /// Sends a line of the first chip to this processor, where it is to be a non-maskable interrupt.
    static func address(line: UInt32) { write(LocalAPIC.id << 24, to: 0x11 &+ line &* 2, of: base) }

    /// Whether each edge of a line of the first chip is a non-maskable interrupt, or nothing.
    static func setNonMaskable(line: UInt32, _ isOn: Bool) {
      write(isOn ? nonMaskable : masked, to: 0x10 &+ line &* 2, of: base)
    }
  #endif

  /// Whether the registers at the second place answer with a version that a chip can have.
  static var hasSecondChip: Bool {
    volatile_write32(base &+ distance, 1)
    let version = volatile_read32(base &+ distance &+ 0x10)
    return version >> 16 & 0xff == linesPerChip &- 1 && version & 0xff != 0xff
  }

  private static func write(_ value: UInt32, to register: UInt32, of chip: UInt64) {
    volatile_write32(chip, register)
    volatile_write32(chip &+ 0x10, value)
  }
}
