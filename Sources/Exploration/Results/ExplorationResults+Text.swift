import Foundation
import Scenarios
import TerminalText

extension ExplorationResults {
  /// For people: a line for each point.
  public var text: String {
    let file = plan.file
    var lines = [header.name.terminalLine + (header.summary.isEmpty ? "" : ": \(header.summary.terminalLine)")]
    let repeats = file.repeats == 1 ? "" : ", \(file.repeats) repeats each"
    lines.append(
      "  \(plan.points.count) points\(repeats): \(done) of \(wanted) runs done"
        + (failed > 0 ? ", \(failed) failed" : "") + "; seed \(file.seed)")
    let shown = shownNames
    var rows = [file.parameters.map(\.name) + shown + [""]]
    for point in points.prefix(Self.lineMax) {
      let values = shown.map { name in point.estimates[name].map { Self.text($0) } ?? "-" }
      let note = point.failed > 0 ? "\(point.failed) of \(point.runs) failed: \(point.reason.terminalLine)" : ""
      rows.append(point.labels.map(\.terminalLine) + values + [String(note.prefix(160))])
    }
    let numbers = file.parameters.count..<file.parameters.count + shown.count
    lines += TextTable(rows, indent: "  ", numbers: numbers).lines
    if points.count > Self.lineMax { lines.append("  … and \(points.count - Self.lineMax) more points: see --csv") }
    lines += missing.map { "  \($0)" }
    let references = references
    if !references.isEmpty { lines += [""] + references.textLines }
    return lines.joined(separator: "\n")
  }

  /// What was asked for and is not there, a line each.
  private var missing: [String] {
    guard isDone, !points.allSatisfy({ $0.failed == $0.runs }) else { return [] }
    let known = Set(names)
    // What a campaign tells is there as soon as it is done at one point.
    let awaitsCampaign = plan.file.campaign != nil && !names.contains { $0.hasPrefix("campaign.") }
    var lines = plan.file.goals.map(\.result).filter {
      !known.contains($0) && !$0.hasPrefix("attacks.") && !(awaitsCampaign && $0.hasPrefix("campaign."))
    }.map {
      "no run has the result \"\($0)\": \(remedyForName($0, among: names, noun: "result"))"
    }
    lines += plan.file.spans.map(\.name).filter { !known.contains("\($0).window") }.map {
      "the span \"\($0)\" never came to an end that counts"
    }
    let designs = Set(points.filter { $0.failed < $0.runs }.map(\.design))
    if plan.file.attacks != nil, !designs.isSubset(of: attacks.keys) {
      lines.append("the attacks are not counted yet: run the exploration again")
    }
    return lines + campaignNotes
  }

  /// Where the campaign has no results.
  var campaignNotes: [String] {
    guard plan.file.campaign != nil else { return [] }
    var lines: [String] = []
    // The part that has a point's first run has its campaign.
    let open = points.count {
      $0.failed < $0.runs && campaigns[$0.number] == nil && header.part.contains($0.number * Int(plan.file.repeats))
    }
    if open > 0 { lines.append("points without the campaign yet: \(open); run the exploration again") }
    if let impossible = campaigns.impossible(in: plan) { lines.append(impossible) }
    return lines
  }

  /// More would bury the first.
  private static let lineMax = 200

  /// `1234 ±5`, with as many digits as mean something.
  static func text(_ estimate: Estimate) -> String {
    let value = number(estimate.mean)
    guard let half = estimate.halfWidth, half > 0 else { return value }
    return "\(value) ±\(number(half))"
  }

  /// Four significant digits at least, and no more decimals than these.
  static func number(_ value: Double) -> String {
    let size = abs(value)
    if value == value.rounded() || size >= 1000 { return String(format: "%.0f", value) }
    return String(format: size >= 100 ? "%.1f" : size >= 10 ? "%.2f" : "%.3f", value)
  }

  /// The same as one object for programs.
  public var json: JSONText {
    .object([
      ("exploration", .string(header.name)), ("identity", .string(header.identity)),
      ("points", .integer(UInt64(plan.points.count))), ("repeats", .integer(plan.file.repeats)),
      ("seed", .integer(plan.file.seed)), ("done", .integer(UInt64(done))), ("wanted", .integer(UInt64(wanted))),
      ("failed", .integer(UInt64(failed))),
      (
        "results",
        .array(
          points.map { point in
            .object([
              ("point", .integer(UInt64(point.number))),
              (
                "parameters",
                .object(zip(plan.file.parameters, point.labels).map { ($0.name, JSONText.string($1)) })
              ), ("runs", .integer(UInt64(point.runs))), ("failed", .integer(UInt64(point.failed))),
              ("reason", .string(point.reason)),
              (
                "values",
                .object(
                  names.compactMap { name in
                    point.estimates[name].map { estimate in
                      var parts: [(key: String, value: JSONText)] = [("mean", .number(ResultText.exact(estimate.mean)))]
                      if let half = estimate.halfWidth { parts.append(("halfWidth", .number(ResultText.exact(half)))) }
                      return (name, .object(parts))
                    }
                  })
              ),
            ])
          })
      ), ("references", references.json),
    ])
  }
}
