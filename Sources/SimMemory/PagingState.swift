/// How linear addresses are translated (SDM vol. 3, 4.1.1).
public enum PagingMode: UInt8, Sendable {
  /// CR0.PG = 0: the linear address is the physical one.
  case off
  /// Two levels of 32-bit entries.
  case thirtyTwoBit
  /// Three levels of 64-bit entries.
  case pae
  /// Long mode. CR4.LA57 cannot be set on this machine.
  case fourLevel
}

/// The registers that a page walk depends on.
public struct PagingState: Equatable, Sendable {
  public var mode: PagingMode
  public var cr3: UInt64
  /// EFER.NXE: XD is not reserved.
  public var noExecuteEnable: Bool
  /// CR4.PSE: 4 MiB pages with 32-bit paging.
  public var pageSizeExtension: Bool
  /// MAXPHYADDR, 32…52. QEMU has 40.
  public var physicalAddressBits: UInt8
  /// CPUID announces 1 GiB pages; without them PS is reserved in a PDPTE.
  public var hasGiantPages: Bool

  /// Finds the mode from the control registers.
  public init(
    cr0: UInt64, cr3: UInt64, cr4: UInt64, efer: UInt64, physicalAddressBits: UInt8 = 40, hasGiantPages: Bool = true
  ) {
    let isPaging = cr0 & (1 << 31) != 0
    let isLong = efer & (1 << 10) != 0
    let isPAE = cr4 & (1 << 5) != 0
    mode = !isPaging ? .off : isLong ? .fourLevel : isPAE ? .pae : .thirtyTwoBit
    self.cr3 = cr3
    noExecuteEnable = efer & (1 << 11) != 0
    pageSizeExtension = cr4 & (1 << 4) != 0
    self.physicalAddressBits = min(max(physicalAddressBits, 32), 52)
    self.hasGiantPages = hasGiantPages
  }

  /// Bits 51…MAXPHYADDR, which are reserved in every 64-bit entry, and XD unless it is enabled.
  var reservedBits: UInt64 {
    let aboveMemory = PageEntry.addressBits & ~((1 &<< UInt64(physicalAddressBits)) &- 1)
    return noExecuteEnable ? aboveMemory : aboveMemory | PageEntry.noExecute
  }
}

/// The bits of a paging-structure entry (SDM vol. 3, 4.5.4, figure 4-11).
///
///     63   62..59  58..52   51 ............ 12   11..9   8   7   6   5   4   3   2   1   0
///     XD   key     ignored  physical address     ignored G  PS   D   A  PCD PWT U/S R/W  P
public enum PageEntry {
  public static let present: UInt64 = 1
  public static let writable: UInt64 = 2
  public static let user: UInt64 = 4
  public static let accessed: UInt64 = 0x20
  public static let dirty: UInt64 = 0x40
  public static let pageSize: UInt64 = 0x80
  public static let noExecute: UInt64 = 1 << 63
  public static let addressBits: UInt64 = 0x000f_ffff_ffff_f000
  public static let keyShift: UInt64 = 59
}
