import GuestBoot

/// The processor's performance counters for extensions that may not write MSRs: one of few events on one of the counters that there are,
/// at all privilege levels, without an interrupt. An extension names numbers and never a register's value (SDM vol. 3, chapter
/// "Performance Monitoring").
enum PerformanceCounters {
  private enum Register {
    static var counter: UInt32 { 0xc1 }
    static var selector: UInt32 { 0x186 }
    static var globalControl: UInt32 { 0x38f }
  }

  /// USR, OS and EN of IA32_PERFEVTSELn; INT, PC, E, INV and CMASK are 0.
  private static var counts: UInt64 { 1 << 16 | 1 << 17 | 1 << 22 }

  /// Which counters the extension that runs has started, a bit each.
  nonisolated(unsafe) private static var started: UInt64 = 0

  /// How many there are, by CPUID.0AH; 0 where no register switches all of them.
  private static var available: UInt64 {
    guard read_cpuid(0, 0).eax >= 0xa else { return 0 }
    let leaf = read_cpuid(0xa, 0).eax
    return leaf & 0xff >= 2 ? UInt64(leaf >> 8 & 0xff) : 0
  }

  /// The architectural events of version 1, unit mask and number: what a processor has beside them may tell of others' data.
  private static func isArchitectural(_ event: UInt64) -> Bool {
    switch event {
    case 0x003c, 0x00c0, 0x013c, 0x4f2e, 0x412e, 0x00c4, 0x00c5: true
    default: false
    }
  }

  /// Counts an event from 0 on; says which argument is wrong, if one is.
  static func start(_ number: UInt64, _ event: UInt64) -> UInt64? {
    guard number < available else { return number }
    guard isArchitectural(event) else { return event }
    started |= 1 << number
    set(number, counts | event)
    return nil
  }

  /// What a counter has come to; nil for one that the extension has not started.
  static func read(_ number: UInt64) -> UInt64? {
    isStarted(number) ? read_counter(UInt32(truncatingIfNeeded: number)) : nil
  }

  /// False for a counter that the extension has not started.
  static func stop(_ number: UInt64) -> Bool {
    guard isStarted(number) else { return false }
    started &= ~(1 << number)
    set(number, 0)
    return true
  }

  /// When an extension has ended, in whatever way: the next one finds nothing of it.
  static func stopAll() {
    var number: UInt64 = 0
    while started != 0 {
      _ = stop(number)
      number &+= 1
    }
  }

  #if UIO_PKS
    /// Whatever they count and whoever has started them, while WRMSR is there.
    static func clear() {
      guard available != 0 else { return }
      started = 0
      for offset in 0..<UInt32(available) {
        write(Register.selector &+ offset, 0)
        write(Register.counter &+ offset, 0)
      }
      write(Register.globalControl, 0)
    }
  #endif

  private static func isStarted(_ number: UInt64) -> Bool { number < 64 && started >> number & 1 != 0 }

  private static func set(_ number: UInt64, _ selector: UInt64) {
    let offset = UInt32(truncatingIfNeeded: number)
    withWriteMSR {
      write(Register.selector &+ offset, 0)
      write(Register.counter &+ offset, 0)
      write(Register.selector &+ offset, selector)
      write(Register.globalControl, started)
    }
  }

  #if UIO_HARDENED
    /// No jump of an extension's may find WRMSR, so its page is there only meanwhile, when no extension can run.
    static func withWriteMSR(_ body: () -> Void) {
      let flags = save_and_disable_interrupts()
      let page = counter_text_address()
      PageTables.map(page, to: page, bytes: Pages.size, .text.with(key: OverlayKeys.code))
      body()
      PageTables.unmap(page, bytes: Pages.size)
      restore_interrupts(flags)
    }

    private static func write(_ index: UInt32, _ value: UInt64) { counter_write_msr(index, value) }
  #else
    private static func withWriteMSR(_ body: () -> Void) { body() }

    private static func write(_ index: UInt32, _ value: UInt64) { write_msr(index, value) }
  #endif
}
