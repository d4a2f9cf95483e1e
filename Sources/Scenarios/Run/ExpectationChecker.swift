import SimEvents
import TerminalText

/// Checks a scenario's expectations: folds over the events during the run, and looks at memory at its end.
public final class ExpectationChecker: EventSink {
  let expect: ExpectationSpecification
  /// For each text or pattern one matcher for each console.
  private var wanted: [ConsoleSearch]
  private var forbidden: [ConsoleSearch]
  private var counts: [UInt64]
  private var exitCode: UInt32?
  private let hidden: Set<EventKind>

  private struct ConsoleSearch {
    let name: String
    var matchers: [PatternMatcher]

    init(_ pattern: Pattern, name: String) {
      self.name = name
      matchers = Console.allCases.map { _ in PatternMatcher(pattern) }
    }

    var isMatched: Bool { matchers.contains(where: \.isMatched) }

    mutating func feed(_ bytes: [UInt8], of console: Console) {
      let index = Int(console.rawValue)
      for byte in bytes where matchers[index].feed(byte) { return }
    }

    mutating func finish() {
      for index in matchers.indices { matchers[index].finish() }
    }
  }

  /// - Parameter hidden: kinds of events that the machine does not show, whose counts are therefore not checked.
  public init(_ expect: ExpectationSpecification, hidden: Set<EventKind> = []) {
    self.expect = expect
    self.hidden = hidden
    wanted =
      expect.console.contains.map { ConsoleSearch(Pattern(literal: $0), name: "\"\($0.terminalLine)\"") }
      + expect.console.matches.map { ConsoleSearch($0, name: "a match of /\($0.source.terminalLine)/") }
    forbidden = expect.console.lacks.map { ConsoleSearch(Pattern(literal: $0), name: "\"\($0.terminalLine)\"") }
    counts = expect.events.map { _ in 0 }
  }

  public var kinds: EventKinds { EventKinds(expect.events.map(\.filter.kind) + [.consoleOutput, .debugExit]) }

  public func record(_ event: Event) {
    if case .consoleOutput(let console, let bytes) = event.payload {
      for index in wanted.indices { wanted[index].feed(bytes, of: console) }
      for index in forbidden.indices { forbidden[index].feed(bytes, of: console) }
    }
    if case .debugExit(let value) = event.payload { exitCode = value }
    for (index, count) in expect.events.enumerated() where count.filter.matches(event) {
      counts[index] &+= 1
    }
  }

  /// All expectations that do not hold but those of the outcome and of memory.
  public func unmet() -> [UnmetExpectation] {
    var unmet: [UnmetExpectation] = []
    for index in wanted.indices {
      wanted[index].finish()
      if !wanted[index].isMatched { unmet.append(.init("no console showed \(wanted[index].name)")) }
    }
    for index in forbidden.indices where forbidden[index].isMatched {
      unmet.append(.init("a console showed \(forbidden[index].name)"))
    }
    for (index, wanted) in expect.events.enumerated() where !hidden.contains(wanted.filter.kind) {
      let count = counts[index]
      guard count < wanted.min || count > wanted.max ?? .max else { continue }
      let range = wanted.max.map { $0 == wanted.min ? "\($0)" : "\(wanted.min) to \($0)" } ?? "at least \(wanted.min)"
      let expected = "event \(wanted.filter): expected \(range)"
      let side = count < wanted.min ? "too few" : "too many"
      unmet.append(.init("\(expected), counted \(count)", subject: "\(expected), \(side)"))
    }
    if let code = expect.exitCode, code != exitCode {
      let expected = "exit code: expected \(code)"
      let found = exitCode.map { "got \($0)" } ?? "the guest did not exit"
      unmet.append(.init("\(expected), \(found)", subject: expected))
    }
    return unmet
  }

  /// The expectations that could not be checked, since the machine hides what they speak of; a line each.
  public var unchecked: [String] {
    expect.events.filter { hidden.contains($0.filter.kind) }.map {
      "not checked, as this engine does not show it: event \($0.filter)"
    }
  }

  /// Compares variables of the guest; `guarded` are those of variables that the scenario guards.
  func compareMemory(
    addresses: [String: UInt64], read: (_ address: UInt64, _ count: Int) -> [UInt8]?
  ) -> (guarded: [MemoryDifference], others: [MemoryDifference]) {
    var guarded: [MemoryDifference] = []
    var others: [MemoryDifference] = []
    for value in expect.memory {
      guard let symbol = addresses[value.symbol] else {
        preconditionFailure("\(value.symbol) was not looked up before the run")
      }
      let address = symbol &+ value.offset
      let place = value.offset == 0 ? value.symbol : "\(value.symbol)+\(value.offset)"
      let found: String
      if let bytes = read(address, Int(value.size)) {
        let number = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        if number == value.equals { continue }
        found = "is \(number)"
      } else {
        found = "is not mapped"
      }
      let difference = MemoryDifference(
        symbol: value.symbol,
        unmet: UnmetExpectation(
          "\(place) \(found), expected \(value.equals)", subject: "\(place): expected \(value.equals)"))
      if value.guarded { guarded.append(difference) } else { others.append(difference) }
    }
    return (guarded, others)
  }
}
