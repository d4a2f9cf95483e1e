import GuestBoot

/// The one line that says why an extension was stopped.
///
/// ```
/// contained: rogue-write.o: key fault writing count (0x10a3f8) at main+0x1b (0x8000001b), key 0, PKRU 0x2
/// contained: rogue-call.o: key fault writing count (0x10a3f8) at set_count+0xb (0x100123), called from main+0x9 …
/// contained: software-interrupt.o: INT 13 at instructions+0x34 (0x80000034)
/// contained: endless-loop.o: budget of 250 ms spent at main+0x4 (0x80000004)
/// ```
extension Containment.Report {
  func write(_ name: [UInt8], to console: inout some ByteSink) {
    console.text("contained: ")
    console.printable(name)
    console.text(": ")
    what(&console)
    console.text(" at ")
    place(instruction, &console)
    if caller != 0 {
      console.text(", called from ")
      place(caller, &console)
    }
    if isKeyFault {
      console.text(", key ")
      console.decimal(key)
      #if UIO_PKS
        console.text(", PKRS ")
      #else
        console.text(", PKRU ")
      #endif
      console.address(pkru)
    }
    console.text("\n")
  }

  /// For the trace: `contained NAME KIND at=… address=…`.
  func emit(_ name: [UInt8]) {
    TraceRecord.emit { record in
      record.text("contained ")
      record.printable(name)
      record.text(" ")
      record.text(kind)
      record.text(" at=")
      record.address(instruction)
      if isPageFault {
        record.text(" address=")
        record.address(address)
      }
    }
  }

  private var isPageFault: Bool { cause == .fault && vector == Exception.pageFault }
  private var code: PageFaultCode { PageFaultCode(rawValue: errorCode) }
  private var isKeyFault: Bool { isPageFault && code.contains(.protectionKey) }

  private var kind: StaticString {
    if cause == .budget { return "budget" }
    if cause == .softwareInterrupt { return "software-interrupt" }
    #if UIO_SERVICES
      if cause == .argument { return "argument" }
    #endif
    #if UIO_HARDENED
      if cause == .interruptsOff { return "interrupts-off" }
    #endif
    if isStackOverrun { return "stack-overrun" }
    if isKeyFault { return "key-fault" }
    switch vector {
    case Exception.pageFault: return "page-fault"
    case Exception.divideError: return "divide-error"
    case Exception.invalidOpcode: return "invalid-opcode"
    case Exception.generalProtection: return "general-protection"
    default: return "exception"
    }
  }

  private func what(_ console: inout some ByteSink) {
    if cause == .budget {
      console.text("budget of ")
      console.decimal(Containment.budget)
      console.text(" ms spent")
      return
    }
    if cause == .softwareInterrupt {
      console.text("INT ")
      console.decimal(vector)
      return
    }
    #if UIO_SERVICES
      if cause == .argument {
        console.text("service refused for argument ")
        return place(address, &console)
      }
    #endif
    #if UIO_HARDENED
      if cause == .interruptsOff {
        console.text("interrupts kept off")
        return
      }
    #endif
    if isStackOverrun {
      console.text("stack overrun")
      return
    }
    guard isPageFault else {
      console.text(Exception.name(vector))
      return
    }
    console.text(isKeyFault ? "key fault " : "page fault ")
    console.text(code.contains(.fetch) ? "executing " : code.contains(.write) ? "writing " : "reading ")
    place(address, &console)
  }

  private func place(_ address: UInt64, _ console: inout some ByteSink) {
    guard console.symbol(address) else {
      console.address(address)
      return
    }
    console.text(" (")
    console.address(address)
    console.text(")")
  }
}
