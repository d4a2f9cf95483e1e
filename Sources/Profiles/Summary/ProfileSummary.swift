import SimEvents
import SimMachine

/// A profile's totals: by who acted, by function, by line of source.
public struct ProfileSummary: Sendable {
  public struct Line: Equatable, Sendable {
    public var name: String
    /// Where it was itself, in cycles.
    public var own: UInt64
    /// And where it had called somebody who was; as ``own`` where that means nothing.
    public var total: UInt64
    /// Instructions retired in it.
    public var instructions: UInt64
  }

  /// Virtual time in cycles: the run's.
  public var cycles: UInt64
  /// Of them those in which the processor was halted.
  public var idle: UInt64
  public var instructions: UInt64
  public var hertz: UInt64
  /// Those with the most time of their own first; all of them have together what the run has. Idle time is not among them.
  public var actors: [Line]
  public var symbols: [Line]
  /// Of code whose lines are known, and otherwise of its function.
  public var lines: [Line]

  /// - Parameter lines: tells `file:line` of a place, if it is known.
  public init(_ profile: TimeProfile, line: (Int) -> String? = { _ in nil }) {
    cycles = profile.cycles
    instructions = profile.instructions
    hertz = profile.hertz
    idle = profile.entries.reduce(0) { $1.use == .idle ? $0 + $1.cycles : $0 }
    var (actors, symbols, lines) = (Table<Actor>(), Table<Int>(), Table<String>())
    var callers: [Int: [Int]] = [:]
    for entry in profile.entries where entry.use != .idle {
      actors.add(entry, to: entry.actor)
      let function = profile.functionOfPlace[entry.place]
      symbols.add(entry, to: function)
      if callers[entry.stack] == nil { callers[entry.stack] = Self.functions(of: entry.stack, profile) }
      for caller in callers[entry.stack] ?? [] where caller != function { symbols.addTotal(entry, to: caller) }
      lines.add(entry, to: line(entry.place) ?? profile.functions[function])
    }
    self.actors = actors.lines { $0.description }
    self.symbols = symbols.lines { profile.functions[$0] }
    self.lines = lines.lines { $0 }
  }

  /// Each once, however often it calls itself.
  private static func functions(of stack: Int, _ profile: TimeProfile) -> [Int] {
    var functions: Set<Int> = []
    for case .function(let function) in profile.frames(of: stack) { functions.insert(function) }
    return functions.sorted()
  }

  private struct Table<Key: Hashable> {
    private var rows: [Key: Line] = [:]

    mutating func add(_ entry: TimeProfile.Entry, to key: Key) {
      rows[key, default: .empty].own += entry.cycles
      rows[key, default: .empty].total += entry.cycles
      rows[key, default: .empty].instructions += entry.count
    }

    mutating func addTotal(_ entry: TimeProfile.Entry, to key: Key) { rows[key, default: .empty].total += entry.cycles }

    func lines(_ name: (Key) -> String) -> [Line] {
      rows.map { key, row in
        var line = row
        line.name = name(key)
        return line
      }.sorted { ($1.own, $1.total, $0.name) < ($0.own, $0.total, $1.name) }
    }
  }
}

extension ProfileSummary.Line {
  fileprivate static let empty = ProfileSummary.Line(name: "", own: 0, total: 0, instructions: 0)
}
