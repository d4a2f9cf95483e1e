import GuestBoot

/// Stops an extension that breaks the rules, and says what it did.
///
/// A fault, or the timer once the budget is spent, redirects the interrupt frame to `overlay_abort`: the shell's thread
/// goes on behind `overlay_enter`, with the unikernel's stack and PKRU 0.
enum Containment {
  enum Cause {
    case fault
    /// INT n, of any vector.
    case softwareInterrupt
    case budget
    #if UIO_SERVICES
      /// A service was asked for what is not the extension's to ask for.
      case argument
    #endif
    #if UIO_HARDENED
      /// The watchdog has found that it keeps interrupts out.
      case interruptsOff
    #endif
  }

  /// What is known when an extension is stopped.
  struct Report {
    var cause: Cause
    var vector: UInt64
    var errorCode: UInt64
    var instruction: UInt64
    /// The address accessed, for page faults.
    var address: UInt64
    var key: UInt64
    var pkru: UInt64
    /// Whether the access was beyond the end of the stack.
    var isStackOverrun: Bool
    /// Where the overlay called the unikernel's function that the instruction is in; 0 if it is in none.
    var caller: UInt64
  }

  private static var budgetDefault: UInt64 { 250 }
  /// IF, and bit 1, which is always set.
  private static var runningFlags: UInt64 { 0x202 }
  private static var framesMax: Int { 8 }

  /// In milliseconds; `uio.budget-ms=N`, 0 for no limit.
  nonisolated(unsafe) private(set) static var budget: UInt64 = 0
  nonisolated(unsafe) private static var watch = Watch()
  static var report: Report? { watch.report }

  /// What runs in the overlay.
  struct Watch {
    var isRunning = false
    var thread = 0
    var deadline = UInt64.max
    /// Whether it runs between two instructions of something else, whose interrupt flag it keeps.
    var isInterposed = false
    var report: Report?
  }

  static func initialize() {
    budget = KernelCommandLine.number("uio.budget-ms=") ?? budgetDefault
    #if UIO_HARDENED
      Watchdog.initialize()
    #endif
  }

  private static var endOfBudget: UInt64 { budget == 0 ? .max : Clock.now &+ budget &* 1_000_000 }

  #if UIO_SERVICES
    nonisolated(unsafe) private static var runDeadline = UInt64.max

    /// One budget for all that a run enters: a program may have any number of initializers.
    static func beginRun() { runDeadline = endOfBudget }
  #endif

  static func enter() {
    #if UIO_SERVICES
      refused = nil
      watch = Watch(thread: Scheduler.current, deadline: runDeadline)
    #else
      watch = Watch(thread: Scheduler.current, deadline: endOfBudget)
    #endif
    leave_host_function()
    disable_interrupts()
    #if UIO_HARDENED
      Watchdog.enter()
    #endif
    Clock.tick(every: Clock.tick)
    enable_interrupts()
    watch.isRunning = true
  }

  /// The extension that runs sleeps from here on, in a host function: nobody counts its time, and no timer ticks for it.
  static func suspend() {
    disable_interrupts()
    watch.deadline = .max
    Clock.tick(every: nil)
    enable_interrupts()
  }

  /// It goes on, with a new budget.
  static func resume() {
    disable_interrupts()
    watch.deadline = endOfBudget
    #if UIO_SERVICES
      runDeadline = watch.deadline
    #endif
    #if UIO_HARDENED
      Watchdog.enter()
    #endif
    Clock.tick(every: Clock.tick)
    enable_interrupts()
  }

  /// Whether the extension came back by itself.
  static func leave() -> Bool {
    watch.isRunning = false
    leave_host_function()
    disable_interrupts()
    #if UIO_PKS
      if report != nil { OwnMSRs.restore() }
    #endif
    Clock.tick(every: nil)
    enable_interrupts()
    return report == nil
  }

  #if UIO_BPF
    /// What goes on when the program in between has ended.
    struct Outer {
      fileprivate var watch: Watch
      fileprivate var state: overlay_state
    }

    /// Watches a program that runs in between, with a stack of its own for host functions; gives what was watched before.
    /// The timer is left as it is, which makes this the last resort: what ends programs is their count of instructions.
    static func interpose(hostStackTop: UInt64) -> Outer {
      let flags = save_and_disable_interrupts()
      defer { restore_interrupts(flags) }
      let outer = Outer(watch: watch, state: save_overlay_state())
      watch = Watch(isRunning: true, thread: Scheduler.current, deadline: endOfBudget, isInterposed: true)
      leave_host_function()
      set_host_stack_top(hostStackTop)
      return outer
    }

    /// Goes back to what was watched before; gives what stopped the program in between, if anything did.
    static func endInterposed(_ outer: Outer) -> Report? {
      let flags = save_and_disable_interrupts()
      defer { restore_interrupts(flags) }
      let report = watch.report
      watch = outer.watch
      restore_overlay_state(outer.state)
      return report
    }
  #endif

  private static var isOverlayInterrupted: Bool { watch.isRunning && Scheduler.current == watch.thread }

  /// For exceptions, and for vectors of which no interrupt is in service: true if the overlay raised it and has been
  /// dealt with.
  static func stop(_ frame: UnsafeMutablePointer<interrupt_frame>) -> Bool {
    // An exception in a host function, on the stack of the unikernel, is the unikernel's own.
    guard isOverlayInterrupted, host_call_depth_now() == 0, isOverlays(frame.pointee) else { return false }
    if let place = SoftwareInterrupt.instruction(frame.pointee) {
      #if UIO_RING3
        frame.pointee.vector = SoftwareInterrupt.vector(frame.pointee)
      #endif
      abort(frame, .softwareInterrupt, at: place)
      return true
    }
    guard Exception.isContainable(frame.pointee.vector) else { return false }
    #if !UIO_SERVICES
      if frame.pointee.vector == Exception.debug { disarmBreakpoints() }
    #endif
    abort(frame, .fault, at: SoftwareInterrupt.place(of: frame.pointee))
    return true
  }

  #if !UIO_SERVICES
    /// Breakpoints that an extension has set would hit whoever is loaded there next. DR7.GD, which forbids access to these
    /// registers, is clear in the handler of #DB (SDM vol. 3, 18.2.4).
    private static func disarmBreakpoints() {
      write_dr7(0x400)
      write_dr6(0xffff_0ff0)
    }
  #endif

  /// For the timer.
  static func checkBudget(_ frame: UnsafeMutablePointer<interrupt_frame>) {
    guard isOverlayInterrupted, watch.deadline != .max, Clock.now >= watch.deadline else { return }
    // A host function ends first: it may be in the middle of a queue.
    if host_call_depth_now() != 0 || !isOverlays(frame.pointee) {
      set_overlay_abort_pending(1)
    } else {
      abort(frame, .budget, at: frame.pointee.rip)
    }
  }

  /// Whether a gate raised the vector of the budget, having found it spent when the host function was done; an extension
  /// may raise the vector as well.
  static func endsHostFunction(_ frame: UnsafeMutablePointer<interrupt_frame>) -> Bool {
    is_overlay_abort_pending() != 0 && BootInformation.isImage(frame.pointee.rip)
  }

  #if UIO_HARDENED
    /// Whether an NMI was the watchdog's.
    static func takesNonMaskable(_ frame: UnsafeMutablePointer<interrupt_frame>) -> Bool {
      switch Watchdog.judge(isRunning: isOverlayInterrupted) {
      case .none: return false
      case .well: return true
      case .stalled:
        if host_call_depth_now() == 0 { abort(frame, .interruptsOff, at: frame.pointee.rip) }
        return true
      }
    }
  #endif

  #if UIO_SERVICES
    nonisolated(unsafe) private static var refused: UInt64?

    /// For services: the extension ends when its call is done.
    static func refuse(_ argument: UInt64) {
      refused = refused ?? argument
      set_overlay_abort_pending(1)
    }
  #endif

  static func budgetSpent(_ frame: UnsafeMutablePointer<interrupt_frame>) {
    #if UIO_SERVICES
      #if UIO_RING3
        showCaller(in: frame)
      #endif
      if let refused, isOverlayInterrupted {
        abort(frame, .argument, at: frame.pointee.rip)
        watch.report?.address = refused
        return
      }
    #endif
    if isOverlayInterrupted { abort(frame, .budget, at: frame.pointee.rip) }
  }

  private static func abort(_ frame: UnsafeMutablePointer<interrupt_frame>, _ cause: Cause, at place: UInt64) {
    guard watch.report == nil else { return }
    let f = frame.pointee
    let isPageFault = cause == .fault && f.vector == Exception.pageFault
    let address = isPageFault ? read_cr2() : 0
    watch.report = Report(
      cause: cause, vector: f.vector, errorCode: f.error_code, instruction: place, address: address,
      key: isPageFault ? PageTables.key(of: address) : 0, pkru: f.pkru,
      isStackOverrun: isPageFault && OverlayMemory.isOverrun(address, stackPointer: f.rsp), caller: caller(f))
    watch.isRunning = false
    frame.pointee.rip = overlay_abort_address()
    #if UIO_RING3
      frame.pointee.cs = Descriptors.code
      frame.pointee.ss = Descriptors.data
    #endif
    frame.pointee.rflags = watch.isInterposed ? f.rflags & runningFlags : runningFlags
    frame.pointee.pkru = 0
  }

  #if UIO_RING3
    /// The processor itself says who was interrupted: nobody else writes to its stacks.
    private static func isOverlays(_ f: interrupt_frame) -> Bool { f.cs & 3 == 3 }

    /// In the frame of the gate's own INT, which ends a service: the extension's SYSCALL instead of the gate, for the report.
    private static func showCaller(in frame: UnsafeMutablePointer<interrupt_frame>) {
      let syscallBytes: UInt64 = 2
      frame.pointee.rip = overlay_instruction_now() &- syscallBytes
      frame.pointee.rsp = overlay_stack_pointer_now()
      frame.pointee.rbp = overlay_frame_pointer_now()
    }

    /// The innermost return address into the overlay, if the instruction is not in it. Stack and frame pointer are the extension's.
    private static func caller(_ f: interrupt_frame) -> UInt64 {
      guard !OverlayMemory.contains(f.rip) else { return 0 }
      // Stubs have no frame, and neither has a wrong address that was called.
      if let place = UserPages.word(at: f.rsp), OverlayMemory.contains(place) { return place }
      var frame = f.rbp
      for _ in 0..<framesMax {
        guard let place = UserPages.word(at: frame &+ 8), let next = UserPages.word(at: frame) else { return 0 }
        if OverlayMemory.contains(place) { return place }
        frame = next
      }
      return 0
    }
  #else
    private static func isOverlays(_ f: interrupt_frame) -> Bool { true }

    /// The innermost return address into the overlay, if the instruction is not in it.
    private static func caller(_ f: interrupt_frame) -> UInt64 {
      guard !OverlayMemory.contains(f.rip) else { return 0 }
      // After a call to a wrong address nothing but the return address has been pushed.
      if !BootInformation.isImage(f.rip) {
        let place = PageTables.isMapped(f.rsp, bytes: 8) ? volatile_read64(f.rsp) : 0
        return OverlayMemory.contains(place) ? place : 0
      }
      var frame = f.rbp
      for _ in 0..<framesMax {
        guard frame % 8 == 0, PageTables.isMapped(frame, bytes: 16) else { return 0 }
        let place = volatile_read64(frame &+ 8)
        if OverlayMemory.contains(place) { return place }
        frame = volatile_read64(frame)
      }
      return 0
    }
  #endif
}

extension Exception {
  /// Everything that an instruction of the overlay raises without INT; not NMI, #DF, machine checks and interrupts. Where handlers
  /// believe no frame an extension may have made one of any vector up: then all but the watchdog's are its own.
  static func isContainable(_ vector: UInt64) -> Bool {
    #if UIO_HARDENED
      return vector < Vector.exceptionsEnd && vector != nonMaskable
    #else
      switch vector {
      case nonMaskable, doubleFault, machineCheck: return false
      default: return vector < Vector.exceptionsEnd
      }
    #endif
  }
}
