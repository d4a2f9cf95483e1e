import Pages

/// What happened in the longest occurrence of each span, in three lanes.
struct TimelineSection: ReportSection {
  struct Mark {
    var x: String
    var y: String
  }

  struct Label {
    var x: String
    var y: String
    var text: String
  }

  struct Row {
    var time: String
    var lane: String
    var kind: String
    var detail: String
  }

  struct Picture {
    var title: String
    var note: String
    var aria: String
    var ticks: [Axis.Tick]
    var path: String
    var marks: [Mark]
    var labels: [Label]
    var rows: [Row]
    var more: String
    var hasMore: Bool
  }

  static let name = "timelines"
  static let title = "One request"
  static let template = """
    <p>{{note}}</p>
    {{#pictures}}
    <div class="plot"><h3>{{title}}</h3><p class="note">{{note}}</p>
    <svg class="drawing lanes" viewBox="0 0 440 236" role="img" aria-label="{{aria}}">
    {{#ticks}}<line class="grid" x1="{{place}}" y1="8" x2="{{place}}" y2="196"/>\
    <text x="{{place}}" y="210" text-anchor="{{anchor}}">{{text}}</text>
    {{/ticks}}
    <line class="lane" x1="58" y1="48" x2="426" y2="48"/><line class="lane" x1="58" y1="112" x2="426" y2="112"/>\
    <line class="lane" x1="58" y1="176" x2="426" y2="176"/>
    <text class="ink" x="42" y="52" text-anchor="end">guest</text><text class="ink" x="42" y="116" text-anchor="end">queue</text>\
    <text class="ink" x="42" y="180" text-anchor="end">host</text>
    <path class="way" d="{{path}}"/>
    {{#marks}}<circle class="moment" cx="{{x}}" cy="{{y}}" r="2.6"/>
    {{/marks}}
    {{#labels}}<text class="tag" x="{{x}}" y="{{y}}">{{text}}</text>
    {{/labels}}
    <text class="ink" x="238" y="228" text-anchor="middle">cycles since it began</text>
    </svg>
    <table class="moments">
    <thead><tr><th class="n">Cycles</th><th>Lane</th><th>What</th></tr></thead>
    <tbody>
    {{#rows}}
    <tr class="{{lane}}"><td class="n" data-label="Cycles">{{time}}</td><td data-label="Lane">{{lane}}</td>\
    <td data-label="What"><span>{{kind}} <small>{{detail}}</small></span></td></tr>
    {{/rows}}
    </tbody>
    </table>
    {{#hasMore}}<p class="note">{{more}}</p>{{/hasMore}}</div>
    {{/pictures}}
    """
  static let style = """
    .drawing .lane{stroke:var(--line);stroke-width:14;stroke-linecap:round}
    .drawing .way{fill:none;stroke:var(--c0);stroke-width:1.2}
    .drawing .moment{fill:var(--c0)}
    .drawing .tag{font-size:10px;fill:var(--ink)}
    .moments{font-size:.875rem}
    .moments td{padding:.15rem .5rem}
    .moments small{max-width:none;display:inline}
    .moments td:first-child{width:7rem}
    .moments td:nth-child(2){width:5rem}
    @media (max-width:44rem){
    .drawing .tag{font-size:12px}
    .moments tr{display:grid;grid-template-columns:4.8rem 3rem 1fr;column-gap:.5rem;padding:.2rem 0}
    .moments tbody td,.moments tbody td.n,.moments td:first-child,.moments td:nth-child(2){display:block;width:auto;padding:0}
    .moments tbody td.n{text-align:right}
    .moments td::before{content:none}
    }
    """

  var note: String
  var pictures: [Picture]

  private static let spanMax = 8
  private static let rowMax = 60
  private static let lanes: [(lane: Timeline.Lane, y: Double)] = [(.guest, 48), (.queue, 112), (.host, 176)]

  init?(_ findings: ReportFindings) {
    let points = findings.pictures.points
    let baseline = points.first { $0.place == findings.baseline }
    pictures = findings.pictures.spans.prefix(Self.spanMax).flatMap { span in
      let first = points.first { point in point.timelines.contains { $0.name == span.name } }
      let own = [first, baseline?.place == first?.place ? nil : baseline].compactMap { $0 }
      return own.compactMap { point in
        point.timelines.first { $0.name == span.name }.map {
          Self.picture(span.title, $0.value, point.place, findings)
        }
      }
    }
    if pictures.isEmpty { return nil }
    note =
      "The longest occurrence of each span, of the first point"
      + (findings.baseline == nil ? "" : " and of the baseline")
      + ": from the guest through the queues of its devices to the host and back. Time passes only while the guest runs or waits."
  }

  private static func picture(
    _ span: String, _ timeline: Timeline, _ place: Int, _ findings: ReportFindings
  ) -> Picture {
    let x = Axis(0...Double(max(timeline.duration, 1)), places: (60, 424), tickMax: 6, isWhole: true)
    func y(_ lane: Timeline.Lane) -> Double { lanes.first { $0.lane == lane }?.y ?? 0 }
    var path = "M\(PageNumbers.place(x.place(0))) \(PageNumbers.place(y(.guest)))"
    for line in timeline.lines {
      path += "H\(PageNumbers.place(x.place(Double(line.time))))V\(PageNumbers.place(y(line.lane)))"
    }
    path += "V\(PageNumbers.place(y(.guest)))H\(PageNumbers.place(x.place(Double(timeline.duration))))"
    let rows = timeline.lines.prefix(rowMax).map { line in
      let words = line.text.split(separator: " ", maxSplits: 1)
      return Row(
        time: line.time.grouped, lane: line.lane.rawValue, kind: words.first.map(String.init) ?? "",
        detail: words.count > 1 ? String(words[1]) : "")
    }
    let left = timeline.lines.count - rows.count
    let ended = timeline.lines.count >= Timeline.lineMax ? ", and of those after them none was kept" : ""
    return Picture(
      title: "\(span): \(findings.name(place))",
      note: "\(timeline.duration.grouped) cycles, from cycle \(timeline.from.grouped) of the run on.",
      aria: "the moments of the table below, in three lanes", ticks: x.ticks, path: path,
      marks: marks(timeline, x, y), labels: labels(timeline, x, y), rows: rows,
      more: "\(PageNumbers.count(left, "more line"))\(ended).", hasMore: left > 0)
  }

  /// One for all that would lie on each other.
  private static func marks(_ timeline: Timeline, _ x: Axis, _ y: (Timeline.Lane) -> Double) -> [Mark] {
    var known: Set<String> = []
    return timeline.lines.compactMap { line in
      let mark = Mark(x: PageNumbers.place(x.place(Double(line.time)).rounded()), y: PageNumbers.place(y(line.lane)))
      return known.insert("\(mark.x) \(mark.y)").inserted ? mark : nil
    }
  }

  /// Of each lane's first moment of a kind, where there is room.
  private static func labels(_ timeline: Timeline, _ x: Axis, _ y: (Timeline.Lane) -> Double) -> [Label] {
    var known: Set<String> = []
    var ends: [String: Double] = [:]
    return timeline.lines.compactMap { line in
      let kind = line.text.split(separator: " ").first.map(String.init) ?? ""
      let key = "\(line.lane.rawValue) \(kind)"
      guard !known.contains(key) else { return nil }
      let left = x.place(Double(line.time)) - 2
      let width = Double(kind.count) * 6.6
      for level in 0..<3 {
        let row = "\(line.lane.rawValue) \(level)"
        guard left + width <= 438, ends[row].map({ $0 < left }) ?? true else { continue }
        ends[row] = left + width + 4
        known.insert(key)
        return Label(
          x: PageNumbers.place(left), y: PageNumbers.place(y(line.lane) - 10 - Double(level) * 12), text: kind)
      }
      return nil
    }
  }
}
