import Pages

/// Cost against what it buys, as a drawing, with the points of the front listed below.
struct FrontSection: ReportSection {
  struct Mark {
    var number: Int
    var x: String
    var y: String
  }

  struct Label {
    var x: String
    var y: String
    var text: String
    /// From the point to a text that is not beside it.
    var lineX: String
    var lineY: String
    var isFar: Bool
    var pointX: String
    var pointY: String
  }

  struct Line {
    var name: String
    var x: String
    var y: String
  }

  static let name = "front"
  static let title = "Pareto front"
  static let template = """
    <p>{{note}}</p>
    <svg class="drawing" viewBox="0 0 440 300" role="img" aria-label="{{aria}}">
    {{#xTicks}}<line class="grid" x1="{{place}}" y1="16" x2="{{place}}" y2="250"/>\
    <text x="{{place}}" y="264" text-anchor="{{anchor}}">{{text}}</text>
    {{/xTicks}}
    {{#yTicks}}<line class="grid" x1="64" y1="{{place}}" x2="424" y2="{{place}}"/>\
    <text x="59" y="{{place}}" dy="4" text-anchor="end">{{text}}</text>
    {{/yTicks}}
    <path class="axis" d="M64 16V250H424"/>
    <text class="ink" x="244" y="284" text-anchor="middle">{{xTitle}}</text>
    <text class="ink" x="4" y="10">{{yTitle}}</text>
    {{#hasCloud}}<path class="cloud" d="{{cloud}}"/>{{/hasCloud}}
    {{#others}}<circle class="other" cx="{{x}}" cy="{{y}}" r="4"/>
    {{/others}}
    {{#hasSteps}}<path class="steps" d="{{steps}}"/>{{/hasSteps}}
    {{#marks}}<circle class="best" cx="{{x}}" cy="{{y}}" r="5"/>
    {{/marks}}
    {{#labels}}{{#isFar}}<line class="axis" x1="{{pointX}}" y1="{{pointY}}" x2="{{lineX}}" y2="{{lineY}}"/>{{/isFar}}\
    <text class="ink" x="{{x}}" y="{{y}}">{{text}}</text>
    {{/labels}}
    </svg>
    <ol class="front-list">
    {{#lines}}
    <li><strong>{{name}}</strong>: {{xName}} {{x}}, {{yName}} {{y}}</li>
    {{/lines}}
    </ol>
    {{#hasMore}}<p class="note">{{more}}</p>{{/hasMore}}
    """
  static let style = """
    .drawing .other{fill:none;stroke:var(--soft);stroke-width:1.3}
    .drawing .cloud{stroke:var(--soft);stroke-width:3;stroke-linecap:round;fill:none;opacity:.5}
    .drawing .best{fill:var(--c0)}
    .drawing .steps{fill:none;stroke:var(--c0);stroke-width:1.5;stroke-dasharray:4 3}
    .front-list{max-width:60rem}
    """

  var note: String
  var aria: String
  var xTicks: [Axis.Tick]
  var yTicks: [Axis.Tick]
  var xTitle: String
  var yTitle: String
  var xName: String
  var yName: String
  var others: [Mark]
  /// Very many points as dots.
  var cloud: String
  var hasCloud: Bool
  var steps: String
  var hasSteps: Bool
  var marks: [Mark]
  var labels: [Label]
  var lines: [Line]
  var more: String
  var hasMore: Bool

  /// Points that are drawn one by one; more become dots of a grid.
  private static let otherMax = 300
  /// Points of the front that are numbered and listed.
  private static let listMax = 30
  private static let plot = LabelPlacement.Box(x: 64, y: 16, width: 360, height: 234)

  init?(_ findings: ReportFindings) {
    guard let cost = findings.cost, let gain = findings.gain, let front = findings.front else { return nil }
    func value(_ place: Int) -> (x: Double, y: Double) {
      (findings.estimate(place, cost.result)?.mean ?? 0, findings.estimate(place, gain.result)?.mean ?? 0)
    }
    let values = findings.judged.map(value)
    let plot = Self.plot
    let x = Axis(
      Self.range(values.map(\.x)), places: (plot.x + 10, plot.x + plot.width - 10),
      isWhole: Self.areWhole(values.map(\.x)))
    let y = Axis(
      Self.range(values.map(\.y)), places: (plot.y + plot.height - 10, plot.y + 14),
      isWhole: Self.areWhole(values.map(\.y)))
    (xTicks, yTicks, xTitle, yTitle) = (x.ticks, y.ticks, cost.title, gain.title)
    (xName, yName) = (cost.result, gain.result)
    let spots = values.map { (x: x.place($0.x), y: y.place($0.y)) }
    let best = front.front
    let isOnFront = Set(best)
    let beside = spots.indices.filter { !isOnFront.contains($0) }
    (others, cloud) = ([], "")
    if beside.count <= Self.otherMax {
      others = beside.map { Mark(number: 0, x: PageNumbers.place(spots[$0].x), y: PageNumbers.place(spots[$0].y)) }
    } else {
      // A dot for each square of the drawing that has points.
      let cells = Set(beside.map { [Int(spots[$0].x / 4), Int(spots[$0].y / 4)] })
      cloud = cells.sorted { $0.lexicographicallyPrecedes($1) }
        .map { "M\($0[0] * 4 + 2) \($0[1] * 4 + 2)h0" }.joined()
    }
    hasCloud = !cloud.isEmpty
    marks = best.prefix(Self.otherMax).enumerated().map { number, place in
      Mark(number: number + 1, x: PageNumbers.place(spots[place].x), y: PageNumbers.place(spots[place].y))
    }
    steps = Self.steps(best.map { spots[$0] }, cost, gain)
    hasSteps = best.count > 1
    let numbered = best.prefix(Self.listMax).map { (findings.name(findings.judged[$0]), spots[$0]) }
    let dots = spots.count <= Self.otherMax ? spots : numbered.map(\.1)
    labels = Self.labels(
      numbered,
      taken: dots.map { .init(x: $0.x - 5, y: $0.y - 5, width: 10, height: 10) } + Self.stepBoxes(numbered.map(\.1)))
    lines = best.prefix(Self.listMax).map { place in
      let place = findings.judged[place]
      return Line(
        name: findings.name(place), x: findings.estimate(place, cost.result).map { PageNumbers.text($0) } ?? "",
        y: findings.estimate(place, gain.result).map { PageNumbers.text($0) } ?? "")
    }
    hasMore = best.count > lines.count
    more = "The front has \(PageNumbers.count(best.count - lines.count, "more point")); the table above marks them."
    func word(_ criterion: Criterion) -> String {
      "\(criterion.isLowerBetter ? "less" : "more") \(criterion.result) is better"
    }
    note =
      "Each point by two results: \(word(cost)), and \(word(gain)). Filled points are on the front, by their means: no other is as "
      + "good in both and better in one. "
      + (hasCloud
        ? "Of the others, too many to be drawn each, small dots tell where there are any." : "Hollow ones are not.")
    aria = "\(gain.title) against \(cost.title); the points of the front are listed below"
  }

  private static func areWhole(_ values: [Double]) -> Bool { values.allSatisfy { $0 == $0.rounded() } }

  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    return low...high
  }

  /// The border of what points of the front beat.
  private static func steps(_ spots: [(x: Double, y: Double)], _ x: Criterion, _ y: Criterion) -> String {
    guard var last = spots.first else { return "" }
    var path = "M\(PageNumbers.place(last.x)) \(PageNumbers.place(last.y))"
    for spot in spots.dropFirst() where spot != last {
      path += "H\(PageNumbers.place(spot.x))V\(PageNumbers.place(spot.y))"
      last = spot
    }
    return path
  }

  /// Where the border runs, which no text is to cover.
  private static func stepBoxes(_ spots: [(x: Double, y: Double)]) -> [LabelPlacement.Box] {
    zip(spots, spots.dropFirst()).flatMap { one, other in
      [
        .init(x: min(one.x, other.x), y: one.y - 1, width: abs(other.x - one.x), height: 2),
        .init(x: other.x - 1, y: min(one.y, other.y), width: 2, height: abs(other.y - one.y)),
      ]
    }
  }

  /// Each with its number in the list, and its name where that has room.
  private static func labels(
    _ named: [(name: String, spot: (x: Double, y: Double))], taken: [LabelPlacement.Box]
  ) -> [Label] {
    var placement = LabelPlacement(room: plot, taken: taken)
    return named.enumerated().compactMap { number, entry in
      let (x, y) = entry.spot
      let short = entry.name.count > 26 ? "\(entry.name.prefix(25))…" : entry.name
      for text in ["\(number + 1) \(short)", "\(number + 1)"] {
        guard let box = placement.place(LabelPlacement.width(text), 15, at: x, y) else { continue }
        let near = (x: min(max(x, box.x), box.x + box.width), y: min(max(y, box.y), box.y + box.height))
        return Label(
          x: PageNumbers.place(box.x + 1), y: PageNumbers.place(box.y + 11.5), text: text,
          lineX: PageNumbers.place(near.x), lineY: PageNumbers.place(near.y),
          isFar: abs(near.x - x) + abs(near.y - y) > 12, pointX: PageNumbers.place(x), pointY: PageNumbers.place(y))
      }
      return nil
    }
  }
}
