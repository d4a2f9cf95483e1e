import GuestApplications
import GuestBoot

/// uIO's application `count`: prints a number on COM1 each second, and counts up.
///
/// Its state and the functions that others may call or trace are C's (Applications/count.c), as an application's are.
enum CountApplication {
  private static var period: UInt64 { 1_000_000_000 }

  static func run() -> Never {
    var due = Clock.now
    while true {
      let number = get_count()
      set_count(number &+ 1)
      var serial = Serial()
      serial.decimal(number)
      serial.text("\n")
      // An extension that ran for long has made it late: what was missed is not made up for.
      due = max(due &+ period, Clock.now)
      Scheduler.sleep(until: due)
    }
  }
}
