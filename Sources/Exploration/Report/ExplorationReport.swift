import Foundation
import Pages

/// The page for people: what an exploration has found. The same database gives the same bytes, and however many points there are, the
/// page stays of a size that a browser shows at once.
public struct ExplorationReport {
  let findings: ReportFindings
  /// The same for each context, within which points are compared.
  let contexts: [(name: String, findings: ReportFindings)]
  /// The file's name without its folder, so that the page does not depend on where it lies.
  let database: String

  public init(_ store: ExplorationStore) throws {
    let results = try ExplorationResults(store, isShort: true)
    findings = try ReportFindings(results) { try ReportPictures(store, results, places: $0) }
    contexts = results.byContext.prefix(Self.contextMax).map { name, part in
      (name, ReportFindings(part) { _ in ReportPictures() })
    }
    database = URL(fileURLWithPath: store.path).lastPathComponent
  }

  /// More contexts would make a page that nobody reads to its end; the table of points has all.
  private static let contextMax = 12

  /// In the order of the page, each with its parts: what compares points has one for each context. What there is nothing to say of is
  /// left out.
  private var sections: [[(context: String, section: any ReportSection)]] {
    func whole(_ section: (any ReportSection)?) -> [(context: String, section: any ReportSection)] {
      section.map { [("", $0)] } ?? []
    }
    func each(_ make: (ReportFindings, EffectModels) -> (any ReportSection)?) -> [(
      context: String, section: any ReportSection
    )] {
      zip(contexts, models).compactMap { context, models in
        make(context.findings, models).map { (context.name, $0) }
      }
    }
    let models = contexts.map { EffectModels($0.findings) }
    return [
      each { findings, _ in VerdictSection(findings) },
      whole(PointSection(findings, contexts: contexts.map(\.findings), database: database)),
      each { findings, _ in FrontSection(findings) }, each { findings, _ in BarSection(findings) },
      each { _, models in EffectSection(models) },
      each { findings, models in InteractionSection(models, isSingle: findings.isSingle) },
      whole(LatencySection(findings)), whole(TimelineSection(findings)),
      whole(ReferenceSection(findings.results.references)),
    ].filter { !$0.isEmpty }
  }

  /// One HTML file that needs nothing else (``Pages/ReportDocument``): tables can be sorted where scripts run, and all is there where
  /// they don't.
  public var html: String {
    let sections = sections
    var values: [String: Any] = ["head": ReportHead(findings, database: database)]
    let kinds = sections.map { type(of: $0[0].section) }
    for (kind, parts) in zip(kinds, sections) {
      values[kind.name] = parts.map {
        ["context": $0.context, "hasContext": !$0.context.isEmpty, "part": $0.section] as [String: Any]
      }
    }
    let bodies = kinds.map { kind in
      "<section class=\"\(kind.name)\">\n<h2>\(kind.title)</h2>\n{{#\(kind.name)}}\n"
        + "{{#hasContext}}<h3 class=\"context\">{{context}}</h3>{{/hasContext}}\n{{#part}}\n\(kind.template)\n{{/part}}\n"
        + "{{/\(kind.name)}}\n</section>"
    }
    let styles = [ReportHead.style] + kinds.map { $0.style }
    return ReportDocument(
      title: "{{head.title}}: exploration",
      body: "\(ReportHead.template)\n<main>\n\(bodies.joined(separator: "\n"))\n</main>\n\(TableSorting.script)",
      style: styles.filter { !$0.isEmpty }.joined(separator: "\n")
    ).render(values)
  }
}
