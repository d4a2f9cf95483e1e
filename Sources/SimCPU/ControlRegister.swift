/// The registers that rule the CPU's mode, by the numbers that engines report them with: CR0 to CR8 by their own.
public enum ControlRegister: UInt32, Sendable {
  case cr0 = 0
  case cr2 = 2
  case cr3 = 3
  case cr4 = 4
  case cr8 = 8
  case efer = 16

  /// Whether `value` has no bit that is reserved, and no combination that is impossible (SDM volume 3, 2.5); others raise #GP.
  ///
  ///     CR4: VME PVI TSD DE PSE PAE MCE PGE PCE OSFXSR OSXMMEXCPT UMIP FSGSBASE OSXSAVE SMEP SMAP PKE PKS
  public func allows(_ value: UInt64) -> Bool {
    switch self {
    // PG needs PE, NW needs CD.
    case .cr0:
      value >> 32 == 0 && !(value >> 31 & 1 == 1 && value & 1 == 0) && !(value >> 29 & 1 == 1 && value >> 30 & 1 == 0)
    case .cr4: value & ~0x175_0fff == 0
    case .cr8: value & ~0xf == 0
    case .efer: value & ~0xd01 == 0
    case .cr2, .cr3: true
    }
  }

  private static let paging: UInt64 = 1 << 31
  private static let physicalAddressExtension: UInt64 = 1 << 5
  private static let supervisorKeys: UInt64 = 1 << 24
  private static let longModeEnabled: UInt64 = 1 << 8
  private static let longModeActive: UInt64 = 1 << 10

  /// Whether a write is no #GP: no reserved bits; long mode keeps PAE, and 64-bit code keeps paging (SDM volume 2B, MOV to
  /// control registers).
  ///
  /// - Parameters:
  ///   - cr0: as it is before the write, like `efer`.
  ///   - cpuid: what it does not announce can't be switched on.
  ///   - isIn64BitCode: the L bit of CS, asked for only where it counts.
  public func mayBecome(
    _ value: UInt64, cr0: UInt64, efer: UInt64, cpuid: CPUIDModel, isIn64BitCode: @autoclosure () -> Bool
  ) -> Bool {
    guard allows(value) else { return false }
    if self == .cr4, value & Self.supervisorKeys != 0, !cpuid.hasSupervisorKeys { return false }
    if self == .efer, cr0 & Self.paging != 0, (value ^ efer) & Self.longModeEnabled != 0 { return false }
    guard efer & Self.longModeActive != 0 else { return true }
    return switch self {
    case .cr0: value & Self.paging != 0 || !isIn64BitCode()
    case .cr3: value >> CPUIDModel.physicalAddressBits == 0
    case .cr4: value & Self.physicalAddressExtension != 0
    case .cr2, .cr8, .efer: true
    }
  }
}
