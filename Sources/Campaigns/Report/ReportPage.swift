import Foundation
import Pages

/// What the template of a report reads; the names are those of the template.
struct ReportPage {
  struct Fact {
    var term: String
    var value: String
    var isCode = false
  }

  struct ClassLine {
    var name: String
    var mark: String
    var rule: String
    var samples: String
    var share: String
    var interval: String
    var faults: String
    var barWidth: String
    var whiskerLeft: String
    var whiskerWidth: String
    var hasInterval: Bool
    var isThere: Bool
  }

  struct MapRow {
    var name: String
    var text: String
    var gradient: String
    var cells: [MapCell]
    var columnsPerCell: Int
    var isBinned: Bool
    /// It needs the page's whole width.
    var isWide: Bool
  }

  struct MapCell {
    var name: String
    var mark: String
    var title: String
    var gradient: String
    /// The failure in the list below.
    var anchor: Int
    var isLinked: Bool
  }

  struct Map {
    var rows: [MapRow]
    var notes: [String]
    var isThere: Bool
  }

  struct Line {
    var name: String
    var mark: String
    var number: Int
    var reason: String
    var drawing: ReportDrawing
    var moments: [String]
    var command: String
  }

  struct Failure {
    var number: Int
    var name: String
    var mark: String
    var samples: String
    var fault: String
    var place: String
    var reason: String
    var command: String
  }

  var title: String
  var description: String
  var facts: [Fact]
  var warnings: [String]
  var classes: [ClassLine]
  var isExact: Bool
  var confidence: String
  var code: Map
  var places: Map
  var lines: [Line]
  var failures: [Failure]
  var failuresNote: String
  var isEmpty: Bool
}

extension ReportPage {
  init(_ report: CampaignReport) {
    let (summary, header) = (report.summary, report.summary.header)
    title = header.name
    description = header.summary
    isEmpty = summary.decided == 0
    isExact = summary.isExact
    confidence = Self.short(header.confidence * 100) + " %"
    facts = Self.facts(report)
    warnings = summary.warnings
    classes = summary.lines.map { Self.line($0, summary) }
    let linked = Set(report.failures.map(\.number))
    code = Self.map(report.code, byName: false, linked, rows: "symbols or programs")
    places = Self.map(report.places, byName: true, linked, rows: "groups")
    if report.unplaced.total > 0 {
      code.notes.append(
        "Not in this map, as nothing had to be run to know what comes of them, or as the fault did not happen: "
          + report.unplaced.text + ".")
    }
    lines = report.examples.map { Self.line($0, report) }
    failures = report.failures.map { Self.failure($0, report) }
    failuresNote = Self.failuresNote(report)
  }

  private static func facts(_ report: CampaignReport) -> [Fact] {
    let (summary, header) = (report.summary, report.summary.header)
    var facts = [
      Fact(term: "Campaign", value: header.file, isCode: true),
      Fact(term: "Identity", value: header.identity, isCode: true),
      Fact(term: "Space", value: header.spaceText(times: "×") { $0.grouped }),
      Fact(
        term: "Samples",
        value: "\(summary.decided.grouped) of \(header.sampleCount.grouped)"
          + (header.sampleCount == header.spaceSize ? ": every fault of the space" : ", drawn uniformly")),
      Fact(
        term: "Experiments",
        value: "\(summary.runs.grouped), and \(summary.overwritten.grouped) classes of faults that are overwritten "
          + "before anything reads them"),
      Fact(term: "Seed", value: String(header.seed)),
      Fact(term: "Confidence", value: short(header.confidence * 100) + " %"),
      Fact(
        term: "Fault-free run",
        value: "\(header.goldenOutcome), \(header.goldenInstructions.grouped) instructions"),
      Fact(term: "Its digest", value: header.goldenDigest, isCode: true),
    ]
    if header.part != .whole {
      facts.append(Fact(term: "Part", value: "\(header.part.number) of \(header.part.count)"))
    }
    return facts
  }

  private static func line(_ line: CampaignSummary.Line, _ summary: CampaignSummary) -> ClassLine {
    let share = Double(line.samples) / Double(summary.decided)
    let (lower, upper) = (line.interval.lower, line.interval.upper)
    let (isExact, isKnown) = (summary.isExact, summary.isDone)
    func faults(_ share: Double) -> String {
      UInt64((share * Double(summary.header.spaceSize)).rounded()).grouped
    }
    return ClassLine(
      name: line.faultClass.rawValue, mark: line.faultClass.mark, rule: line.faultClass.rule,
      samples: line.samples.grouped, share: share.percent(4) + " %",
      interval: isExact ? "exact" : isKnown ? "\(lower.percent(4)) to \(upper.percent(4)) %" : "not yet known",
      faults: isExact
        ? line.samples.grouped
        : isKnown ? "\(faults(share)) (\(faults(lower)) to \(faults(upper)))" : "not yet known",
      barWidth: share.percent(3), whiskerLeft: lower.percent(3), whiskerWidth: (upper - lower).percent(3),
      hasInterval: !isExact && isKnown, isThere: line.samples > 0)
  }

  private static func map<Column>(
    _ map: OutcomeMap<Column>, byName: Bool, _ linked: Set<Int>, rows name: String
  ) -> Map {
    let (rows, left) = map.shown(byName: byName)
    var notes: [String] = []
    if left > 0 { notes.append("\(UInt64(left).grouped) more \(name) with no worse outcomes are not shown.") }
    if map.beyond.total > 0 {
      notes.append("There are too many places to tell all of them apart; of those left out came: \(map.beyond.text).")
    }
    let shown = rows.map { row in
      MapRow(
        name: row.name, text: row.counts.text, gradient: row.counts.gradient,
        cells: row.cells.map { cell in
          let worst = cell.example.faultClass
          return MapCell(
            name: worst.rawValue, mark: worst.mark,
            title: "\(cell.label): \(cell.counts.text); experiment \(cell.example.number)",
            gradient: cell.counts.gradient, anchor: cell.example.number, isLinked: linked.contains(cell.example.number))
        }, columnsPerCell: row.columnsPerCell, isBinned: row.columnsPerCell > 1,
        isWide: row.cells.count > 22)
    }
    return Map(rows: shown, notes: notes, isThere: !map.isEmpty)
  }

  private static func line(_ record: ExperimentRecord, _ report: CampaignReport) -> Line {
    let timeline = ExperimentTimeline(record, goldenEnd: report.summary.header.goldenInstructions)
    return Line(
      name: record.faultClass.rawValue, mark: record.faultClass.mark, number: record.number, reason: record.reason,
      drawing: ReportDrawing(timeline), moments: timeline.moments.map(\.text), command: report.command(record.number))
  }

  private static func failure(_ record: ExperimentRecord, _ report: CampaignReport) -> Failure {
    Failure(
      number: record.number, name: record.faultClass.rawValue, mark: record.faultClass.mark,
      samples: record.weight == 1 ? "" : ", for \(record.weight.grouped) samples",
      fault: "\(record.location) before instruction \(record.instruction.grouped)",
      place: record.place.isEmpty ? "" : " at \(record.place)", reason: record.reason,
      command: report.command(record.number))
  }

  private static func failuresNote(_ report: CampaignReport) -> String {
    let samples = report.summary.failures
    guard samples > 0 else { return "There are none." }
    let listed = report.failures.reduce(0) { $0 + $1.weight }
    guard listed < samples else { return "All of them." }
    return "The first \(report.failures.count), the worst class first, which are \(listed.grouped) of "
      + "\(samples.grouped) samples; sim campaign show has an option --csv, which lists all."
  }

  /// A number of hundredths without zeros at its end.
  private static func short(_ value: Double) -> String {
    value == value.rounded() ? String(format: "%.0f", value) : String(format: "%.4g", value)
  }
}
