import GuestBoot

/// INT n, told from what the hardware raises with the same vector: the frames of both are alike.
enum SoftwareInterrupt {
  private static var opcode: UInt8 { 0xcd }
  private static var breakpointOpcode: UInt8 { 0xcc }
  /// RF: a fault pushes it set, INT n does not (SDM vol. 3, 18.3.1.1). QEMU leaves it out, which makes no INT of a fault
  /// unless the bytes before the faulting instruction happen to be one.
  private static var resumeFlag: UInt64 { 1 << 16 }
  /// TF: what interrupted was single-stepped.
  private static var trapFlag: UInt64 { 1 << 8 }

  #if UIO_RING3
    /// The address of the INT n or INT3 that an extension has executed, or nil. Gates have DPL 0, so at CPL 3 each is #GP with the
    /// vector's entry in its error code (SDM vol. 3, 6.12.1.2, 6.13).
    static func instruction(_ f: interrupt_frame) -> UInt64? {
      let inInterruptTable: UInt64 = 1 << 1
      guard f.vector == Exception.generalProtection, f.error_code & inInterruptTable != 0 else { return nil }
      return f.rip
    }

    static func vector(_ f: interrupt_frame) -> UInt64 { f.error_code >> 3 }

    /// Where the instruction is that an exception is about: all are faults, as INT3 never gets to its gate.
    static func place(of f: interrupt_frame) -> UInt64 { f.rip }
  #else
    /// The address of the INT n that raised the vector, or nil if the hardware did. The vector is no interrupt in service.
    static func instruction(_ f: interrupt_frame) -> UInt64? {
      let place = f.rip &- 2
      let isThere = byte(place) == opcode && byte(f.rip &- 1) == UInt8(truncatingIfNeeded: f.vector)
      if Exception.hasErrorCode(f.vector) {
        guard f.error_code == NO_ERROR_CODE else { return nil }
      } else if f.vector < Vector.exceptionsEnd {
        guard isThere, f.rflags & (resumeFlag | trapFlag) == 0 else { return nil }
      } else if f.vector == Vector.spurious {
        guard isThere else { return nil }
      }
      return isThere ? place : f.rip
    }

    /// Where the instruction is that an exception is about: behind INT3 the frame has the next one.
    static func place(of f: interrupt_frame) -> UInt64 {
      let isBehind = f.vector == Exception.breakpoint && byte(f.rip &- 1) == breakpointOpcode
      return isBehind ? f.rip &- 1 : f.rip
    }

    private static func byte(_ address: UInt64) -> UInt8? {
      PageTables.isReadable(address, bytes: 1) ? volatile_read8(address) : nil
    }
  #endif
}
