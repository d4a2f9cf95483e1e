import Scenarios

/// The results of one run: whole numbers, in cycles where they are times, so that they are the same everywhere.
public struct Measurements: Sendable {
  public var values: [(name: String, value: UInt64)]
  public var distributions: [(name: String, value: Distribution)]
  public var timelines: [(name: String, value: Timeline)]

  public init(
    values: [(name: String, value: UInt64)] = [], distributions: [(name: String, value: Distribution)] = [],
    timelines: [(name: String, value: Timeline)] = []
  ) {
    (self.values, self.distributions, self.timelines) = (values, distributions, timelines)
  }

  public subscript(name: String) -> UInt64? { values.first { $0.name == name }?.value }
}

extension Measurements {
  /// The values as one object of JSON.
  var valuesText: String { JSONText.object(values.map { ($0.name, .integer($0.value)) }).text }

  var distributionsText: String {
    JSONText.object(distributions.map { ($0.name, .string($0.value.text)) }).text
  }

  var timelinesText: String {
    JSONText.object(
      timelines.map { name, timeline in
        (
          name,
          .object([
            ("from", .integer(timeline.from)), ("duration", .integer(timeline.duration)),
            (
              "lines",
              .array(
                timeline.lines.map { .array([.integer($0.time), .string($0.lane.rawValue), .string($0.text)]) })
            ),
          ])
        )
      }
    ).text
  }

  /// - Returns: nil for texts that are not those of a run.
  init?(values: String, distributions: String, timelines: String) {
    self.init()
    for (name, node) in Self.members(values) ?? [] {
      guard let number = unsignedInteger(node) else { return nil }
      self.values.append((name, number))
    }
    for (name, node) in Self.members(distributions) ?? [] {
      guard case .string(let text) = node.value, let distribution = Distribution(text) else { return nil }
      self.distributions.append((name, distribution))
    }
    for (name, node) in Self.members(timelines) ?? [] {
      guard let timeline = Timeline(node) else { return nil }
      self.timelines.append((name, timeline))
    }
    guard Self.members(values) != nil, Self.members(distributions) != nil, Self.members(timelines) != nil else {
      return nil
    }
  }

  private static func members(_ text: String) -> [(String, JSONNode)]? {
    guard let root = try? JSONParser.parse(Array(text.utf8)), case .object(let members) = root.value else { return nil }
    return members.map { ($0.key, $0.value) }
  }
}

extension Timeline {
  fileprivate init?(_ node: JSONNode) {
    guard let from = node["from"].flatMap(unsignedInteger), let duration = node["duration"].flatMap(unsignedInteger),
      case .array(let lines)? = node["lines"]?.value
    else { return nil }
    (self.from, self.duration, self.lines) = (from, duration, [])
    for line in lines {
      guard case .array(let parts) = line.value, parts.count == 3, let time = unsignedInteger(parts[0]),
        case .string(let lane) = parts[1].value, let known = Lane(rawValue: lane),
        case .string(let text) = parts[2].value
      else { return nil }
      self.lines.append(Line(time: time, lane: known, text: text))
    }
  }
}
