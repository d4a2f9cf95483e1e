import Scenarios

extension SequenceCheck.Report {
  public var passed: Bool { disagreementCount == 0 }

  /// For people.
  ///
  /// - Parameter paint: wraps a text in a colour where that is wanted.
  public func text(paint: (_ text: String, _ isGood: Bool) -> String = { text, _ in text }) -> String {
    var lines = [
      "\(paint(passed ? "same" : "DIFFERENT", passed)) \(sequences) generated sequences, seed \(seed): "
        + "\(instructions) instructions, \(exceptions) exceptions, \(stepped) sequences single-stepped: "
        + "\(disagreementCount) disagreements"
    ]
    if endless > 0 { lines.append("  not compared: \(endless) sequences that wrote over themselves and did not end") }
    if gaps > 0 {
      lines.append("  not compared: \(gaps) sequences with an instruction that this host's KVM does not emulate")
    }
    if !missing.isEmpty {
      lines.append("  left out, as this host's KVM has not got them: " + missing.joined(separator: "; "))
    }
    for disagreement in disagreements {
      lines.append("  - sequence \(disagreement.index), at privilege \(disagreement.sequence.privilege):")
      lines += disagreement.sequence.listing.map { "      \($0)" }
      lines += disagreement.items.map { "    \($0)" }
    }
    lines += KnownDifference.lines(known)
    return lines.joined(separator: "\n")
  }

  /// For programs.
  public var json: JSONText {
    .object([
      ("seed", .integer(seed)), ("sequences", .integer(sequences)), ("same", .boolean(passed)),
      ("instructions", .integer(instructions)), ("exceptions", .integer(exceptions)), ("stepped", .integer(stepped)),
      ("endless", .integer(endless)), ("gaps", .integer(gaps)), ("disagreements", .integer(disagreementCount)),
      (
        "first",
        .array(
          disagreements.map {
            .object([
              ("index", .integer($0.index)), ("code", .array($0.sequence.listing.map { .string($0) })),
              ("items", .array($0.items.map { .string($0) })),
            ])
          })
      ),
    ])
  }
}
