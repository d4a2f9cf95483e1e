import GuestBoot

// What extensions call (extensions/include/ushell.h). The gates of Boot/gates.S come before these: they run with all
// rights, on a stack of the unikernel. A pointer is checked before it is followed; one that leads nowhere ends the text.

/// Text of an extension, byte by byte up to its NUL or the end of mapped memory.
private struct ForeignText {
  private var address: UInt64
  private var checkedTo: UInt64 = 0

  init(_ address: UInt64) { self.address = address }

  mutating func next() -> UInt8? {
    if address >= checkedTo {
      let page = address & ~(Pages.size &- 1)
      #if UIO_SERVICES
        guard is_overlay_abort_pending() == 0, Partition.mayRead(page) else {
          Containment.refuse(address)
          return nil
        }
      #else
        guard PageTables.isMapped(page, bytes: Pages.size), is_overlay_abort_pending() == 0 else { return nil }
      #endif
      checkedTo = page &+ Pages.size
    }
    defer { address &+= 1 }
    return OverlayMemory.access { volatile_read8(address) }
  }
}

@_cdecl("host_ushell_puts")
func hostPuts(_ text: UInt64) {
  let console = ShellConsole()
  var source = ForeignText(text)
  while let byte = source.next(), byte != 0 { console.put(byte) }
}

@_cdecl("host_ushell_write")
func hostWrite(_ bytes: UInt64, _ length: UInt64) {
  let console = ShellConsole()
  var source = ForeignText(bytes)
  var left = length
  while left != 0, let byte = source.next() {
    console.put(byte)
    left &-= 1
  }
}

@_cdecl("host_ushell_put_unsigned")
func hostPutUnsigned(_ value: UInt64) {
  var console = ShellConsole()
  console.decimal(value)
}

@_cdecl("host_ushell_put_signed")
func hostPutSigned(_ value: Int64) {
  var console = ShellConsole()
  console.signed(value)
}

@_cdecl("host_ushell_put_hex")
func hostPutHex(_ value: UInt64) {
  var console = ShellConsole()
  console.hexadecimal(value)
}

/// Lets others run for some time, of which the extension's budget takes no account: that is for a stretch.
@_cdecl("host_ushell_sleep")
func hostSleep(_ milliseconds: UInt64) {
  let day: UInt64 = 86_400_000
  Containment.suspend()
  Scheduler.sleep(until: Clock.now &+ min(milliseconds, day) &* 1_000_000)
  Containment.resume()
}

#if !UIO_SERVICES
  /// Only reads, so it needs no gate.
  @_cdecl("ushell_ticks")
  func hostTicks() -> UInt64 { Clock.ticks }
#endif
