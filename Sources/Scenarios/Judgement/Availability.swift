import SimEvents

/// I9 and I10: what an extension did to the machine's and the application's life.
struct Availability {
  /// How often the application is silent for as long as this many of its usual pauses is more than bad luck.
  private static let pausesMax: UInt64 = 4

  /// The application's console, if it has one of its own.
  let console: Console?
  private var lastSign: UInt64?
  private var longestPause: UInt64 = 0
  private var lastExtension: (name: String, event: Event, number: UInt64)?
  private(set) var running: (name: String, event: Event, number: UInt64)?
  private(set) var signsAfterExtension = 0
  /// Who ended the machine.
  private(set) var end: (event: Event, number: UInt64)?
  private(set) var halt: (event: Event, number: UInt64)?

  init(console: Console?) { self.console = console }

  mutating func fold(_ event: Event, _ number: UInt64) {
    switch event.payload {
    case .consoleOutput(let shown, _) where shown == console && !event.actor.isExtension:
      if let lastSign, lastExtension == nil { longestPause = max(longestPause, event.time &- lastSign) }
      lastSign = event.time
      signsAfterExtension += 1
    case .crossing(.enter, _, .extension(let name), _, _): running = (name, event, number)
    case .crossing(.leave, .extension(let name), _, _, _), .crossing(.abort, .extension(let name), _, _, _):
      lastExtension = (name, event, number)
      running = nil
      signsAfterExtension = 0
    case .debugExit, .tripleFault: end = (event, number)
    case .halt: halt = (event, number)
    default: break
    }
  }

  /// The extension after whose end the application was silent for longer than it ever was before, if that is so.
  func starved(until end: UInt64) -> (name: String, event: Event, number: UInt64)? {
    guard let last = lastExtension, console != nil, signsAfterExtension == 0, longestPause > 0, lastSign != nil,
      end &- last.event.time > Self.pausesMax &* longestPause
    else { return nil }
    return last
  }
}
