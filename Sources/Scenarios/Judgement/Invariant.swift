import SimEvents

/// One rule as a fold over the events of a run.
protocol Invariant {
  var rule: Rule { get }
  /// The kinds of events that it looks at.
  var kinds: EventKinds { get }
  /// Takes in an event; tells what breaks the rule, in a few words.
  mutating func fold(_ event: Event) -> String?
}

extension Actor {
  /// Whether the actor does the will of an extension: its own code, a gate, or a function that a gate called.
  var servesExtension: Bool {
    switch self {
    case .extension, .hostFunction, .gate: true
    default: false
    }
  }
}
