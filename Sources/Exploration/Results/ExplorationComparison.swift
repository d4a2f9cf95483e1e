import Foundation
import Scenarios
import TerminalText

/// Two explorations of the same points beside each other, such as before and after a change.
public struct ExplorationComparison: Sendable {
  /// A result of a point that both have.
  public struct Difference: Sendable {
    public var labels: [String: String]
    public var result: String
    public var before: Estimate
    public var after: Estimate
    /// More than noise explains in 95 of 100 cases.
    public var isLarger: Bool

    /// In percent of what was before; nil if that was 0.
    public var percent: Double? { before.mean == 0 ? nil : (after.mean - before.mean) / before.mean * 100 }
  }

  public let names: (before: String, after: String)
  /// Of all results that reports show first, in the order of the points.
  public let differences: [Difference]
  /// Points that one of them alone has.
  public let unmatched: Int

  /// Why two databases can't be compared.
  public struct Refusal: Error, CustomStringConvertible {
    public var description: String
  }

  /// - Parameter results: the names of those to compare; empty: those that reports show first.
  /// - Throws: ``Refusal`` if they have nothing in common.
  public init(_ before: ExplorationResults, _ after: ExplorationResults, results: [String] = []) throws(Refusal) {
    names = (before.header.name, after.header.name)
    let known = Set(before.names).intersection(after.names)
    for name in results where !known.contains(name) {
      throw Refusal(
        description: "\"\(name)\" is no result of both: \(remedyForName(name, among: known.sorted(), noun: "result"))")
    }
    let shown = results.isEmpty ? after.shownNames.filter(known.contains) : results
    guard !shown.isEmpty else {
      throw Refusal(description: "the two have no result in common; name one that both have with --result")
    }
    var others: [[String: String]: ExplorationResults.Point] = [:]
    for point in before.points { others[before.plan.file.labelsByName(point.labels)] = point }
    var differences: [Difference] = []
    var matched = 0
    for point in after.points {
      let labels = after.plan.file.labelsByName(point.labels)
      guard let other = others[labels] else { continue }
      matched += 1
      for name in shown {
        guard let one = other.estimates[name], let two = point.estimates[name] else { continue }
        differences.append(
          Difference(labels: labels, result: name, before: one, after: two, isLarger: two.differs(from: one)))
      }
    }
    guard matched > 0 else {
      throw Refusal(description: "the two have no point in common; compare explorations of the same parameters")
    }
    self.differences = differences
    unmatched = before.points.count + after.points.count - 2 * matched
  }

  /// For people.
  public var text: String {
    let larger = differences.filter(\.isLarger)
    var lines = [
      "\(names.before.terminalLine) -> \(names.after.terminalLine): \(larger.count) of \(differences.count) results differ by more than noise"
    ]
    for difference in larger {
      let place = difference.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
      let percent = difference.percent.map { String(format: " (%+.2f %%)", $0) } ?? ""
      lines.append(
        "  \(place.terminalLine)  \(difference.result)  \(ExplorationResults.text(difference.before)) -> "
          + "\(ExplorationResults.text(difference.after))\(percent)")
    }
    if unmatched > 0 { lines.append("  \(unmatched) points are in one of them only") }
    if differences.contains(where: { $0.before.count == 1 || $0.after.count == 1 }) {
      lines.append("  single runs have no noise that is known: add \"repeats\" to tell seeds from changes")
    }
    return lines.joined(separator: "\n")
  }

  public var json: JSONText {
    .object([
      ("before", .string(names.before)), ("after", .string(names.after)), ("unmatched", .integer(UInt64(unmatched))),
      (
        "differences",
        .array(
          differences.map { difference in
            var members: [(key: String, value: JSONText)] = [
              (
                "parameters",
                .object(difference.labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
              ), ("result", .string(difference.result)),
              ("before", .number(ResultText.exact(difference.before.mean))),
              ("after", .number(ResultText.exact(difference.after.mean))),
            ]
            if let percent = difference.percent {
              members.append(("percent", .number(String(format: "%.4f", percent))))
            }
            return .object(members + [("largerThanNoise", .boolean(difference.isLarger))])
          })
      ),
    ])
  }
}
