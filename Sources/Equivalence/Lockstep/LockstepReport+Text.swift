import Scenarios

extension LockstepReport {
  /// Nothing differs but what is known, and comparison got to its end.
  public var passed: Bool { differenceCount == 0 && problem == nil }

  /// Nothing differs, but the run ended before it came to one of the points.
  public var isIncomplete: Bool { differenceCount == 0 && problem != nil }

  /// For people.
  ///
  /// - Parameter paint: wraps a text in a colour where that is wanted.
  public func text(name: String, paint: (_ text: String, _ isGood: Bool) -> String = { text, _ in text }) -> String {
    var lines = [
      "\(paint(passed ? "same" : isIncomplete ? "INCOMPLETE" : "DIFFERENT", passed)) \(name): \(compared) instructions compared, "
        + "\(deliveries) exceptions and interrupts among them, all memory \(memoryComparisons) times: "
        + "\(differenceCount) differences"
    ]
    if let problem { lines.append("  - \(problem)") }
    lines += differences.map { "  - \($0.text)" }
    lines += KnownDifference.lines(known)
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
      ("known", KnownDifference.json(known)),
      ("problem", .string(problem ?? "")),
    ])
  }
}
