import SimEvents

/// A run in two phases, as simulators of distributed systems have it: until a time faults happen and only the rules are looked at; from
/// then on there are none, and the guest must make progress.
public struct Liveness: Equatable, Sendable {
  /// Faults and the script end at this virtual time.
  public var from: VirtualDuration
  /// How long after that progress may take.
  public var within: VirtualDuration

  /// Longer than the shipped guest waits for an answer that was lost.
  static let patience = VirtualDuration(nanoseconds: 40_000_000_000)
  static let table = KeyTable(name: "liveness", keys: ["from", "within"], required: ["from"])

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems),
      let from = reader.duration("from")
    else { return nil }
    self.from = from
    within = reader.duration("within") ?? Self.patience
    for (key, time) in [("from", from), ("within", within)] where time.nanoseconds == 0 {
      reader.complain(key, "is 0", "give it some virtual time")
    }
  }
}

extension Scenario {
  /// The consoles that have to show something when the faults have ended: those that the script types into, and the application's.
  var livingConsoles: [Console] {
    let typed = typedConsoles
    let hasOwn = machine.devices.contains(.console)
    return Console.allCases.filter { typed.contains($0) || $0 == .serial && (hasOwn || typed.isEmpty) }
  }

  /// The consoles that the script types into.
  var typedConsoles: [Console] {
    Console.allCases.filter { console in
      script.contains { if case .send = $0.action { $0.console == console } else { false } }
    }
  }
}
