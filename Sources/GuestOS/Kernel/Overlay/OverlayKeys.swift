#if UIO_HARDENED
  import GuestBoot

  /// Which key is whose under `mpk-hardened`. A page without a key of its own has the monitor's, which extensions can neither read nor
  /// write.
  enum OverlayKeys: OverlayPartition {
    /// The application's variables.
    static var application: UInt64 { 1 }
    /// All code: it is executed and not read, as keys bind no instruction fetches.
    static var code: UInt64 { 2 }
    /// What an extension may read and not write.
    static var published: UInt64 { 3 }
    /// The stack of whoever runs.
    static var stack: UInt64 { 5 }
    /// One for each program.
    private static var programs: ClosedRange<UInt64> { 6...15 }

    nonisolated(unsafe) private static var taken: UInt64 = 0

    /// A key that no program has, or nil: programs never share one. It becomes the current one.
    static func take() -> UInt64? {
      for key in programs where taken & 1 << key == 0 {
        taken |= 1 << key
        current = key
        return key
      }
      return nil
    }

    /// What the overlay's pages get that are mapped or given rights now: the key of the program that is being loaded, or the stack's.
    nonisolated(unsafe) static var current: UInt64 = stack

    /// When no page carries it any more.
    static func giveBack(_ key: UInt64) { taken &= ~(1 << key) }

    /// PKRU that gives what every extension has: its stack, and reading what is published.
    static var base: UInt32 {
      let accessDisabled: UInt32 = 0x5555_5555
      return accessDisabled & ~(0b11 << UInt32(2 &* published)) & ~(0b11 << UInt32(2 &* stack))
        | 0b10 << UInt32(2 &* published)
    }

    /// PKRU while a program runs: its own memory, and that of the programs whose symbols it uses.
    static func rights(of program: Program) -> UInt32 {
      var rights = base
      for used in ProgramStore.closure(of: program) { rights &= ~(0b11 << UInt32(2 &* used.key)) }
      return rights
    }

    /// Whether the extension that runs may itself read a page: the unikernel reads nothing else for it.
    static func mayRead(_ page: UInt64) -> Bool {
      guard OverlayMemory.contains(page), PageTables.isMapped(page, bytes: Pages.size) else { return false }
      return overlay_rights_now() >> UInt32(truncatingIfNeeded: 2 &* PageTables.key(of: page)) & 1 == 0
    }

    /// Gives the image's pages their keys.
    static func apply() {
      func protect(_ start: UInt64, _ end: UInt64, _ rights: PageRights) {
        let first = start & ~(Pages.size &- 1)
        PageTables.protect(first, bytes: (end &- first &+ Pages.size &- 1) & ~(Pages.size &- 1), rights)
      }
      protect(BootInformation.imageStart, text_end_address(), .text.with(key: code))
      protect(application_data_start_address(), application_data_end_address(), .data.with(key: application))
      protect(published_page_address(), published_page_address() &+ Pages.size, .data.with(key: published))
    }
  }
#endif
