import GuestBoot

/// How the overlay is kept from the unikernel: values only, so that a new design is a new row of ``all``.
struct IsolationDesign {
  /// As `uio.design=NAME` on the command line has it.
  var name: StaticString
  var usesKeys: Bool
  /// The key of everything that is the overlay's: program memory and its stack.
  var overlayKey: UInt64
  /// PKRU while the overlay runs.
  var overlayPKRU: UInt32
  /// Whether it isolates without keys as well, which then only add to it.
  var worksWithoutKeys = false
  /// Whether objects of machine code may be loaded, or only BPF programs.
  var takesNativeCode = true
  /// Whether BPF programs are verified before they are loaded.
  var verifiesPrograms = false
  /// Whether BPF programs read by a helper only what is shown to them (Applications/shown.c), or everything.
  var probesWhatIsShown = false
  #if UIO_HARDENED
    /// Whether programs execute only the instructions that the loader has looked at (``Bundles``).
    var hasBundles = false
  #endif

  static var none: IsolationDesign { IsolationDesign(name: "none", usesKeys: false, overlayKey: 0, overlayPKRU: 0) }

  /// uIO as published: key 0, the unikernel's, is read-only (WD0) while the overlay runs.
  static var uioMPK: IsolationDesign {
    IsolationDesign(name: "uio-mpk", usesKeys: true, overlayKey: 1, overlayPKRU: 0b10)
  }

  #if UIO_HARDENED
    /// Keys for monitor, application, code and each program; rights are the program's own (``OverlayKeys``).
    static var mpkHardened: IsolationDesign {
      IsolationDesign(
        name: "mpk-hardened", usesKeys: true, overlayKey: OverlayKeys.stack, overlayPKRU: OverlayKeys.base)
    }

    /// The same, and code in bundles.
    static var mpkBundled: IsolationDesign {
      var design = mpkHardened
      design.name = "mpk-bundled"
      design.hasBundles = true
      return design
    }
  #endif

  #if UIO_PKS
    /// The same with the keys of supervisor pages, whose rights are in IA32_PKRS.
    static var pksHardened: IsolationDesign {
      var design = mpkHardened
      design.name = "pks-hardened"
      return design
    }
  #endif

  #if UIO_RING3
    /// Extensions at CPL 3, the unikernel in supervisor pages (``UserPages``).
    static var ring3: IsolationDesign { IsolationDesign(name: "ring3", usesKeys: false, overlayKey: 0, overlayPKRU: 0) }
  #endif

  #if UIO_BPF
    /// Extensions are BPF programs; what they do is checked while they run.
    static var ebpf: IsolationDesign {
      IsolationDesign(
        name: "ebpf", usesKeys: true, overlayKey: 1, overlayPKRU: 0b10, worksWithoutKeys: true, takesNativeCode: false)
    }

    /// Those that may break a rule are refused before they run, and helpers read for them what applications show.
    static var ebpfVerified: IsolationDesign {
      var design = ebpf
      design.name = "ebpf-verified"
      design.verifiesPrograms = true
      design.probesWhatIsShown = true
      return design
    }

    static var all: [IsolationDesign] { [none, uioMPK, ebpf, ebpfVerified] }
  #elseif UIO_PKS
    static var all: [IsolationDesign] { [pksHardened] }
  #elseif UIO_HARDENED
    static var all: [IsolationDesign] { [mpkHardened, mpkBundled] }
  #elseif UIO_RING3
    static var all: [IsolationDesign] { [ring3] }
  #else
    static var all: [IsolationDesign] { [none, uioMPK] }
  #endif

  /// The design in force.
  nonisolated(unsafe) private(set) static var current = IsolationDesign.none
  /// Why ``current`` is weaker than what was asked for, or nil.
  nonisolated(unsafe) private(set) static var shortfall: StaticString?

  /// Chooses by the command line and by what image and processor can do; a name that does not exist is fatal, since
  /// whoever asked for it would run with less than they believe.
  static func choose() {
    #if UIO_PKS
      var wanted = pksHardened
    #elseif UIO_HARDENED
      var wanted = mpkHardened
    #elseif UIO_RING3
      var wanted = ring3
    #else
      var wanted = imageHasKeys ? uioMPK : none
    #endif
    if let name = KernelCommandLine.value("uio.design=") {
      guard let design = all.first(where: { name.equals($0.name) }) else { Panic.stop("no such uio.design") }
      wanted = design
    }
    if wanted.usesKeys && !(imageHasKeys && Processor.hasProtectionKeys) {
      if !wanted.worksWithoutKeys {
        shortfall =
          imageHasKeys
          ? Processor.missingKeys
          : "isolation off: this image is built without protection keys"
      }
      wanted = wanted.worksWithoutKeys ? wanted.withoutKeys : none
    }
    current = wanted
    guard current.usesKeys else { return }
    // The extensions of such a design run at CPL 0, where a write-disabled key binds with CR0.WP only.
    guard Processor.isWriteProtected else { Panic.stop("CR0.WP is not set: keys would not forbid writes") }
    Processor.enableProtectionKeys()
  }

  private var withoutKeys: IsolationDesign {
    var design = self
    design.usesKeys = false
    design.overlayKey = 0
    design.overlayPKRU = 0
    return design
  }

  private static var imageHasKeys: Bool {
    #if UIO_KEYS
      true
    #else
      false
    #endif
  }
}
