import GuestBoot

/// What this processor can do, by CPUID, and switching it on.
enum Processor {
  private static var extendedFeatureEnable: UInt32 { 0xc000_0080 }

  /// Sets EFER.NXE where the processor has it (SDM vol. 3, 4.1.4); otherwise says false.
  static func enableNoExecute() -> Bool {
    guard read_cpuid(0x8000_0000, 0).eax >= 0x8000_0001, read_cpuid(0x8000_0001, 0).edx & 1 << 20 != 0 else {
      return false
    }
    #if UIO_PKS
      // LME, LMA, NXE and nothing else: OWN_EFER, which gates and handlers give back (Boot/rights.h).
      once_write_msr(extendedFeatureEnable, 0xd00)
    #elseif UIO_HARDENED
      once_write_msr(extendedFeatureEnable, once_read_msr(extendedFeatureEnable) | 1 << 11)
    #else
      write_msr(extendedFeatureEnable, read_msr(extendedFeatureEnable) | 1 << 11)
    #endif
    return true
  }

  /// CPUID.(7,0):ECX.PKU. Or PKS, for keys of supervisor pages, with SMEP, which all processors with PKS have (SDM vol. 2, CPUID).
  static var hasProtectionKeys: Bool {
    #if UIO_PKS
      let features = read_cpuid(0, 0).eax >= 7 ? read_cpuid(7, 0) : cpuid()
      return features.ecx & 1 << 31 != 0 && features.ebx & 1 << 7 != 0
    #else
      return read_cpuid(0, 0).eax >= 7 && read_cpuid(7, 0).ecx & 1 << 3 != 0
    #endif
  }

  /// What the shell says where there are none.
  static var missingKeys: StaticString {
    #if UIO_PKS
      "isolation off: the processor has no protection keys for supervisor pages"
    #else
      "isolation off: the processor has no protection keys"
    #endif
  }

  /// CR0.WP, which boot.S sets: without it neither pages nor keys forbid a write at CPL 0 (SDM vol. 3, 4.6.1).
  static var isWriteProtected: Bool { read_cr0() & 1 << 16 != 0 }

  /// Sets CR4.PKE: from now on PKRU binds every data access to a user page. PKRU is 0 after reset. Or CR4.PKS: IA32_PKRS, also 0 after
  /// reset, binds every data access to a supervisor page then (SDM vol. 3, 4.6.2); and CR4.SMEP, for ``PageRights/unbound``.
  static func enableProtectionKeys() {
    #if UIO_PKS
      once_write_cr4(read_cr4() | 1 << 24 | 1 << 20)
    #elseif UIO_HARDENED
      once_write_cr4(read_cr4() | 1 << 22)
    #else
      write_cr4(read_cr4() | 1 << 22)
    #endif
    set_protection_keys_active()
  }

  #if UIO_RING3
    private static var systemCallSegments: UInt32 { 0xc000_0081 }
    private static var systemCallEntry: UInt32 { 0xc000_0082 }
    private static var systemCallFlags: UInt32 { 0xc000_0084 }

    /// Whether CR4.SMAP is set.
    nonisolated(unsafe) private static var keepsFromUserMemory = false

    /// What code at CPL 3 needs, and what it must not have (SDM vol. 3, 2.5, 4.6, 5.8.8).
    static func enableUserMode() {
      // CR0.EM: there is no x87 state in which one extension could leave something to another. CR4.OSFXSR is clear, so no SSE either.
      write_cr0(read_cr0() | 1 << 2)
      let features = read_cpuid(0, 0).eax >= 7 ? read_cpuid(7, 0) : cpuid()
      let hasSMEP = features.ebx & 1 << 7 != 0
      let hasSMAP = features.ebx & 1 << 20 != 0
      let hasUMIP = features.ecx & 1 << 2 != 0
      // TSD: time is published. PCE, FSGSBASE, PKE and OSXSAVE stay clear: counters, segment bases and PKRU are nobody's.
      var control: UInt64 = 1 << 2
      if hasUMIP { control |= 1 << 11 }
      if hasSMEP { control |= 1 << 20 }
      if hasSMAP { control |= 1 << 21 }
      write_cr4(read_cr4() & ~(1 << 8 | 1 << 16 | 1 << 18 | 1 << 22) | control)
      keepsFromUserMemory = hasSMAP
      if hasSystemCalls { enableSystemCalls() }
      guard !hasSMEP || !hasSMAP || !hasUMIP else { return }
      TraceRecord.emit { record in
        record.text("ring3 without")
        if !hasSMEP { record.text(" SMEP") }
        if !hasSMAP { record.text(" SMAP") }
        if !hasUMIP { record.text(" UMIP") }
      }
    }

    /// CPUID.80000001H:EDX[11].
    static var hasSystemCalls: Bool { read_cpuid(0x8000_0001, 0).edx & 1 << 11 != 0 }

    private static func enableSystemCalls() {
      write_msr(extendedFeatureEnable, read_msr(extendedFeatureEnable) | 1)
      // SYSCALL: CS 8, SS 16. SYSRET: SS and CS 8 and 16 behind the selector in the upper half, with RPL 3.
      let before = Descriptors.userData &- 8
      write_msr(systemCallSegments, before << 48 | Descriptors.code << 32)
      write_msr(systemCallEntry, system_entry_address())
      // TF, IF, DF, IOPL, NT, AC.
      write_msr(systemCallFlags, 0x4_7700)
      set_has_system_calls(1)
    }

    static func openUserMemory() { if keepsFromUserMemory { set_alignment_check() } }
    static func closeUserMemory() { if keepsFromUserMemory { clear_alignment_check() } }
  #endif

  /// Ticks of the time stamp counter in a second, if the processor (leaf 15H) or the hypervisor (leaf 40000010H) says.
  static var timeStampFrequency: UInt64? {
    if read_cpuid(0, 0).eax >= 0x15 {
      let ratio = read_cpuid(0x15, 0)
      if ratio.eax != 0, ratio.ebx != 0, ratio.ecx != 0 {
        return UInt64(ratio.ecx) &* UInt64(ratio.ebx) / UInt64(ratio.eax)
      }
    }
    // CPUID.1:ECX[31]: there is a hypervisor with leaves of its own.
    guard read_cpuid(1, 0).ecx & 1 << 31 != 0, read_cpuid(0x4000_0000, 0).eax >= 0x4000_0010 else { return nil }
    let kilohertz = read_cpuid(0x4000_0010, 0).eax
    return kilohertz == 0 ? nil : UInt64(kilohertz) &* 1000
  }
}
