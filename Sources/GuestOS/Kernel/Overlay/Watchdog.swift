#if UIO_HARDENED
  import GuestBoot

  /// Ends an extension that keeps the timer's interrupt out, by a CLI, POPF or IRET that nobody can find in its code.
  ///
  /// The 8254's channel 0 raises an NMI through the I/O APIC every 55 ms, whatever IF is. Its handler gives an extension's code IF back, as
  /// all handlers do, so that the timer comes and the budget counts. Who goes on in a handler's code instead, where IF is left as it is, is
  /// stopped at the second NMI without an interrupt of the timer: one may have come upon a handler that is about to serve the timer, and
  /// some 8254s raise one when they are started.
  ///
  /// It begins with the first run and stops by itself when nothing has run in an interval: an application without extensions pays nothing.
  /// A platform without an 8254 has no watchdog.
  enum Watchdog {
    /// Of the I/O APIC: where the 8254 is.
    private static var line: UInt32 { 2 }
    private static var channel: UInt16 { 0x40 }
    private static var command: UInt16 { 0x43 }
    /// Channel 0, both bytes, mode 2: a pulse each time the counter has run out.
    private static var rateGenerator: UInt8 { 0x34 }
    private static var latchCount: UInt8 { 0 }
    /// A millisecond of its clock of 1,193,182 Hz: an NMI that is seen later than this behind the pulse tells nothing.
    private static var countsMax: UInt16 { 1193 }

    nonisolated(unsafe) private static var isTicking = false
    /// At the last NMI, or when it began: how many runs had begun, and how many interrupts of the timer had come.
    nonisolated(unsafe) private static var runsThen: UInt64 = 0
    nonisolated(unsafe) private static var ticksThen: UInt64 = 0
    nonisolated(unsafe) private static var runs: UInt64 = 0
    nonisolated(unsafe) private static var wasSilent = false
    /// Until the first NMI: there has been no pulse yet that an INT 2 could pretend to be.
    nonisolated(unsafe) private static var isStarting = false

    static func initialize() { IOAPIC.address(line: line) }

    /// Before an extension is entered, with interrupts off.
    static func enter() {
      runs &+= 1
      guard !isTicking else { return }
      (isTicking, isStarting) = (true, true)
      note()
      port_write8(command, rateGenerator)
      port_write8(channel, 0)
      port_write8(channel, 0)
      // A firmware may have left the channel running.
      IOAPIC.setNonMaskable(line: line, true)
    }

    enum Verdict {
      /// Nothing of its own, or too late to tell.
      case none
      case well
      /// The extension that runs keeps interrupts out.
      case stalled
    }

    /// For the handler of an NMI.
    ///
    /// - Parameter isRunning: whether an extension is what it came upon, or a service for one.
    static func judge(isRunning: Bool) -> Verdict {
      guard isTicking, countsSincePulse <= countsMax else { return .none }
      if isStarting {
        isStarting = false
        return .none
      }
      let isSilent = isRunning && runs == runsThen && Clock.ticks == ticksThen
      let wasSilent = self.wasSilent
      if !isRunning, runs == runsThen {
        IOAPIC.setNonMaskable(line: line, false)
        isTicking = false
      }
      note()
      self.wasSilent = isSilent
      return isSilent && wasSilent ? .stalled : .well
    }

    /// Whether an NMI of which ``judge(isRunning:)`` knows nothing can be its own: one that came late, when it had just stopped, or behind
    /// an INT 2 that an extension has put in its place.
    static var mayRaise: Bool { runs != 0 }

    private static var countsSincePulse: UInt16 {
      port_write8(command, latchCount)
      let low = UInt16(port_read8(channel))
      return 0 &- (low | UInt16(port_read8(channel)) << 8)
    }

    private static func note() { (runsThen, ticksThen) = (runs, Clock.ticks) }
  }
#endif
