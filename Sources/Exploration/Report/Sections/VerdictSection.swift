import Pages

/// What the numbers say, in words: nothing that they do not support.
struct VerdictSection: ReportSection {
  static let name = "verdict"
  static let title = "In short"
  static let template = """
    <ul class="plain">
    {{#lines}}
    <li>{{.}}</li>
    {{/lines}}
    </ul>
    <p class="note">{{note}}</p>
    """
  static let style = ".plain{margin:.5rem 0;padding-left:1.2rem;max-width:60rem}"

  var lines: [String]
  var note: String

  init?(_ findings: ReportFindings) {
    guard let cost = findings.cost else { return nil }
    lines = []
    if let best = Self.best(findings, cost) { lines.append(best) }
    if let gain = findings.gain { lines += Self.frontLines(findings, cost, gain) }
    if let line = Self.baselineLine(findings, cost) { lines.append(line) }
    if lines.isEmpty { return nil }
    note =
      findings.isSingle
      ? "Each point was run once, so differences may come from its seed; \"repeats\" tell."
      : "“Within noise” is what the repeats don’t tell apart in 95 of 100 cases (Welch’s test), each pair for itself."
  }

  /// The best point by cost, and whether others are as good.
  private static func best(_ findings: ReportFindings, _ cost: Criterion) -> String? {
    let known = findings.results.points.indices.compactMap { place in
      findings.estimate(place, cost.result).map { (place: place, estimate: $0) }
    }
    guard
      let best = known.min(by: { (cost.cost($0.estimate.mean), $0.place) < (cost.cost($1.estimate.mean), $1.place) })
    else { return nil }
    let equal = known.filter { $0.place != best.place && !$0.estimate.differs(from: best.estimate) }
    let value = PageNumbers.text(best.estimate)
    let word = cost.isLowerBetter ? "Least" : "Most"
    if equal.isEmpty { return "\(word) \(cost.result): \(findings.name(best.place)), with \(value)." }
    return "\(word) \(cost.result): \(findings.name(best.place)), with \(value), and within noise also "
      + "\(findings.list(equal.map(\.place), max: 4))."
  }

  private static func frontLines(_ findings: ReportFindings, _ cost: Criterion, _ gain: Criterion) -> [String] {
    guard let front = findings.front else { return [] }
    let names = "\(cost.result) and \(gain.result)"
    var lines = [
      "\(UInt64(front.front.count).grouped) of \(PageNumbers.count(findings.judged.count, "point")) "
        + "\(front.front.count == 1 ? "is" : "are") by the means on the front of \(names), where nothing is better in one and as good in the "
        + "other: \(findings.list(findings.frontPlaces))."
    ]
    var dominated: [(place: Int, by: Int)] = []
    var undecided: [Int] = []
    for (place, standing) in zip(findings.judged, front.standings) {
      switch standing {
      case .front: break
      case .dominated(let by): dominated.append((place, findings.judged[by]))
      case .undecided: undecided.append(place)
      }
    }
    if !dominated.isEmpty {
      let examples = dominated.prefix(6).map { "\(findings.name($0.place)) (by \(findings.name($0.by)))" }
      let left = dominated.count - examples.count
      lines.append(
        "\(PageNumbers.count(dominated.count, "point")) \(dominated.count == 1 ? "is" : "are") dominated"
          + "\(findings.isSingle ? ", as far as single runs tell" : ""): another is better in "
          + "one of the two and no worse in the other: \(examples.joined(separator: "; "))"
          + (left > 0 ? "; and \(PageNumbers.count(left, "other"))." : "."))
    }
    if !undecided.isEmpty {
      lines.append(
        "\(PageNumbers.count(undecided.count, "point")) beside the front may belong to it: the difference is within noise: "
          + "\(findings.list(undecided, max: 6)).")
    }
    return lines
  }

  private static func baselineLine(_ findings: ReportFindings, _ cost: Criterion) -> String? {
    guard let baseline = findings.baseline else { return nil }
    guard let base = findings.base(cost.result) else {
      return "The baseline, \(findings.name(baseline)), has no result: nothing can be compared with it."
    }
    var (better, worse, same) = (0, 0, 0)
    for place in findings.results.points.indices where place != baseline {
      guard let estimate = findings.estimate(place, cost.result) else { continue }
      if !estimate.differs(from: base) {
        same += 1
      } else if cost.cost(estimate.mean) < cost.cost(base.mean) {
        better += 1
      } else {
        worse += 1
      }
    }
    guard better + worse + same > 0 else { return nil }
    return
      "By \(cost.result), \(better == 0 ? "no point is" : "\(PageNumbers.count(better, "point")) \(better == 1 ? "is" : "are")") better than the baseline "
      + "(\(findings.name(baseline)): \(PageNumbers.text(base))), \(UInt64(worse).grouped) worse"
      + (same > 0 ? ", \(UInt64(same).grouped) not to be told apart from it." : ".")
  }
}
