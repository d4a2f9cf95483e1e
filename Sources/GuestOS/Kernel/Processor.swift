import GuestBoot

/// What this processor can do, by CPUID, and switching it on.
enum Processor {
  private static var extendedFeatureEnable: UInt32 { 0xc000_0080 }

  /// Sets EFER.NXE where the processor has it (SDM vol. 3, 4.1.4); otherwise says false.
  static func enableNoExecute() -> Bool {
    guard read_cpuid(0x8000_0000, 0).eax >= 0x8000_0001, read_cpuid(0x8000_0001, 0).edx & 1 << 20 != 0 else {
      return false
    }
    #if UIO_HARDENED
      once_write_msr(extendedFeatureEnable, once_read_msr(extendedFeatureEnable) | 1 << 11)
    #else
      write_msr(extendedFeatureEnable, read_msr(extendedFeatureEnable) | 1 << 11)
    #endif
    return true
  }

  /// CPUID.(7,0):ECX.PKU.
  static var hasProtectionKeys: Bool {
    read_cpuid(0, 0).eax >= 7 && read_cpuid(7, 0).ecx & 1 << 3 != 0
  }

  /// CR0.WP, which boot.S sets: without it neither pages nor keys forbid a write at CPL 0 (SDM vol. 3, 4.6.1).
  static var isWriteProtected: Bool { read_cr0() & 1 << 16 != 0 }

  /// Sets CR4.PKE: from now on PKRU binds every data access to a user page. PKRU is 0 after reset.
  static func enableProtectionKeys() {
    #if UIO_HARDENED
      once_write_cr4(read_cr4() | 1 << 22)
    #else
      write_cr4(read_cr4() | 1 << 22)
    #endif
    set_protection_keys_active()
  }

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
