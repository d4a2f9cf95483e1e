import GuestBoot

/// Time since start, and the timer.
///
/// Time is the time stamp counter's where processor or hypervisor name its frequency; otherwise what the APIC timer has
/// counted, at 1 GHz: the rate on the platforms that do not say.
enum Clock {
  /// The interval of timer interrupts while the overlay runs, in nanoseconds.
  static var tick: UInt64 { 4_000_000 }
  private static var second: UInt64 { 1_000_000_000 }
  /// The longest the 32-bit counter is set to: about four seconds.
  private static var countMax: UInt64 { 0xf000_0000 }

  nonisolated(unsafe) private static var timeStampFrequency: UInt64 = 0
  nonisolated(unsafe) private static var timeStampStart: UInt64 = 0
  nonisolated(unsafe) private static var started: UInt64 = 0
  /// What the timer counted before it was last started.
  nonisolated(unsafe) private static var counted: UInt64 = 0
  nonisolated(unsafe) private static var interval: UInt64 = 0
  /// Timer interrupts so far.
  nonisolated(unsafe) private(set) static var ticks: UInt64 = 0

  static func initialize() {
    timeStampFrequency = Processor.timeStampFrequency ?? 0
    timeStampStart = read_time_stamp()
    arm(nanoseconds: .max)
  }

  /// Nanoseconds since start.
  static var now: UInt64 {
    guard timeStampFrequency != 0 else { return counted &+ (started &- UInt64(LocalAPIC.timerRemaining)) }
    return multiply_divide(read_time_stamp() &- timeStampStart, second, timeStampFrequency)
  }

  /// Asks for a timer interrupt after some time, and, if `every` is set, again and again.
  static func arm(nanoseconds: UInt64, every: Bool = false) {
    interval = every ? nanoseconds : 0
    counted &+= started &- UInt64(LocalAPIC.timerRemaining)
    started = min(max(nanoseconds, 1000), countMax)
    LocalAPIC.startTimer(UInt32(truncatingIfNeeded: started))
  }

  /// For the handler of the timer's interrupt.
  static func timerExpired() {
    ticks &+= 1
    arm(nanoseconds: interval == 0 ? .max : interval, every: interval != 0)
  }
}
