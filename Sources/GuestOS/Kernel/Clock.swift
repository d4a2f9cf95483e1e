import GuestBoot

/// Time since start, and the timer.
///
/// Time is the time stamp counter's where processor or hypervisor name its frequency; otherwise what the APIC timer has
/// counted, at 1 GHz: the rate on the platforms that do not say.
enum Clock {
  /// The interval of timer interrupts while the overlay runs, in nanoseconds; `uio.tick-us=N`.
  nonisolated(unsafe) private(set) static var tick: UInt64 = 0
  private static var tickDefault: UInt64 { 4000 }
  /// In microseconds. The watchdog takes an extension in which no timer interrupt comes for 55 ms for one that keeps them out.
  private static var tickRange: ClosedRange<UInt64> { 100...20_000 }
  private static var second: UInt64 { 1_000_000_000 }
  /// The longest the 32-bit counter is set to: about four seconds.
  private static var countMax: UInt64 { 0xf000_0000 }
  private static var intervalMin: UInt64 { 1000 }

  nonisolated(unsafe) private static var timeStampFrequency: UInt64 = 0
  nonisolated(unsafe) private static var timeStampStart: UInt64 = 0
  nonisolated(unsafe) private static var started: UInt64 = 0
  /// What the timer counted before it was last started.
  nonisolated(unsafe) private static var counted: UInt64 = 0
  /// From one timer interrupt to the next, if nobody asks for an earlier one. The timer always runs: it may be the clock.
  nonisolated(unsafe) private static var interval: UInt64 = 0
  /// Timer interrupts so far.
  nonisolated(unsafe) private(set) static var ticks: UInt64 = 0

  static func initialize() {
    tick = KernelCommandLine.number("uio.tick-us=", tickDefault, in: tickRange) &* 1000
    timeStampFrequency = Processor.timeStampFrequency ?? 0
    timeStampStart = read_time_stamp()
    tick(every: nil)
  }

  /// Nanoseconds since start.
  static var now: UInt64 {
    guard timeStampFrequency != 0 else { return counted &+ (started &- UInt64(LocalAPIC.timerRemaining)) }
    return multiply_divide(read_time_stamp() &- timeStampStart, second, timeStampFrequency)
  }

  /// Asks for timer interrupts at an interval, or no longer for any if it is nil.
  static func tick(every nanoseconds: UInt64?) {
    interval = nanoseconds ?? countMax
    start(interval)
  }

  /// Asks for a timer interrupt after some time, or earlier if ticks are asked for.
  static func wake(after nanoseconds: UInt64) { start(min(nanoseconds, interval)) }

  /// For the handler of the timer's interrupt.
  static func timerExpired() {
    ticks &+= 1
    start(interval)
  }

  #if UIO_PKS
    /// When the timer has been switched off and on.
    static func restart() { start(interval) }
  #endif

  /// With interrupts off: the timer's handler does the same.
  private static func start(_ nanoseconds: UInt64) {
    counted &+= started &- UInt64(LocalAPIC.timerRemaining)
    started = min(max(nanoseconds, intervalMin), countMax)
    LocalAPIC.startTimer(UInt32(truncatingIfNeeded: started))
  }
}
