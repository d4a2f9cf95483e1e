import GuestApplications
import GuestBoot

/// The application `requests`: serves the requests that it makes itself, one after the other and as fast as it can.
///
/// Its state and the steps of a request are C's (Applications/requests.c). Threads are not preempted, so the server asks between two
/// requests whether another one has something to do, which costs a look at one byte unless an interrupt came.
enum RequestsApplication {
  private static var period: UInt64 { 1_000_000_000 }

  static func run() -> Never {
    let limit = KernelCommandLine.number("uio.requests=", 0, in: 0...UInt64.max)
    start()
    var due = Clock.now &+ period
    while limit == 0 || served_requests() < limit {
      serve_request()
      if Scheduler.isInterrupted {
        Scheduler.letOthersRun(until: due)
        reportProgress(&due)
      }
    }
    requests_done()
    reportEnd()
    while true {
      due = max(due &+ period, Clock.now)
      Scheduler.sleep(until: due)
      reportProgress(&due)
    }
  }

  private static func start() {
    let keys = KernelCommandLine.number("uio.request-keys=", 1024, in: 1...65536)
    let bytes = KernelCommandLine.number("uio.request-bytes=", 64, in: 0...UInt64(REQUEST_PAYLOAD_MAX))
    var tableSize: UInt64 = 2
    while tableSize < 2 &* keys { tableSize &*= 2 }
    let words = Int(REQUEST_PAYLOAD_MAX) / 8
    var setup = requests_setup(
      keys: keys, update_percent: KernelCommandLine.number("uio.request-updates=", 50, in: 0...100),
      work: KernelCommandLine.number("uio.request-work=", 0, in: 0...1_000_000_000),
      seed: KernelCommandLine.number("uio.request-seed=", 1, in: 0...UInt64.max),
      table: cleared(request_entry(), Int(tableSize)),
      table_size: tableSize, received: cleared(0, words), sent: cleared(0, words))
    requests_start(&setup, bytes)
  }

  @inline(never)
  private static func cleared<Element>(_ element: Element, _ count: Int) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: count)
    memory.initialize(repeating: element, count: count)
    return memory
  }

  private static func reportEnd() {
    var serial = Serial()
    serial.text("requests: served ")
    serial.decimal(served_requests())
    serial.text(", updates ")
    serial.decimal(served_updates())
    serial.text(", digest ")
    serial.address(served_digest())
    serial.text("\n")
  }

  /// A sign of life, once a second.
  @inline(never)
  private static func reportProgress(_ due: inout UInt64) {
    let now = Clock.now
    guard now >= due else { return }
    due = max(due &+ period, now)
    var serial = Serial()
    serial.text("requests: ")
    serial.decimal(served_requests())
    serial.text(" so far\n")
  }
}
