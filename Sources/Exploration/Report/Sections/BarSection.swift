import Pages

/// Each result by the values of the first parameter, each of these by those of the second.
struct BarSection: ReportSection {
  struct Bar {
    var name: String
    var text: String
    /// Of the baseline.
    var share: String
    var width: String
    var colour: Int
    var isThere: Bool
    var whiskerLeft: String
    var whiskerWidth: String
    var hasWhisker: Bool
  }

  struct Group {
    var name: String
    var bars: [Bar]
  }

  struct Plot {
    var title: String
    var note: String
    var groups: [Group]
  }

  static let name = "bars"
  static let title = "By parameters"
  static let template = """
    <p>{{note}}</p>
    <div class="plots">
    {{#plots}}
    <div class="plot"><h3>{{title}}</h3><p class="note">{{note}}</p>
    {{#groups}}
    <div class="bar-group"><h4>{{name}}</h4>
    {{#bars}}
    <div class="bar-line"><span class="bar-name">{{name}}</span><span class="bar">{{#isThere}}<i class="k{{colour}}" style="width:{{width}}%"></i>\
    {{#hasWhisker}}<b style="left:{{whiskerLeft}}%;width:{{whiskerWidth}}%"></b>{{/hasWhisker}}{{/isThere}}</span>\
    <span class="bar-text">{{text}}</span><span class="bar-text">{{share}}</span></div>
    {{/bars}}
    </div>
    {{/groups}}
    </div>
    {{/plots}}
    </div>
    """
  static let style = """
    .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1rem 2.5rem}
    .bar-group{margin:.5rem 0;break-inside:avoid}
    .bar-group h4{margin:0;font-size:.9rem}
    .bar-line{display:grid;grid-template-columns:8rem minmax(3rem,1fr) 5.5rem 4.5rem;gap:.6rem;align-items:center;font-size:.875rem;
    line-height:1.5}
    .bar-line .bar{margin:0;height:.8rem}
    .bar-line .bar b{top:.32rem}
    .bar-text{font-variant-numeric:tabular-nums;text-align:right}
    .k0{background:var(--c0)}.k1{background:var(--c1)}.k2{background:var(--c2)}
    .k3{background:var(--c3)}.k4{background:var(--c4)}.k5{background:var(--c5)}
    @media (max-width:44rem){.bar-line{grid-template-columns:5.5rem minmax(2rem,1fr) 4.7rem 4rem;gap:.3rem;font-size:.8rem}}
    @media print{.bar-line *{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """

  var note: String
  var plots: [Plot]

  init?(_ findings: ReportFindings) {
    let points = findings.results.points
    let varying = findings.results.factors(points).filter { $0.levels.count > 1 }
    guard let first = varying.first else { return nil }
    let second = varying.dropFirst().first
    plots = findings.shown.compactMap { Self.plot($0, findings, first, second) }
    if plots.isEmpty { return nil }
    note = "By \(first.name)" + (second.map { ", and in each by \($0.name)" } ?? "") + "."
    let others = varying.dropFirst(2).map(\.name)
    if !others.isEmpty {
      note += " A bar is the mean over all values of the other parameters (\(others.joined(separator: ", ")))."
    }
    if !findings.isSingle { note += " Thin lines are the intervals from the repeats." }
  }

  private static func plot(
    _ result: Criterion, _ findings: ReportFindings, _ first: Factor, _ second: Factor?
  ) -> Plot? {
    let width = second?.levels.count ?? 1
    var cells = [[Estimate]](repeating: [], count: first.levels.count * width)
    var base: [Int: Bool] = [:]
    for (place, point) in findings.results.points.enumerated() {
      let cell = first.ofPoint[place] * width + (second?.ofPoint[place] ?? 0)
      if place == findings.baseline { base[cell] = true }
      if let estimate = point.estimates[result.result] { cells[cell].append(estimate) }
    }
    let means = cells.map { cell in
      cell.isEmpty ? nil : (mean: Self.mean(cell.map(\.mean)), half: Self.halfWidth(cell))
    }
    let reach = means.compactMap { $0.map { $0.mean + ($0.half ?? 0) } }.max() ?? 0
    guard means.contains(where: { $0 != nil }), means.allSatisfy({ ($0?.mean ?? 0) >= 0 }) else { return nil }
    let baseline = base.keys.first
    let baseMean = baseline.flatMap { means[$0]?.mean }.flatMap { $0 > 0 ? $0 : nil }
    func percent(_ value: Double) -> String { PageNumbers.place(reach > 0 ? value / reach * 100 : 0) }
    func bar(_ cell: Int, _ name: String, _ colour: Int) -> Bar {
      guard let (mean, half) = means[cell] else {
        return Bar(
          name: name, text: "no result", share: "", width: "0", colour: 0, isThere: false, whiskerLeft: "0",
          whiskerWidth: "0",
          hasWhisker: false)
      }
      let share = baseMean.map { cell == baseline ? "100 %" : PageNumbers.share(mean / $0) } ?? ""
      return Bar(
        name: name, text: PageNumbers.text(mean), share: share, width: percent(mean), colour: colour % 6, isThere: true,
        whiskerLeft: percent(max(mean - (half ?? 0), 0)),
        whiskerWidth: percent(min(mean, half ?? 0) + (half ?? 0)), hasWhisker: (half ?? 0) > 0)
    }
    let groups = first.levels.enumerated().map { place, name in
      if let second {
        return Group(
          name: name,
          bars: second.levels.enumerated().map { bar(place * width + $0.offset, $0.element, $0.offset) })
      }
      return Group(name: "", bars: [bar(place, name, 0)])
    }
    let note = "\(result.isLowerBetter ? "Less" : "More") is better."
    let relative =
      baseMean == nil ? "" : " 100 % is \(Self.cellName(baseline ?? 0, width, first, second)), where the baseline is."
    return Plot(title: result.title, note: note + relative, groups: groups)
  }

  private static func cellName(_ cell: Int, _ width: Int, _ first: Factor, _ second: Factor?) -> String {
    [first.levels[cell / width]].appending(second.map { $0.levels[cell % width] }).joined(separator: ", ")
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// Of the mean of points with known noise; nil if that of one is not known.
  private static func halfWidth(_ estimates: [Estimate]) -> Double? {
    var squares = 0.0
    for estimate in estimates {
      guard let half = estimate.halfWidth else { return nil }
      squares += half * half
    }
    return squares.squareRoot() / Double(estimates.count)
  }
}

extension [String] {
  fileprivate func appending(_ more: String?) -> [String] { more.map { self + [$0] } ?? self }
}
