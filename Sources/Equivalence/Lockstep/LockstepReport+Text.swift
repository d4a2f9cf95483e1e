import Scenarios

extension LockstepReport {
  /// Nothing differs but what is known, and comparison got to its end.
  public var passed: Bool { differenceCount == 0 && problem == nil }

  /// For people.
  ///
  /// - Parameter paint: wraps a text in a colour where that is wanted.
  public func text(name: String, paint: (_ text: String, _ isGood: Bool) -> String = { text, _ in text }) -> String {
    var lines = [
      "\(paint(passed ? "same" : "DIFFERENT", passed)) \(name): \(compared) instructions compared, "
        + "\(deliveries) exceptions and interrupts among them, all memory \(memoryComparisons) times: "
        + "\(differenceCount) differences"
    ]
    if let problem { lines.append("  - \(problem)") }
    lines += differences.map { "  - \($0.text)" }
    for (difference, count) in sortedKnown {
      lines.append("  known: \(difference.rawValue), \(count) times: \(difference.reason)")
    }
    return lines.joined(separator: "\n")
  }

  /// For programs.
  public func json(name: String) -> JSONText {
    .object([
      ("name", .string(name)),
      ("same", .boolean(passed)),
      ("instructions", .integer(compared)),
      ("deliveries", .integer(deliveries)),
      ("memoryComparisons", .integer(memoryComparisons)),
      ("differences", .integer(differenceCount)),
      ("first", .array(differences.map { .string($0.text) })),
      ("known", .object(sortedKnown.map { ($0.difference.rawValue, .integer($0.count)) })),
      ("problem", .string(problem ?? "")),
    ])
  }

  private var sortedKnown: [(difference: KnownDifference, count: UInt64)] {
    KnownDifference.allCases.compactMap { difference in known[difference].map { (difference, $0) } }
  }
}
