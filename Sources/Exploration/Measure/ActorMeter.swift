import SimEvents

/// Shares the time of a run out among those who act.
struct ActorMeter {
  /// Who is told apart. What an exception's handler does for the unikernel itself is the unikernel's.
  enum Share: String, CaseIterable {
    case unikernel, handler, gate, hostFunction, `extension`, idle

    init(_ actor: Actor) {
      switch actor {
      case .unknown, .unikernel, .application: self = .unikernel
      case .handler: self = .handler
      case .gate: self = .gate
      case .hostFunction: self = .hostFunction
      case .extension: self = .extension
      }
    }
  }

  private(set) var cycles = [UInt64](repeating: 0, count: Share.allCases.count)
  private(set) var instructions = [UInt64](repeating: 0, count: Share.allCases.count)
  private var share = Share.unikernel
  private var last: (time: UInt64, instruction: UInt64) = (0, 0)

  mutating func advance(to time: UInt64, _ instruction: UInt64) {
    let place = Share.allCases.firstIndex(of: share)!
    // A halted processor's time is given away before it has passed.
    if time > last.time {
      cycles[place] += time - last.time
      last.time = time
    }
    instructions[place] += instruction - last.instruction
    last.instruction = instruction
  }

  mutating func note(_ event: Event) {
    advance(to: event.time, event.instruction)
    switch event.payload {
    case .crossing(_, _, let to, _, _): share = Share(to)
    case .halt(let until) where until > last.time:
      cycles[Share.allCases.firstIndex(of: .idle)!] += until - last.time
      last.time = until
    default: break
    }
  }
}
