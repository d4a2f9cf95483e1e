import Foundation
import Pages

/// The page for people: what an exploration has found. The same database gives the same bytes, and however many points there are, the
/// page stays of a size that a browser shows at once.
public struct ExplorationReport {
  let findings: ReportFindings
  /// The file's name without its folder, so that the page does not depend on where it lies.
  let database: String

  public init(_ store: ExplorationStore) throws {
    let results = try ExplorationResults(store, isShort: true)
    findings = try ReportFindings(results) { try ReportPictures(store, results, places: $0) }
    database = URL(fileURLWithPath: store.path).lastPathComponent
  }

  /// In the order of the page. What there is nothing to say of is left out.
  private var sections: [any ReportSection] {
    let models = EffectModels(findings)
    let sections: [(any ReportSection)?] = [
      VerdictSection(findings), PointSection(findings, database: database), FrontSection(findings),
      BarSection(findings), EffectSection(models), InteractionSection(models, isSingle: findings.isSingle),
      LatencySection(findings), TimelineSection(findings), ReferenceSection(findings.results.references),
    ]
    return sections.compactMap { $0 }
  }

  /// One HTML file that needs nothing else (``Pages/ReportDocument``): tables can be sorted where scripts run, and all is there where
  /// they don't.
  public var html: String {
    let sections = sections
    var values: [String: Any] = ["head": ReportHead(findings, database: database)]
    for section in sections { values[type(of: section).name] = section }
    let bodies = sections.map { section in
      let kind = type(of: section)
      return "<section class=\"\(kind.name)\">\n<h2>\(kind.title)</h2>\n{{#\(kind.name)}}\n\(kind.template)\n"
        + "{{/\(kind.name)}}\n</section>"
    }
    let styles = [ReportHead.style] + sections.map { type(of: $0).style }
    return ReportDocument(
      title: "{{head.title}}: exploration",
      body: "\(ReportHead.template)\n<main>\n\(bodies.joined(separator: "\n"))\n</main>\n\(TableSorting.script)",
      style: styles.filter { !$0.isEmpty }.joined(separator: "\n")
    ).render(values)
  }
}
