/// The processor state that access decisions depend on, besides the paging structures (SDM vol. 3, 4.1.3 and 4.6).
@frozen
public struct AccessContext: Equatable, Sendable {
  /// One bit for each control bit that counts.
  @frozen
  public struct Controls: OptionSet, Equatable, Sendable {
    public let rawValue: UInt16

    @inlinable
    public init(rawValue: UInt16) {
      self.rawValue = rawValue
    }

    /// CR0.PG: without it every access is allowed.
    @inlinable public static var paging: Controls { Controls(rawValue: 1) }
    /// CR0.WP: R/W = 0 and WD bind supervisor writes too.
    @inlinable public static var writeProtect: Controls { Controls(rawValue: 2) }
    /// CR4.PAE.
    @inlinable public static var physicalAddressExtension: Controls { Controls(rawValue: 4) }
    /// CR4.PKE.
    @inlinable public static var protectionKeys: Controls { Controls(rawValue: 8) }
    /// CR4.SMEP: no supervisor fetches from user pages.
    @inlinable public static var executionPrevention: Controls { Controls(rawValue: 16) }
    /// CR4.SMAP: no supervisor data accesses to user pages, unless explicit with EFLAGS.AC = 1.
    @inlinable public static var accessPrevention: Controls { Controls(rawValue: 32) }
    /// EFLAGS.AC.
    @inlinable public static var alignmentCheck: Controls { Controls(rawValue: 64) }
    /// EFER.NXE: XD means something; without it XD is reserved.
    @inlinable public static var noExecuteEnable: Controls { Controls(rawValue: 128) }
    /// EFER.LMA: protection keys exist in long mode only.
    @inlinable public static var longModeActive: Controls { Controls(rawValue: 256) }
    /// CR4.PKS.
    @inlinable public static var supervisorKeys: Controls { Controls(rawValue: 512) }
  }

  public var controls: Controls
  public var pkru: PKRU
  /// IA32_PKRS: for supervisor pages what PKRU is for user pages, in the same format.
  public var pkrs: PKRU

  @inlinable
  public init(controls: Controls, pkru: PKRU, pkrs: PKRU = .allowAll) {
    self.controls = controls
    self.pkru = pkru
    self.pkrs = pkrs
  }

  /// Takes the bits that count from the architectural registers.
  @inlinable
  public init(cr0: UInt64, cr4: UInt64, efer: UInt64, eflags: UInt64, pkru: UInt32, pkrs: UInt32 = 0) {
    var bits: UInt64 = 0
    bits |= (cr0 &>> 31) & 1  // CR0.PG
    bits |= ((cr0 &>> 16) & 1) &<< 1  // CR0.WP
    bits |= ((cr4 &>> 5) & 1) &<< 2  // CR4.PAE
    bits |= ((cr4 &>> 22) & 1) &<< 3  // CR4.PKE
    bits |= ((cr4 &>> 20) & 1) &<< 4  // CR4.SMEP
    bits |= ((cr4 &>> 21) & 1) &<< 5  // CR4.SMAP
    bits |= ((eflags &>> 18) & 1) &<< 6  // EFLAGS.AC
    bits |= ((efer &>> 11) & 1) &<< 7  // EFER.NXE
    bits |= ((efer &>> 10) & 1) &<< 8  // EFER.LMA
    bits |= ((cr4 &>> 24) & 1) &<< 9  // CR4.PKS
    self.init(
      controls: Controls(rawValue: UInt16(truncatingIfNeeded: bits)), pkru: PKRU(rawValue: pkru),
      pkrs: PKRU(rawValue: pkrs))
  }

  @inlinable
  func has(_ control: Controls) -> Bool {
    controls.rawValue & control.rawValue != 0
  }

  /// PKRU is consulted: CR4.PKE = 1 in long mode.
  @inlinable public var checksProtectionKeys: Bool { has(.protectionKeys) && has(.longModeActive) }

  /// IA32_PKRS is consulted: CR4.PKS = 1 in long mode.
  @inlinable public var checksSupervisorKeys: Bool { has(.supervisorKeys) && has(.longModeActive) }

  /// The register that has the rights of a page's key, by the page's U/S bit; nil where its key means nothing.
  @inlinable
  public func keyRights(of page: PageRights) -> PKRU? {
    if page.isUser { return checksProtectionKeys ? pkru : nil }
    return checksSupervisorKeys ? pkrs : nil
  }
}
