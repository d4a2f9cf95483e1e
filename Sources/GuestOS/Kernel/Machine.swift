import GuestBoot

/// What the platform offers to end a run.
enum Machine {
  static var debugExitPort: UInt16 { 0xf4 }
  /// What `poweroff` writes there: QEMU exits with (0 << 1) | 1 = 1.
  static var poweredOff: UInt32 { 0 }

  /// Ends the run; without a debug-exit port the processor halts for ever.
  static func powerOff() -> Never {
    TraceRecord.emit { record in record.text("machine poweroff") }
    port_write32(debugExitPort, poweredOff)
    while true { halt_for_ever() }
  }
}
