import Pages

/// What the exploration is, and how far it is.
struct ReportHead {
  struct Fact {
    var term: String
    var value: String
    var isCode = false
  }

  struct Failure {
    var count: String
    var reason: String
    var points: String
  }

  var title: String
  var description: String
  var warnings: [String]
  var facts: [Fact]
  var failures: [Failure]
  var failuresNote: String
  var hasFailures: Bool

  /// Reasons that are listed.
  private static let reasonMax = 20

  init(_ findings: ReportFindings, database: String) {
    let (results, header) = (findings.results, findings.results.header)
    title = header.name
    description = header.summary
    warnings = []
    if results.done == 0 {
      warnings.append("No run is done yet.")
    } else if !results.isDone {
      warnings.append(
        "The exploration is not done: \(UInt64(results.done).grouped) of \(UInt64(results.wanted).grouped) runs are here."
      )
    }
    if header.part != .whole {
      warnings.append(
        "This is part \(header.part.number) of \(header.part.count); sim explore merge puts all parts together.")
    }
    // Cells without numbers of the campaign say nothing alone.
    warnings += results.campaignNotes.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
    facts = Self.facts(findings, database)
    var reasons: [(reason: String, runs: Int, places: [Int])] = []
    var known: [String: Int] = [:]
    for (place, point) in results.points.enumerated() where point.failed > 0 {
      let kind = Self.kind(point.reason)
      if let index = known[kind] {
        reasons[index].runs += point.failed
        reasons[index].places.append(place)
      } else {
        known[kind] = reasons.count
        reasons.append((Self.line(point.reason, max: 600), point.failed, [place]))
      }
    }
    failures = reasons.prefix(Self.reasonMax).map { reason, runs, places in
      Failure(
        count: PageNumbers.count(runs, "run"), reason: reason,
        points: "\(PageNumbers.count(places.count, "point")): \(findings.list(places, max: 4))")
    }
    let left = reasons.count - failures.count
    failuresNote =
      "\(PageNumbers.count(results.failed, "run")) of \(UInt64(results.done).grouped) did not come to what the scenario expects; "
      + "their numbers count nowhere. By the reason of each point’s first; the first of each kind is told"
      + (left > 0 ? ", and \(PageNumbers.count(left, "other reason")); --csv has all." : ".")
    hasFailures = results.failed > 0
  }

  /// What reasons of the same kind have in common: all but their numbers.
  private static func kind(_ reason: String) -> String {
    String(String.UnicodeScalarView(reason.unicodeScalars.filter { !("0"..."9").contains($0) }))
  }

  /// A reason on one line, which is not a novel.
  static func line(_ reason: String, max: Int) -> String {
    let line = reason.replacing("\n", with: " ")
    return line.count > max ? "\(line.prefix(max - 1))…" : line
  }

  private static func facts(_ findings: ReportFindings, _ database: String) -> [Fact] {
    let (results, header, file) = (findings.results, findings.results.header, findings.results.plan.file)
    let sampling =
      switch file.sampling {
      case .grid: "each value with each other"
      case .random: "drawn at random"
      case .latinHypercube: "a Latin hypercube"
      case .list: "listed"
      }
    var facts = [
      Fact(term: "Exploration", value: header.file, isCode: true),
      Fact(term: "Scenario", value: file.scenario, isCode: true),
      Fact(term: "Database", value: database, isCode: true),
      Fact(term: "Points", value: "\(UInt64(results.plan.points.count).grouped), \(sampling)"),
      Fact(
        term: "Runs",
        value: "\(UInt64(results.done).grouped) of \(UInt64(results.wanted).grouped)"
          + (results.failed > 0 ? ", \(UInt64(results.failed).grouped) failed" : "")),
      Fact(
        term: "Repeats", value: file.repeats == 1 ? "1: noise is not known" : "\(file.repeats), each with its own seed"),
      Fact(term: "Seed", value: "\(file.seed)"),
      Fact(term: "Parameters", value: file.parameters.map { "\($0.name) (\(values($0)))" }.joined(separator: ", ")),
    ]
    if let baseline = findings.baseline {
      facts.append(Fact(term: "Baseline", value: findings.name(baseline)))
    }
    if !findings.shown.isEmpty {
      let goals = findings.shown.map { "\($0.result) (\($0.isLowerBetter ? "less" : "more") is better)" }
      facts.append(Fact(term: "Results", value: goals.joined(separator: ", ")))
    }
    for counts in results.attacks.sorted(by: { $0.key < $1.key }).map(\.value) {
      facts.append(
        Fact(term: "Attacks on \(counts.design)", value: "\(counts.succeeded) of \(counts.total) succeed"))
    }
    facts.append(Fact(term: "Identity", value: header.identity, isCode: true))
    return facts
  }

  private static func values(_ parameter: Parameter) -> String {
    parameter.count.map { PageNumbers.count($0, "value") } ?? "a range"
  }
}

extension ReportHead {
  static let template = """
    {{#head}}
    <header>
    <h1>{{title}}</h1>
    <p class="lead">{{description}}</p>
    {{#warnings}}
    <p class="warning">{{.}}</p>
    {{/warnings}}
    <dl>
    {{#facts}}
    <div><dt>{{term}}</dt><dd{{#isCode}} class="code"{{/isCode}}>{{value}}</dd></div>
    {{/facts}}
    </dl>
    {{#hasFailures}}
    <h2>Failed runs</h2>
    <p>{{failuresNote}}</p>
    <ul class="failures">
    {{#failures}}
    <li><p><strong>{{count}}</strong>: {{reason}}</p><p class="quiet">{{points}}</p></li>
    {{/failures}}
    </ul>
    {{/hasFailures}}
    </header>
    {{/head}}
    """

  /// What several parts have.
  static let style = """
    :root{--c0:#1d4ed8;--c1:#c2410c;--c2:#15803d;--c3:#7c3aed;--c4:#be185d;--c5:#0e7490}
    @media (prefers-color-scheme:dark){:root{--c0:#7aa2ff;--c1:#ff9d5c;--c2:#5fd38a;--c3:#b99bff;--c4:#ff7eb6;--c5:#5ccfe6}}
    .quiet,.note{color:var(--soft);font-size:.875rem}
    .drawing{display:block;width:100%;max-width:44rem;margin:.75rem 0}
    .drawing text{font:11px system-ui,sans-serif;fill:var(--soft)}
    .drawing .ink{fill:var(--ink)}
    .drawing .axis{stroke:var(--soft);stroke-width:1;fill:none}
    .drawing .grid{stroke:var(--line);stroke-width:1}
    thead button{all:unset;cursor:pointer;font:inherit;color:inherit}
    thead button:focus-visible{outline:2px solid var(--ink)}
    th[aria-sort] button::after{content:" ▲"}
    th[aria-sort=descending] button::after{content:" ▼"}
    .drawing text{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
    td>span>small{max-width:none}
    .key{display:inline-flex;gap:.5rem;align-items:center}
    @media (max-width:44rem){
    .drawing text{font-size:13px}
    tbody td,tbody td.n{grid-template-columns:9.5rem 1fr;column-gap:.5rem}
    tbody td::before{font-size:.9em}
    .compact tbody td,.compact tbody td.n{display:inline-flex;gap:.35rem;margin-right:1rem;font-size:.875rem}
    }
    h3{margin-top:1.5rem}
    @media print{:root{--c0:#1d4ed8;--c1:#c2410c;--c2:#15803d;--c3:#7c3aed;--c4:#be185d;--c5:#0e7490}
    html{font-size:11px}
    .note,.plot h3{break-after:avoid}
    .drawing{max-width:34rem;break-inside:avoid;print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
