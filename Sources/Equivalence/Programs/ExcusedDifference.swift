import Scenarios

/// What two processors may differ in without disagreeing, with the reason.
public protocol ExcusedDifference: CaseIterable, Hashable, RawRepresentable<String> {
  /// Why it is no disagreement.
  var reason: String { get }
}

extension ExcusedDifference {
  private static func sorted(_ counts: [Self: UInt64]) -> [(difference: Self, count: UInt64)] {
    allCases.compactMap { difference in counts[difference].map { (difference, $0) } }
  }

  /// For people: a line for each that was met.
  static func lines(_ counts: [Self: UInt64]) -> [String] {
    sorted(counts).map { "  known: \($0.difference.rawValue), \($0.count) times: \($0.difference.reason)" }
  }

  /// For programs: how often each was met.
  static func json(_ counts: [Self: UInt64]) -> JSONText {
    .object(sorted(counts).map { ($0.difference.rawValue, .integer($0.count)) })
  }
}
