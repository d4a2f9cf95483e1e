import SimEvents

/// One step of a script: something typed, or something awaited within a limit of virtual time.
public struct ScriptStep: Equatable, Sendable, CustomStringConvertible {
  public enum Action: Equatable, Sendable {
    case send(line: String)
    case expect(text: String)
    case expectPattern(Pattern)
    case wait(VirtualDuration)
    case waitForEvent(EventFilter, count: UInt64)
    case waitForSymbol(String, hits: UInt64)
  }

  public var action: Action
  /// The console that is typed into or read.
  public var console: Console
  /// The limit of an awaiting step, from its start.
  public var within: VirtualDuration
  /// Whether the script ends where an awaiting step waits in vain; else it goes on with the next step.
  public var isRequired: Bool

  public init(
    _ action: Action, console: Console = .virtio, within: VirtualDuration = defaultLimit, isRequired: Bool = true
  ) {
    self.action = action
    self.console = console
    self.within = within
    self.isRequired = isRequired
  }

  /// Longer than any answer of the shipped guest takes.
  public static let defaultLimit = VirtualDuration(nanoseconds: 5_000_000_000)
  static let lineBytesMax = 4096

  /// The keys that say what a step does; a step has exactly one of them.
  static let actionKeys = ["send", "expect", "expectPattern", "wait", "waitForEvent", "waitForSymbol"]
  static let table = KeyTable(name: "step", keys: actionKeys + ["within", "console", "hits", "required"])
  static let eventTable = KeyTable(name: "awaitedEvent", keys: EventFilter.keys + ["count"], required: ["kind"])

  init?(_ node: JSONNode, path: String, console: Console, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    let actions = Self.actionKeys.filter { reader[$0] != nil }
    guard let key = actions.first, actions.count == 1 else {
      problems.add(
        node, path, actions.isEmpty ? "does nothing" : "does several things: \(actions.joined(separator: ", "))",
        "give each step exactly one of \(Self.actionKeys.joined(separator: ", "))")
      return nil
    }
    guard let action = Self.action(key, reader) else { return nil }
    self.action = action
    self.console = reader.word("console", ConsoleName.self, noun: "console")?.console ?? console
    within = reader.duration("within") ?? Self.defaultLimit
    isRequired = reader.boolean("required") ?? true
    Self.checkModifiers(of: key, reader)
  }

  private static func action(_ key: String, _ reader: ObjectReader) -> Action? {
    switch key {
    case "send":
      guard let line = reader.string(key) else { return nil }
      if line.utf8.count > lineBytesMax {
        reader.complain(key, "is longer than \(lineBytesMax) bytes", "send it in parts")
      }
      return .send(line: line)
    case "expect":
      guard let text = reader.string(key) else { return nil }
      if text.isEmpty { reader.complain(key, "is empty and so always there", "write the text to wait for") }
      return .expect(text: text)
    case "expectPattern":
      return readPattern(reader, key).map { .expectPattern($0) }
    case "wait":
      return reader.duration(key).map { .wait($0) }
    case "waitForEvent":
      guard let node = reader[key],
        let event = ObjectReader(node, path: reader.path(key), table: eventTable, problems: reader.problems),
        let filter = EventFilter(event)
      else { return nil }
      return .waitForEvent(filter, count: event.integer("count", in: 1...UInt64(UInt32.max)) ?? 1)
    default:
      guard let symbol = reader.string(key) else { return nil }
      return .waitForSymbol(symbol, hits: reader.integer("hits", in: 1...UInt64(UInt32.max)) ?? 1)
    }
  }

  /// A modifier that the action ignores would be a silent mistake.
  private static func checkModifiers(of key: String, _ reader: ObjectReader) {
    let allowed: [String: [String]] = [
      "send": ["console"], "expect": ["console", "within", "required"],
      "expectPattern": ["console", "within", "required"], "wait": [], "waitForEvent": ["within", "required"],
      "waitForSymbol": ["within", "hits", "required"],
    ]
    for modifier in ["within", "console", "hits", "required"]
    where reader[modifier] != nil && !(allowed[key] ?? []).contains(modifier) {
      reader.complain(modifier, "means nothing beside \"\(key)\"", "take it away")
    }
  }

  public var description: String {
    switch action {
    case .send(let line): "send \"\(line)\""
    case .expect(let text): "expect \"\(text)\""
    case .expectPattern(let pattern): "expect pattern /\(pattern.source)/"
    case .wait(let duration): "wait \(duration)"
    case .waitForEvent(let filter, let count): "wait for event \(filter)\(count == 1 ? "" : ", \(count) times")"
    case .waitForSymbol(let symbol, let hits): "wait for symbol \(symbol)\(hits == 1 ? "" : ", \(hits) hits")"
    }
  }
}

/// The consoles as a scenario names them.
enum ConsoleName: String, CaseIterable {
  case serial, virtio

  var console: Console { self == .serial ? .serial : .virtio }
}

/// Reads and compiles a pattern; a mistake in it is a problem of the scenario.
func readPattern(_ reader: ObjectReader, _ key: String) -> Pattern? {
  guard let text = reader.string(key), let node = reader[key] else { return nil }
  return compilePattern(text, at: node, path: reader.path(key), problems: reader.problems)
}

func compilePattern(_ text: String, at node: JSONNode, path: String, problems: ProblemList) -> Pattern? {
  do {
    let pattern = try Pattern(text)
    if PatternMatcher(pattern).isMatched {
      problems.add(node, path, "matches the empty text and so always", "write a pattern that needs some text")
    }
    return pattern
  } catch {
    problems.add(
      node, path, "at character \(error.offset + 1): \(error.problem)", "see docs/scenario-format.md, Patterns")
    return nil
  }
}
