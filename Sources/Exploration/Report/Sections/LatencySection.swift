import Pages

/// How long spans took: which share was no longer than what.
struct LatencySection: ReportSection {
  struct Curve {
    var kind: Int
    var path: String
    var marks: [Mark]
  }

  struct Mark {
    var x: String
    var y: String
  }

  struct Row {
    var name: String
    var kind: Int
    var cells: [Cell]
  }

  struct Cell {
    var label: String
    var text: String
    var value: String
  }

  struct Plot {
    var title: String
    var aria: String
    var ticks: [Axis.Tick]
    var curves: [Curve]
    var rows: [Row]
    var columns: [String]
  }

  static let name = "latencies"
  static let title = "Distributions"
  static let template = """
    <p>{{note}}</p>
    {{#plots}}
    <div class="plot"><h3>{{title}}</h3>
    <svg class="drawing" viewBox="0 0 440 216" role="img" aria-label="{{aria}}">
    {{#ticks}}<line class="grid" x1="{{place}}" y1="12" x2="{{place}}" y2="172"/>\
    <text x="{{place}}" y="186" text-anchor="{{anchor}}">{{text}}</text>
    {{/ticks}}
    <line class="grid" x1="44" y1="13.6" x2="424" y2="13.6"/><line class="grid" x1="44" y1="28" x2="424" y2="28"/>\
    <line class="grid" x1="44" y1="92" x2="424" y2="92"/>
    <text x="38" y="16" text-anchor="end">99 %</text><text x="38" y="32" text-anchor="end">90 %</text>\
    <text x="38" y="96" text-anchor="end">50 %</text><text x="38" y="176" text-anchor="end">0</text>
    <path class="axis" d="M44 12V172H424"/>
    <text class="ink" x="234" y="206" text-anchor="middle">cycles</text>
    {{#curves}}<path class="curve l{{kind}}" d="{{path}}"/>{{#marks}}<circle class="dot l{{kind}}" cx="{{x}}" cy="{{y}}" r="3"/>{{/marks}}
    {{/curves}}
    </svg>
    <table class="sortable compact">
    <thead><tr><th>Point</th>{{#columns}}<th class="n">{{.}}</th>{{/columns}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr><th scope="row"><span class="key"><svg class="sample" viewBox="0 0 30 10" aria-hidden="true"><path class="curve l{{kind}}" d="M1 5H29"/></svg>\
    <span>{{name}}</span></span></th>\
    {{#cells}}<td class="n" data-label="{{label}}" data-value="{{value}}">{{text}}</td>{{/cells}}</tr>
    {{/rows}}
    </tbody>
    </table></div>
    {{/plots}}
    """
  static let style = """
    .curve{fill:none;stroke-width:2}
    .dot{stroke:none}
    .sample{width:30px;height:10px;flex:none}
    .l0,.l6{stroke:var(--c0)}.l1,.l7{stroke:var(--c1)}.l2,.l8{stroke:var(--c2)}
    .l3,.l9{stroke:var(--c3)}.l4,.l10{stroke:var(--c4)}.l5,.l11{stroke:var(--c5)}
    .l6,.l7,.l8,.l9,.l10,.l11{stroke-dasharray:5 3}
    .dot.l0,.dot.l6{fill:var(--c0)}.dot.l1,.dot.l7{fill:var(--c1)}.dot.l2,.dot.l8{fill:var(--c2)}
    .dot.l3,.dot.l9{fill:var(--c3)}.dot.l4,.dot.l10{fill:var(--c4)}.dot.l5,.dot.l11{fill:var(--c5)}
    """

  var note: String
  var plots: [Plot]

  /// Spans that are drawn.
  private static let spanMax = 8
  private static let columns = ["Count", "p50", "p90", "p99", "Longest"]

  init?(_ findings: ReportFindings) {
    let points = Array(findings.pictures.points.prefix(ReportFindings.pictureMax))
    let spans = findings.pictures.spans
    plots = spans.prefix(Self.spanMax).compactMap { Self.plot($0.name, $0.title, points, findings) }
    if plots.isEmpty { return nil }
    note =
      "The share of a span’s occurrences that took no longer, all repeats together; dots are the median and what 90 and 99 of 100 don’t "
      + "exceed, exact to 3 %. Where the scale is wide, equal steps multiply."
    if spans.count > Self.spanMax {
      note += " Not drawn: \(spans.dropFirst(Self.spanMax).map(\.title).joined(separator: ", "))."
    }
    let drawn = Set(points.map(\.place))
    let left = findings.results.points.indices.filter { place in
      !drawn.contains(place) && findings.results.points[place].runs > findings.results.points[place].failed
    }
    if !left.isEmpty { note += " Points that are not drawn: \(findings.list(left, max: 40))." }
  }

  private static func plot(
    _ span: String, _ title: String, _ points: [ReportPictures.Point], _ findings: ReportFindings
  ) -> Plot? {
    let own: [(place: Int, kind: Int, distribution: Distribution)] = points.enumerated().compactMap { kind, point in
      guard let found = point.distributions.first(where: { $0.name == span })?.value, found.count > 0 else {
        return nil
      }
      return (point.place, kind, found)
    }
    guard let low = own.map(\.distribution.min).min(), let high = own.map(\.distribution.max).max() else { return nil }
    let x = Axis(Double(low)...Double(high), places: (52, 416), tickMax: 6, isLogarithmic: true, isWhole: true)
    func y(_ share: Double) -> Double { 172 - 160 * share }
    let curves = own.map { place, kind, distribution in
      var path = "M\(PageNumbers.place(x.place(Double(distribution.min)))) \(PageNumbers.place(y(0)))"
      var seen: UInt64 = 0
      for bucket in distribution.buckets {
        seen += bucket.count
        let end = Double(min(max(bucket.to, distribution.min), distribution.max))
        path += "H\(PageNumbers.place(x.place(end)))V\(PageNumbers.place(y(Double(seen) / Double(distribution.count))))"
      }
      return Curve(
        kind: kind, path: path,
        marks: [0.5, 0.9, 0.99].map { share in
          Mark(
            x: PageNumbers.place(x.place(Double(distribution.quantile(share)))), y: PageNumbers.place(y(share)))
        })
    }
    return Plot(
      title: title, aria: "distribution of \(title); the table below has its numbers", ticks: x.ticks, curves: curves,
      rows: own.map { place, kind, distribution in
        let numbers = [
          distribution.count, distribution.quantile(0.5), distribution.quantile(0.9), distribution.quantile(0.99),
          distribution.max,
        ]
        return Row(
          name: findings.name(place), kind: kind,
          cells: zip(columns, numbers).map { Cell(label: $0, text: $1.grouped, value: "\($1)") })
      }, columns: columns)
  }
}
