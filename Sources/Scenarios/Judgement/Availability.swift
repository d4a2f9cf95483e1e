import SimEvents

/// I9: what an extension did to the machine's and the application's life.
struct Availability {
  /// Silence for as long as this many of the longest pauses that the application made by itself is no bad luck.
  private static let pausesMax: UInt64 = 2

  /// The application's console, if it has one of its own.
  let console: Console?
  /// A second, in cycles: shorter pauses are those within a line.
  private let second: UInt64
  private var lastSign: UInt64?
  private var longestPause: UInt64 = 0
  private var lastExtension: (name: String, event: Event, number: UInt64)?
  private(set) var running: (name: String, event: Event, number: UInt64)?
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
      lastSign = event.time
    case .crossing(.enter, _, .extension(let name), _, _): running = (name, event, number)
    case .crossing(.leave, .extension(let name), _, _, _), .crossing(.abort, .extension(let name), _, _, _):
      lastExtension = (name, event, number)
      running = nil
    case .debugExit, .tripleFault: end = (event, number)
    case .halt: halt = (event, number)
    default: break
    }
  }

  /// The extension since which the application has been silent for longer than it ever was before, if that is so: one that
  /// runs still, or the last one that ended.
  func starved(until end: UInt64) -> (name: String, event: Event, number: UInt64)? {
    guard let last = running ?? lastExtension, console != nil, let lastSign else { return nil }
    let usual = max(longestPause, second)
    return end &- max(last.event.time, lastSign) > Self.pausesMax &* usual ? last : nil
  }
}
