import GuestBoot

/// The end of the unikernel: a report on COM1, a trace record, and isa-debug-exit with ``status``.
enum Panic {
  /// QEMU exits with (status << 1) | 1 = 33.
  static var status: UInt32 { 0x10 }
  private static var framesMax: Int { 16 }
  nonisolated(unsafe) private static var isPanicking = false

  /// For what the kernel finds wrong itself.
  static func stop(_ reason: StaticString) -> Never {
    begin()
    var serial = Serial()
    serial.text("panic: ")
    serial.text(reason)
    serial.text(" in thread ")
    serial.text(Scheduler.currentName)
    serial.text("\n")
    frames(from: UInt64(UInt(bitPattern: current_frame())))
    end(reason)
  }

  /// For an exception that nobody contains.
  static func stop(_ frame: UnsafePointer<interrupt_frame>) -> Never {
    begin()
    let f = frame.pointee
    var serial = Serial()
    serial.text("panic: ")
    serial.text(Exception.name(f.vector))
    serial.text(" at ")
    if !serial.imageSymbol(f.rip) { serial.address(f.rip) }
    serial.text(" in thread ")
    serial.text(Scheduler.currentName)
    serial.text("\n")
    register("rip", f.rip)
    register("rsp", f.rsp)
    register("rbp", f.rbp)
    register("rflags", f.rflags, endsLine: true)
    register("rax", f.rax)
    register("rbx", f.rbx)
    register("rcx", f.rcx)
    register("rdx", f.rdx, endsLine: true)
    register("rsi", f.rsi)
    register("rdi", f.rdi)
    register("r8", f.r8)
    register("r9", f.r9, endsLine: true)
    register("r10", f.r10)
    register("r11", f.r11)
    register("r12", f.r12)
    register("r13", f.r13, endsLine: true)
    register("r14", f.r14)
    register("r15", f.r15)
    register("cr2", read_cr2())
    register("error", f.error_code, endsLine: true)
    register("vector", f.vector)
    register("pkru", f.pkru, endsLine: true)
    frames(from: f.rbp)
    end(Exception.name(f.vector))
  }

  private static func begin() {
    disable_interrupts()
    if isPanicking { halt_for_ever() }
    isPanicking = true
  }

  private static func end(_ reason: StaticString) -> Never {
    TraceRecord.emit { record in
      record.text("panic ")
      record.text(reason)
    }
    port_write32(Machine.debugExitPort, status)
    while true { halt_for_ever() }
  }

  private static func register(_ name: StaticString, _ value: UInt64, endsLine: Bool = false) {
    var serial = Serial()
    serial.text("  ")
    serial.text(name)
    serial.text(" ")
    serial.address(value)
    if endsLine { serial.text("\n") }
  }

  /// Follows the frame pointers: each points to the caller's, with the return address above it.
  private static func frames(from start: UInt64) {
    var serial = Serial()
    var frame = start
    for _ in 0..<framesMax {
      guard frame % 8 == 0, PageTables.isMapped(frame, bytes: 16) else { return }
      #if UIO_RING3
        // An extension's frame pointer, or an exception in a gate: SMAP would end the report.
        guard !PageTables.isUser(frame), !PageTables.isUser(frame &+ 15) else { return }
      #endif
      let place = volatile_read64(frame &+ 8)
      guard place != 0 else { return }
      serial.text("  from ")
      if !serial.imageSymbol(place, isReturnAddress: true) { serial.address(place) }
      serial.text("\n")
      let caller = volatile_read64(frame)
      guard caller > frame else { return }
      frame = caller
    }
  }
}
