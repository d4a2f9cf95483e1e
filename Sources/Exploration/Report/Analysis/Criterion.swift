/// A result that points are judged by, and which of its values are good.
struct Criterion: Equatable, Sendable {
  var result: String
  var isLowerBetter: Bool

  /// What is the less, the better.
  func cost(_ value: Double) -> Double { isLowerBetter ? value : -value }

  static let attacks = Criterion(result: "attacks.succeeded", isLowerBetter: true)

  /// What the numbers of a result are; empty where the name says it.
  static func unit(of result: String) -> String {
    switch result.split(separator: ".").last {
    case "perSecond": "per second"
    case "cycles", "mean", "min", "max", "p50", "p90", "p99", "p999", "total", "window":
      result == "cycles" || result.hasSuffix(".cycles") ? "" : "cycles"
    default: ""
    }
  }

  /// The result's name with its unit.
  var title: String { Self.title(of: result) }

  static func title(of result: String) -> String {
    let unit = unit(of: result)
    return unit.isEmpty || unit == "per second" ? result : "\(result) (\(unit))"
  }
}

extension ExplorationResults {
  /// How a result is judged: as the exploration's goals say; else more a second is better, and less of everything else.
  func criterion(_ result: String) -> Criterion {
    let goal = plan.file.goals.first { $0.result == result }
    let isLowerBetter = !(result.hasSuffix(".perSecond") || result == "attacks.held")
    return Criterion(result: result, isLowerBetter: goal?.isLowerBetter ?? isLowerBetter)
  }

  /// What points cost: the first of what is shown; nil if nothing was measured.
  var cost: Criterion? { shownNames.first.map(criterion) }

  /// What cost is set against: the attacks that succeed, if they were counted, or else the second of what is shown.
  var gain: Criterion? {
    guard let cost else { return nil }
    if names.contains(Criterion.attacks.result), cost.result != Criterion.attacks.result { return .attacks }
    return shownNames.first { $0 != cost.result }.map(criterion)
  }
}
