#if UIO_RING3
  import GuestBoot

  /// Which pages an extension at CPL 3 reaches under `ring3`: those with U/S = 1. All others are the unikernel's, but for programs that the
  /// one that runs is not linked against: their pages are supervisor pages meanwhile.
  enum UserPages: OverlayPartition {
    /// Where extensions find ``published_page``, which the unikernel itself writes to by its own mapping.
    private static var published: UInt64 { 0x2_0000_1000 }

    static func apply() {
      Processor.enableUserMode()
      let stubs = user_text_start_address()
      let bytes = user_text_end_address() &- stubs
      if !Processor.hasSystemCalls {
        PageTables.protect(stubs, bytes: bytes, .data)
        useInterrupts()
      }
      PageTables.protect(stubs, bytes: bytes, .text.forUsers)
      PageTables.map(published, to: published_page_address(), bytes: Pages.size, .constants.forUsers)
      OverlayMemory.openStack()
    }

    /// Puts INT3 and a NOP in the place of each SYSCALL of the stubs. KVM's emulator knows no other INT outside of real mode.
    private static func useInterrupts() {
      var index: UInt64 = 0
      while system_call_at(index) != 0 {
        volatile_write16(system_call_at(index), 0x90cc)
        index &+= 1
      }
    }

    /// There are no keys. What is open stays open until another program is entered: nobody executes at CPL 3 in between.
    static func rights(of program: Program) -> UInt32 {
      let closure = ProgramStore.closure(of: program)
      for candidate in ProgramStore.programs {
        let isNeeded = closure.contains { $0 === candidate }
        guard candidate.isOpen != isNeeded else { continue }
        PageTables.setUser(candidate.address, bytes: candidate.pages &* Pages.size, isNeeded)
        candidate.isOpen = isNeeded
      }
      return 0
    }

    static func mayRead(_ page: UInt64) -> Bool { PageTables.isUser(page) }

    /// Eight bytes of an extension's memory, or nil where it may not read them itself.
    static func word(at address: UInt64) -> UInt64? {
      guard PageTables.isUser(address), PageTables.isUser(address &+ 7) else { return nil }
      return OverlayMemory.access { volatile_read64(address) }
    }
  }
#endif
