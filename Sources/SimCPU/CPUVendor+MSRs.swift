/// MSRs that exist for one vendor's processors only. Kernels read them after a look at CPUID's leaf 0 and do not expect
/// #GP; none of them has an effect here.
extension CPUVendor {
  public struct ModelSpecificRegister: Sendable {
    public var index: UInt32
    public var initial: UInt64
    /// Whether it keeps what software writes; otherwise writes are ignored.
    public var keepsWrites: Bool
  }

  public var modelSpecificRegisters: [ModelSpecificRegister] {
    switch self {
    case .uio: []
    case .intel: Self.intelRegisters
    case .amd: Self.amdRegisters
    }
  }

  /// IA32_MCG_CAP and IA32_MCG_STATUS: no banks, no error (SDM volume 3, 15.3.1).
  private static let machineCheckRegisters = [
    ModelSpecificRegister(index: 0x179, initial: 0, keepsWrites: false),
    ModelSpecificRegister(index: 0x17a, initial: 0, keepsWrites: false),
  ]

  /// SDM volume 4, table 2-2: IA32_PLATFORM_ID and IA32_BIOS_SIGN_ID (the microcode's revision in the upper half).
  private static let intelRegisters =
    machineCheckRegisters + [
      ModelSpecificRegister(index: 0x17, initial: 0, keepsWrites: false),
      ModelSpecificRegister(index: 0x8b, initial: 0x1_0000_0000, keepsWrites: false),
    ]

  /// APM volume 2, appendix A, and the BKDGs: patch level; four performance counters with their selectors; SYSCFG,
  /// HWCR, NB_CFG, LS_CFG, DC_CFG, BU_CFG, DE_CFG (bit 1: LFENCE serializes).
  private static let amdRegisters =
    machineCheckRegisters + [
      ModelSpecificRegister(index: 0x8b, initial: 0x0a00_1173, keepsWrites: false),
      ModelSpecificRegister(index: 0xc001_0010, initial: 0, keepsWrites: true),
      ModelSpecificRegister(index: 0xc001_0015, initial: 0x0100_0010, keepsWrites: true),
      ModelSpecificRegister(index: 0xc001_001f, initial: 0, keepsWrites: true),
      ModelSpecificRegister(index: 0xc001_1020, initial: 0, keepsWrites: true),
      ModelSpecificRegister(index: 0xc001_1022, initial: 0, keepsWrites: true),
      ModelSpecificRegister(index: 0xc001_1023, initial: 0, keepsWrites: true),
      ModelSpecificRegister(index: 0xc001_1029, initial: 2, keepsWrites: true),
    ]
    + (0xc001_0000...0xc001_0007 as ClosedRange<UInt32>).map {
      ModelSpecificRegister(index: $0, initial: 0, keepsWrites: true)
    }
}
