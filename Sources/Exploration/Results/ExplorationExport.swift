import OutputFiles
import Scenarios

/// Each run as a line for other programs: JSON Lines, or comma-separated values as RFC 4180 has them.
public struct ExplorationExport {
  private let store: ExplorationStore
  private let results: ExplorationResults

  private static let runColumns = ["run", "point", "repeat", "runSeed"]
  private static let outcomeColumns = ["isolation", "outcome", "passed", "reason"]
  /// Names that no parameter can have, as columns of exports have them.
  static let columns = Set(runColumns + outcomeColumns)

  /// - Parameter results: what the database has by points, all of it.
  public init(_ store: ExplorationStore, _ results: ExplorationResults) {
    (self.store, self.results) = (store, results)
  }

  private var plan: ExplorationPlan { results.plan }
  private var parameters: [String] { plan.file.parameters.map(\.name) }

  public func visitJSONLines(_ body: (String) -> Void) throws {
    try store.visit(withPictures: false) { record in
      let point = plan.pointNumber(ofRun: record.number)
      let labels = zip(parameters, plan.labels(ofPoint: point)).map { ($0, JSONText.string($1)) }
      let results = self.results.results(of: record).values.map { name, value in
        (name, JSONText.number(ResultText.exact(value)))
      }
      let line = JSONText.object([
        ("run", .integer(UInt64(record.number))), ("point", .integer(UInt64(point))),
        ("repeat", .integer(UInt64(plan.repeatNumber(ofRun: record.number)))), ("runSeed", .integer(record.seed)),
        ("parameters", .object(labels)), ("isolation", .string(record.design)), ("outcome", .string(record.outcome)),
        ("passed", .boolean(record.passed)), ("reason", .string(record.reason)), ("digest", .string(record.digest)),
        ("results", .object(results)),
      ])
      body(line.text)
    }
  }

  public func visitCSV(_ body: (String) -> Void) throws {
    let names = results.names
    body(CommaSeparated.line(Self.runColumns + parameters + Self.outcomeColumns + names))
    try store.visit(withPictures: false) { record in
      let point = plan.pointNumber(ofRun: record.number)
      let known = self.results.results(of: record).byName
      let numbers = ["\(record.number)", "\(point)", "\(plan.repeatNumber(ofRun: record.number))", "\(record.seed)"]
      body(
        CommaSeparated.line(
          numbers + plan.labels(ofPoint: point) + [record.design, record.outcome, "\(record.passed)", record.reason]
            + names.map { known[$0].map(ResultText.exact) ?? "" }))
    }
  }
}
