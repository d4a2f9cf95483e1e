import Scenarios

extension AttackMatrix {
  /// A test case for each cell that was run. No time is told, so that the report depends on the corpus only.
  public var junit: JUnitReport {
    JUnitReport(
      rows.flatMap { row in
        row.cells.filter { $0.found != nil || !$0.problems.isEmpty }.map { cell in
          JUnitReport.Case(
            name: "\(row.attack.name) under \(cell.design.rawValue)", file: row.attack.file, seconds: 0,
            verdict: Self.verdict(cell), output: cell.found?.transcript ?? "")
        }
      })
  }

  private static func verdict(_ cell: CellVerdict) -> JUnitReport.Verdict {
    if !cell.problems.isEmpty { return .error(kind: "corpus", message: cell.problems.joined(separator: "\n")) }
    if cell.isDefect { return .error(kind: "simulator-defect", message: cell.found?.reason ?? "") }
    guard cell.differences.isEmpty else {
      return .failed(outcome: cell.outcome?.rawValue ?? "", failures: cell.differences)
    }
    return .passed
  }
}
