import Scenarios
import SimMachine

/// Which faults happen, where in a run, and how many of them are tried: all of a campaign but its scenario
/// (docs/campaign-format.md).
public struct CampaignFaults: Sendable {
  /// How many of the space's faults are tried.
  public enum Sampling: Equatable, Sendable {
    case count(UInt64)
    /// Every fault of the space.
    case exhaustive
    /// As many as make the interval of a share of one half so narrow: the error is half of its width.
    case precision(error: Double, confidence: Double)
  }

  public var from: FaultMoment?
  public var to: FaultMoment?
  public var acting: ActorKind?
  public var models: [FaultModel]
  public var sampling: Sampling
  public var seed: UInt64
  public var limit: ExperimentLimit
  public var confidence: Double

  /// Exhaustive spaces of more would not fit into a database that anybody reads.
  static let exhaustiveMax: UInt64 = 4_000_000
  static let sampleMax: UInt64 = 4_000_000

  package static let keys = ["window", "models", "interrupts", "samples", "confidence", "seed", "limit"]
  static let interruptsTable = KeyTable(name: "interrupts", keys: ["every"], required: ["every"])
  static let windowTable = KeyTable(name: "window", keys: ["from", "to", "while"])
  static let samplesTable = KeyTable(name: "samples", keys: ["error", "confidence"], required: ["error"])
  static let limitTable = KeyTable(name: "limit", keys: ["factor", "instructions", "time"])

  /// - Parameter reader: of an object that may have further keys.
  package init(_ reader: ObjectReader) {
    seed = reader.integer("seed") ?? 1
    confidence = Self.fraction(reader, "confidence") ?? 0.95
    models = Self.models(reader)
    sampling = Self.sampling(reader) ?? (reader["interrupts"] == nil ? .count(1000) : .exhaustive)
    limit = Self.limit(reader)
    if let node = reader["window"],
      let window = ObjectReader(node, path: reader.path("window"), table: Self.windowTable, problems: reader.problems)
    {
      from = window["from"].flatMap { FaultMoment($0, path: window.path("from"), problems: reader.problems) }
      to = window["to"].flatMap { FaultMoment($0, path: window.path("to"), problems: reader.problems) }
      acting = window.word("while", ActorKind.self, noun: "actor")
    }
  }

  /// What is injected: by "models", or by "interrupts".
  private static func models(_ reader: ObjectReader) -> [FaultModel] {
    guard Fault.single(["models", "interrupts"], of: reader) == "models" else {
      if reader["interrupts"] != nil, reader["samples"] != nil {
        reader.complain("samples", "means nothing beside \"interrupts\", which is exhaustive", "take it away")
      }
      return interrupts(reader)
    }
    let models = reader.elements("models").compactMap { FaultModel($0.node, path: $0.path, problems: reader.problems) }
    if reader.elements("models").isEmpty {
      reader.complain("models", "names none", "write a list: [{\"register\": {}}]")
    }
    if models.count > 1, models.contains(where: { if case .swarm = $0 { true } else { false } }) {
      reader.complain(
        "models", "has a swarm beside others", "give those to it: {\"swarm\": {\"models\": [ … ]}}")
    }
    return models
  }

  /// `"every"`, or `{"every": VECTOR}`.
  private static func interrupts(_ reader: ObjectReader) -> [FaultModel] {
    switch reader["interrupts"]?.value {
    case nil: return []
    case .string("every"): return [.everyInterrupt(vector: nil)]
    case .object:
      guard let node = reader["interrupts"],
        let object = ObjectReader(
          node, path: reader.path("interrupts"), table: interruptsTable, problems: reader.problems)
      else { return [] }
      return object.integer("every", in: 32...255).map { [.everyInterrupt(vector: UInt8($0))] } ?? []
    default:
      reader.complain(
        "interrupts", "is nothing that is known", "write \"every\", or {\"every\": 33} with the vector")
      return []
    }
  }

  private static func sampling(_ reader: ObjectReader) -> Sampling? {
    guard let node = reader["samples"] else { return nil }
    switch node.value {
    case .string("exhaustive"): return .exhaustive
    case .string:
      reader.complain(
        "samples", "is no number of samples",
        "write a whole number from 1 to \(sampleMax), \"exhaustive\", or {\"error\": \"2%\"}")
      return nil
    case .object:
      guard
        let object = ObjectReader(node, path: reader.path("samples"), table: samplesTable, problems: reader.problems),
        let error = fraction(object, "error")
      else { return nil }
      return .precision(error: error, confidence: fraction(object, "confidence") ?? 0.95)
    default: return reader.integer("samples", in: 1...sampleMax).map { .count($0) }
    }
  }

  private static func limit(_ reader: ObjectReader) -> ExperimentLimit {
    var limit = ExperimentLimit()
    guard let node = reader["limit"],
      let object = ObjectReader(node, path: reader.path("limit"), table: limitTable, problems: reader.problems)
    else { return limit }
    limit.factor = object.integer("factor", in: 1...1000) ?? limit.factor
    limit.instructions = object.integer("instructions", in: 0...1 << 40) ?? limit.instructions
    limit.time = object.duration("time") ?? limit.time
    return limit
  }

  /// A number between 0 and 1, or in percent: `0.05`, `"5%"`.
  private static func fraction(_ reader: ObjectReader, _ key: String) -> Double? {
    guard let node = reader[key] else { return nil }
    let value: Double? =
      switch node.value {
      case .number(let literal): Double(literal)
      case .string(let text) where text.hasSuffix("%"): Double(text.dropLast()).map { $0 / 100 }
      default: nil
      }
    guard let value, value > 0, value < 1 else {
      reader.complain(key, "is no share of a whole", "write a number between 0 and 1, or \"5%\"")
      return nil
    }
    return value
  }
}
