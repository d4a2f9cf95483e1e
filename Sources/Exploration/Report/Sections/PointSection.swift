import Pages

/// The table of points.
struct PointSection: ReportSection {
  struct Cell {
    var label: String
    var text: String
    /// What tables are sorted by; empty if there is nothing.
    var value: String
    var change: String
    var isChanged: Bool
    /// Sorted by its value instead of its text.
    var isNumber = true
  }

  struct Row {
    var number: Int
    var labels: [Cell]
    var cells: [Cell]
    var standing: String
    var note: String
    var isBaseline: Bool
  }

  static let name = "points"
  static let title = "Points"
  static let template = """
    <p>{{note}}</p>
    <div class="scroll"><table class="sortable">
    <thead><tr><th class="n">Point</th>{{#parameters}}<th>{{.}}</th>{{/parameters}}{{#results}}<th class="n">{{.}}</th>{{/results}}\
    <th>Standing</th></tr></thead>
    <tbody>
    {{#rows}}
    <tr{{#isBaseline}} class="base"{{/isBaseline}}><td class="n" data-label="Point" data-value="{{number}}">{{number}}</td>\
    {{#labels}}<td data-label="{{label}}"{{#isNumber}} data-value="{{value}}"{{/isNumber}}>{{text}}</td>{{/labels}}\
    {{#cells}}<td class="n" data-label="{{label}}" data-value="{{value}}"><span>{{text}}\
    <small{{#isChanged}} class="changed"{{/isChanged}}>{{change}}</small></span></td>{{/cells}}\
    <td data-label="Standing"><span>{{standing}}<small>{{note}}</small></span></td></tr>
    {{/rows}}
    </tbody>
    </table></div>
    """
  static let style = """
    .scroll{overflow-x:auto}
    .points th,.points td{overflow-wrap:break-word}
    .points small{white-space:normal}
    .points td:last-child{min-width:11rem}
    .points .changed{color:var(--ink)}
    .points .base{background:var(--panel)}
    """

  /// More rows are no table that anybody reads.
  static let rowMax = 1_000
  /// A reason is not a novel.
  private static let reasonMax = 160

  var note: String
  var parameters: [String]
  var results: [String]
  var rows: [Row]

  /// - Parameter contexts: the findings of each context: a point's standing is that within its own.
  init?(_ findings: ReportFindings, contexts: [ReportFindings], database: String) {
    let points = findings.results.points
    guard !points.isEmpty else { return nil }
    var places = Array(points.indices)
    let columns =
      findings.shown
      + (findings.gain == .attacks && !findings.shown.contains(.attacks) ? [.attacks] : [])
    if places.count > Self.rowMax, let cost = findings.cost {
      func key(_ place: Int) -> Double { findings.estimate(place, cost.result).map { cost.cost($0.mean) } ?? .infinity }
      let keys = places.map(key)
      places.sort { (keys[$0], $0) < (keys[$1], $1) }
    }
    let shown = places.prefix(Self.rowMax)
    var note = "± is half of the interval that holds the mean in 95 of 100 cases."
    if findings.isSingle { note = "One run of each point." }
    if let baseline = findings.baseline {
      note +=
        " Below each value the change against the baseline"
        + (contexts.count > 1
          ? " of the same context." : ", \(findings.name(baseline)) (point \(points[baseline].number)).")
    }
    if shown.count < places.count {
      note +=
        " These are the best \(UInt64(shown.count).grouped) of \(UInt64(places.count).grouped) points by "
        + "\(findings.cost?.result ?? "number"); sim explore show \(database) --csv FILE writes all runs."
    }
    self.note = note
    parameters = findings.results.plan.file.parameters.map(\.name)
    results = columns.map(\.title)
    var rows: [Int: Row] = [:]
    let wanted = Set(shown.map { points[$0].number })
    for findings in contexts {
      let standings = findings.standings
      for (place, point) in findings.results.points.enumerated() where wanted.contains(point.number) {
        rows[point.number] = Self.row(place, findings, columns, standings[place])
      }
    }
    // Of more contexts than are shown the values alone.
    self.rows = shown.map { rows[points[$0].number] ?? Self.row($0, findings.withoutBaseline, columns, nil) }
  }

  private static func row(
    _ place: Int, _ findings: ReportFindings, _ columns: [Criterion], _ standing: ParetoFront.Standing?
  ) -> Row {
    let point = findings.results.points[place]
    let parameters = findings.results.plan.file.parameters
    let cells = columns.map { column in
      guard let estimate = point.estimates[column.result] else {
        return Cell(label: column.result, text: "–", value: "", change: "", isChanged: false)
      }
      var change = ""
      var isChanged = false
      if place != findings.baseline, let base = findings.base(column.result) {
        isChanged = estimate.differs(from: base)
        if let percent = PageNumbers.change(estimate.mean, from: base.mean) {
          change = estimate.mean == base.mean ? "the same" : isChanged ? percent : "\(percent), within noise"
        }
      }
      return Cell(
        label: column.result, text: PageNumbers.text(estimate), value: ResultText.exact(estimate.mean), change: change,
        isChanged: isChanged)
    }
    let word =
      switch standing {
      case .front: "on the front"
      case .dominated: "dominated"
      case .undecided: "within noise of the front"
      case nil: point.runs == point.failed ? "failed" : ""
      }
    let note =
      point.failed == 0
      ? "" : "\(point.failed) of \(point.runs) failed: \(ReportHead.line(point.reason, max: reasonMax))"
    return Row(
      number: point.number,
      labels: zip(parameters, point.labels).map { parameter, label in
        let number = Double(label).flatMap { $0.isFinite ? ResultText.exact($0) : nil }
        return Cell(
          label: parameter.name, text: label, value: number ?? "", change: "", isChanged: false, isNumber: number != nil
        )
      }, cells: cells, standing: place == findings.baseline ? "baseline\(word.isEmpty ? "" : ", \(word)")" : word,
      note: note,
      isBaseline: place == findings.baseline)
  }
}
