import GuestBoot

/// The MSRs that decide how the unikernel runs, as the boot has left them.
///
/// Each WRMSR that changes rights changes whichever register whoever jumps to it has chosen. The check behind it ends the extension
/// (Boot/hardened.S), and this gives back what it may have changed. EFER is not among them: without EFER.NXE no page of data can be
/// reached, so gates and handlers have its value in their code.
enum OwnMSRs {
  private struct Kept {
    var index: UInt32
    var value: UInt64
  }

  private enum Index {
    static var apicBase: UInt32 { 0x1b }
    /// What has been added to the time stamp counter since reset, also by writes to the counter itself (SDM vol. 3, 18.17.3).
    static var timeStampAdjust: UInt32 { 0x3b }
    static var systemEnter: ClosedRange<UInt32> { 0x174...0x176 }
    static var memoryTypes: UInt32 { 0x277 }
    static var systemCall: ClosedRange<UInt32> { 0xc000_0081...0xc000_0084 }
    static var segmentBases: ClosedRange<UInt32> { 0xc000_0100...0xc000_0102 }
    static var timeStampSignature: UInt32 { 0xc000_0103 }
  }

  /// APIC_ENABLE and X2APIC_ENABLE of IA32_APIC_BASE.
  private static var apicMode: UInt64 { 1 << 11 | 1 << 10 }

  nonisolated(unsafe) private static var apicBase: UInt64 = 0
  nonisolated(unsafe) private static var kept: [Kept] = []

  /// Notes the values, once, of those that this processor has.
  static func note() {
    apicBase = read_msr(Index.apicBase)
    let features = read_cpuid(1, 0).edx
    if read_cpuid(7, 0).ebx & 1 << 1 != 0 { keep(Index.timeStampAdjust) }
    if features & 1 << 11 != 0 { Index.systemEnter.forEach(keep) }
    if features & 1 << 16 != 0 { keep(Index.memoryTypes) }
    Index.systemCall.forEach(keep)
    Index.segmentBases.forEach(keep)
    if read_cpuid(0x8000_0001, 0).edx & 1 << 27 != 0 { keep(Index.timeStampSignature) }
  }

  private static func keep(_ index: UInt32) { kept.append(Kept(index: index, value: read_msr(index))) }

  /// When an extension has been stopped, with interrupts off.
  static func restore() {
    PerformanceCounters.withWriteMSR {
      for register in kept { counter_write_msr(register.index, register.value) }
      PerformanceCounters.clear()
      let isMoved = read_msr(Index.apicBase) != apicBase
      // There is no way from x2APIC mode to the registers in memory but by switching it off (SDM vol. 3, 11.12.5).
      if isMoved { counter_write_msr(Index.apicBase, apicBase & ~apicMode) }
      counter_write_msr(Index.apicBase, apicBase)
      guard isMoved else { return }
      // An APIC that has been switched off has forgotten everything, interrupts that had come too.
      LocalAPIC.initialize()
      Clock.restart()
      VirtioBus.lookAtAll()
    }
  }
}
