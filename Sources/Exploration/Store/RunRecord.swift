import Scenarios
import SimEvents

/// One run of an exploration with its results, as databases have it.
public struct RunRecord: Sendable {
  /// In the plan.
  public var number: Int
  public var seed: UInt64
  /// ``Scenarios/Outcome``, or ``impossible``.
  public var outcome: String
  /// The scenario's expectations held.
  public var passed: Bool
  /// Why this outcome, and what did not hold.
  public var reason: String
  /// Over all events; empty for what was not run.
  public var digest: String
  /// The isolation design that the scenario chose.
  public var design: String
  public var measurements: Measurements

  /// The outcome of a point whose scenario can't be run.
  public static let impossible = "impossible"

  struct Texts {
    var results: String
    var distributions: String
    var timelines: String
  }

  var texts: Texts {
    Texts(
      results: measurements.valuesText, distributions: measurements.distributionsText,
      timelines: measurements.timelinesText)
  }

  /// Over everything that is known of it.
  func checksum(_ texts: Texts) -> String {
    var digest = ContentDigest()
    for text in [
      "\(number) \(seed) \(passed)", outcome, reason, self.digest, design, texts.results, texts.distributions,
      texts.timelines,
    ] { digest.update(withLengthOf: Array(text.utf8)) }
    return digest.hex
  }
}

/// What the attacks of the corpus came to under one design.
public struct AttackCounts: Equatable, Sendable {
  public var design: String
  /// Attacks by their outcomes, those without any left out; in the order of ``Scenarios/Outcome``, then by name.
  public var counts: [(outcome: String, count: UInt64)]

  public static func == (one: AttackCounts, other: AttackCounts) -> Bool {
    one.design == other.design && one.text == other.text
  }

  public init(design: String, counts: [(outcome: String, count: UInt64)]) {
    (self.design, self.counts) = (design, counts)
  }

  /// How many attacks reached their goal, or took the application with them.
  public var succeeded: UInt64 {
    counts.filter { ["escaped", "leaked", "crashed", "hung", "corrupted"].contains($0.outcome) }
      .reduce(0) { $0 + $1.count }
  }

  public var total: UInt64 { counts.reduce(0) { $0 + $1.count } }

  var text: String { JSONText.object(counts.map { ($0.outcome, .integer($0.count)) }).text }

  init?(design: String, text: String) {
    self.design = design
    counts = []
    guard let root = try? JSONParser.parse(Array(text.utf8)), case .object(let members) = root.value else { return nil }
    for member in members {
      guard let number = unsignedInteger(member.value) else { return nil }
      counts.append((member.key, number))
    }
  }

  var checksum: String {
    var digest = ContentDigest()
    digest.update(withLengthOf: Array("\(design) \(text)".utf8))
    return digest.hex
  }
}
