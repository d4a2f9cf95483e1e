import SimEvents
import SimMachine

/// An extension, and an event of its that has this number.
typealias ExtensionEvent = (name: String, event: Event, number: UInt64)

/// I9: what an extension did to the machine's and the application's life.
struct Availability {
  /// Silence for as long as this many of the longest pauses that the application made by itself is no bad luck.
  private static let pausesMax: UInt64 = 2

  /// The application's console, if it has one of its own.
  let console: Console?
  /// A second, in cycles: shorter pauses are those within a line.
  private let second: UInt64
  private var lastSign: UInt64?
  /// The first extension that ran since then, and how long extensions have run in all since then, but for one that runs still.
  private var firstSinceSign: ExtensionEvent?
  private var ranSinceSign: UInt64 = 0
  /// The application came back from a silence that was longer than it may be.
  private var starvation: ExtensionEvent?
  private var longestPause: UInt64 = 0
  private var lastExtension: ExtensionEvent?
  private(set) var running: ExtensionEvent?
  /// Who ended the machine.
  private(set) var end: (event: Event, number: UInt64)?
  private(set) var halt: (event: Event, number: UInt64)?

  init(console: Console?, second: UInt64) {
    self.console = console
    self.second = second
  }

  mutating func fold(_ event: Event, _ number: UInt64) {
    switch event.payload {
    case .consoleOutput(let shown, _) where shown == console && !event.actor.isExtension:
      if let lastSign, lastExtension == nil, running == nil { longestPause = max(longestPause, event.time &- lastSign) }
      noteRun(until: event.time)
      if let first = firstSinceSign, isTooLong(ranSinceSign) { starvation = starvation ?? first }
      (lastSign, firstSinceSign, ranSinceSign) = (event.time, running, 0)
    case .crossing(.enter, _, .extension(let name), _, _):
      running = (name, event, number)
      firstSinceSign = firstSinceSign ?? running
    case .crossing(.leave, .extension(let name), _, _, _), .crossing(.abort, .extension(let name), _, _, _):
      noteRun(until: event.time)
      lastExtension = (name, event, number)
      running = nil
    case .debugExit, .tripleFault: end = (event, number)
    case .portAccess(let port, let size, let value, true) where Self.resets(port, Int(size), value):
      end = (event, number)
    case .halt: halt = (event, number)
    default: break
    }
  }

  /// A wide access is one for each byte, at ports that follow one another.
  private static func resets(_ port: UInt16, _ size: Int, _ value: UInt32) -> Bool {
    (0..<size).contains { Machine.isReset(port &+ UInt16($0), UInt8(truncatingIfNeeded: value >> UInt32(8 * $0))) }
  }

  /// The extension since which the application is or was silent for longer than it ever was before, if that is so: the first one of
  /// those that ran for all of such a silence that has ended, or one that runs still, or the last one that ended.
  func starved(until end: UInt64) -> ExtensionEvent? {
    if let starvation { return starvation }
    guard let last = running ?? lastExtension, let lastSign else { return nil }
    return isTooLong(end &- max(last.event.time, lastSign)) ? last : nil
  }

  private func isTooLong(_ silence: UInt64) -> Bool {
    console != nil && lastSign != nil && silence > Self.pausesMax &* max(longestPause, second)
  }

  /// Of a silence, only the time in which extensions ran is theirs: the unikernel may take as long for what was asked of it.
  private mutating func noteRun(until time: UInt64) {
    guard let running else { return }
    ranSinceSign &+= time &- max(running.event.time, lastSign ?? 0)
  }
}
