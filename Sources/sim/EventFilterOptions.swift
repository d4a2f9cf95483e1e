import ArgumentParser
import Traces

/// Which events a command lists or writes.
struct EventFilterOptions: ParsableArguments {
  @Option(help: "With --events: those of this kind or group (sim diff --help); may be given several times.")
  var kind: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --events: those from this virtual time on: cycles, or a number with ns, us, ms or s.", valueName: "time"),
    transform: TimePoint.parse)
  var from: TimePoint?

  @Option(
    help: ArgumentHelp("With --events: those up to this virtual time, as for --from.", valueName: "time"),
    transform: TimePoint.parse)
  var to: TimePoint?

  @Option(
    help: """
      With --events: those whose instruction or address lies in this symbol or loaded program, or in one that matches.
      """)
  var symbol: String?

  @Option(help: "With --events: those about this protection key: refused accesses, and changes of its rights.")
  var key: UInt8?

  var isEmpty: Bool { kind.isEmpty && from == nil && to == nil && symbol == nil && key == nil }

  func require(_ hasEvents: Bool) throws {
    guard isEmpty || hasEvents else {
      throw ValidationError("filters choose among the events of --events; give it too")
    }
  }

  /// - Parameter hertz: of the run's clock.
  func query(hertz: UInt64) throws -> EventQuery {
    var query = EventQuery()
    let (first, last) = (from?.cycles(hertz: hertz) ?? 0, to?.cycles(hertz: hertz) ?? .max)
    guard first <= last else {
      throw CommandFailure(
        message:
          "--from \(from.map(String.init(describing:)) ?? "") is later than --to \(to.map(String.init(describing:)) ?? "")",
        remedy: "exchange them")
    }
    query.kinds = kind
    query.times = first...last
    (query.symbol, query.key) = (symbol, key)
    return query
  }
}
