import SimEvents

/// What must hold at the end of a run.
public struct ExpectationSpecification: Equatable, Sendable {
  public var outcome = Outcome.completed
  public var console = ConsoleText()
  public var memory: [MemoryValue] = []
  public var events: [EventCount] = []
  /// The value that the guest must have written to the debug-exit port.
  public var exitCode: UInt32?

  /// Conditions on all that a console showed, from the start to the end of the run.
  public struct ConsoleText: Equatable, Sendable {
    public var contains: [String] = []
    public var matches: [Pattern] = []
    public var lacks: [String] = []

    public init() {}

    static let table = KeyTable(name: "expectedConsole", keys: ["contains", "matches", "lacks"])
  }

  /// The value of a variable of the guest.
  public struct MemoryValue: Equatable, Sendable {
    public var symbol: String
    /// Bytes from the symbol's address.
    public var offset: UInt64 = 0
    /// 1, 2, 4 or 8 bytes, little-endian.
    public var size: UInt64 = 8
    public var equals: UInt64
    /// Whether the isolation design promises this value: another one is then an escape.
    public var guarded = false
    /// Where in the scenario, for a problem that only the image shows.
    public var path: String
    public var position: JSONPosition?

    static let table = KeyTable(
      name: "expectedMemory", keys: ["symbol", "offset", "size", "equals", "guarded"], required: ["symbol", "equals"])
  }

  /// How often an event must occur.
  public struct EventCount: Equatable, Sendable {
    public var filter: EventFilter
    public var min: UInt64
    public var max: UInt64?

    static let table = KeyTable(name: "expectedEvent", keys: EventFilter.keys + ["min", "max"], required: ["kind"])
  }

  public init() {}

  static let table = KeyTable(name: "expect", keys: ["outcome", "console", "memory", "events", "exitCode"])

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    outcome = reader.word("outcome", Outcome.self, noun: "outcome") ?? .completed
    exitCode = reader.integer("exitCode", in: 0...UInt64(UInt32.max)).map { UInt32($0) }
    if let node = reader["console"] {
      console = ConsoleText(node, path: reader.path("console"), problems: problems) ?? console
    }
    memory = reader.elements("memory").compactMap { MemoryValue($0.node, path: $0.path, problems: problems) }
    events = reader.elements("events").compactMap { EventCount($0.node, path: $0.path, problems: problems) }
  }
}

extension ExpectationSpecification.ConsoleText {
  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    contains = reader.strings("contains")
    lacks = reader.strings("lacks")
    for (node, path) in reader.elements("matches") {
      guard case .string(let text) = node.value else {
        problems.add(node, path, "is \(node.kindName)", "write a pattern as a string")
        continue
      }
      if let pattern = compilePattern(text, at: node, path: path, problems: problems) { matches.append(pattern) }
    }
    if contains.contains("") || lacks.contains("") {
      problems.add(node, path, "the empty text is in everything", "write the text that is meant")
    }
    for text in contains {
      for forbidden in lacks where !forbidden.isEmpty && text.contains(forbidden) {
        problems.add(
          node, path, "\"\(text)\" must be there and \"\(forbidden)\" in it must not: this can never hold",
          "take one of them away")
      }
    }
  }
}

extension ExpectationSpecification.MemoryValue {
  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    size = reader.integer("size", in: 1...8, unit: "bytes") ?? 8
    if size.nonzeroBitCount != 1 {
      reader.complain("size", "\(size) is no size of a value", "give 1, 2, 4 or 8")
      return nil
    }
    offset = reader.integer("offset", in: 0...UInt64(UInt32.max), unit: "bytes") ?? 0
    guarded = reader.boolean("guarded") ?? false
    let largest = size == 8 ? UInt64.max : (1 << (size * 8)) - 1
    guard let symbol = reader.string("symbol"), let equals = reader.integer("equals", in: 0...largest) else {
      return nil
    }
    self.symbol = symbol
    self.equals = equals
    self.path = path
    position = node.position
  }
}

extension ExpectationSpecification.EventCount {
  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems),
      let filter = EventFilter(reader)
    else { return nil }
    self.filter = filter
    max = reader.integer("max")
    min = reader.integer("min") ?? (max == 0 ? 0 : 1)
    if let max, max < min {
      reader.complain("max", "at least \(min) and at most \(max) can never hold", "make max the larger one")
    }
  }
}
