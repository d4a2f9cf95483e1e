import Scenarios
import SimEvents

/// Something that a run does again and again, such as to serve a request: from one moment to another.
public struct SpanSpecification: Equatable, Sendable {
  public var name: String
  public var from: SpanMoment
  public var to: SpanMoment
  /// So many occurrences at the beginning do not count, as things are cold then.
  public var skip: UInt64
  /// Only this occurrence counts, from 1; nil: all.
  public var occurrence: UInt64?

  static let table = KeyTable(
    name: "span", keys: ["name", "from", "to", "skip", "occurrence"], required: ["name", "from", "to"])

  static func list(_ outer: ObjectReader) -> [SpanSpecification] {
    guard let node = outer["measure"],
      let reader = ObjectReader(
        node, path: "$.measure", table: ExplorationFile.measureTable, problems: outer.problems)
    else { return [] }
    let spans = reader.elements("spans").compactMap { element in
      SpanSpecification(element.node, path: element.path, problems: outer.problems)
    }
    var names: Set<String> = [RunMeter.promptSpan]
    for span in spans where !names.insert(span.name).inserted {
      reader.complain("spans", "\"\(span.name)\" is there already", "give each span a name of its own")
    }
    return spans
  }

  private init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems),
      let name = reader.string("name")
    else { return nil }
    let isName = !name.isEmpty && name.utf8.count <= 40
    guard isName, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2c && $0 != 0x2e }) else {
      reader.complain("name", "is no name", "use up to 40 printable ASCII characters without blanks, dots and commas")
      return nil
    }
    guard let from = reader["from"].flatMap({ SpanMoment($0, path: reader.path("from"), problems: problems) }),
      let to = reader["to"].flatMap({ SpanMoment($0, path: reader.path("to"), problems: problems) })
    else { return nil }
    if from == to {
      reader.complain("to", "is the same as \"from\"", "name the moment at which it ends")
      return nil
    }
    (self.name, self.from, self.to) = (name, from, to)
    skip = reader.integer("skip") ?? 0
    occurrence = reader.integer("occurrence", in: 1...UInt64(UInt32.max))
    if occurrence != nil, reader["skip"] != nil {
      reader.complain("skip", "means nothing beside \"occurrence\"", "take one of them away")
    }
  }
}

/// Where a span begins or ends.
public enum SpanMoment: Equatable, Sendable {
  /// Before the first instruction of a function of the image.
  case symbol(String)
  case event(EventFilter)
  /// The guest takes a line that the script has typed; nil: any line.
  case typed(String?)
  /// The overlay's prompt.
  case prompt

  static let table = KeyTable(name: "spanMoment", keys: ["symbol", "event", "typed", "prompt"])
  static let eventTable = KeyTable(name: "spanEvent", keys: ["kind", "where"], required: ["kind"])

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    guard reader.keys.count == 1, let key = reader.keys.first else {
      problems.add(node, path, "names \(reader.keys.count) moments", "name one: {\"symbol\": \"send_reply\"}")
      return nil
    }
    switch key {
    case "symbol":
      guard let symbol = reader.string(key) else { return nil }
      self = .symbol(symbol)
    case "event":
      guard let node = reader[key],
        let object = ObjectReader(node, path: reader.path(key), table: Self.eventTable, problems: problems),
        let filter = EventFilter(object)
      else { return nil }
      self = .event(filter)
    case "typed":
      if case .boolean(true) = reader[key]?.value {
        self = .typed(nil)
      } else {
        guard let text = reader.string(key) else { return nil }
        self = .typed(text)
      }
    case "prompt":
      guard reader.boolean(key) == true else {
        reader.complain(key, "is not true", "write true, or another moment")
        return nil
      }
      self = .prompt
    default: return nil
    }
  }
}
