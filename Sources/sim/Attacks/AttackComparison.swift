import Attacks
import Equivalence
import Scenarios

/// The cells of the matrix on another engine, beside the simulator.
struct AttackComparison {
  typealias Cell = ComparedCell<VerifyReport>

  let engine: EngineKind
  let cells: [Cell]

  /// Limits of time are the host's on other engines, and the host may be busy: all are so many times as long as in the matrix.
  private static let patience: UInt64 = 5

  /// A cell that differs is run once more, for the same reason.
  init(
    _ attacks: [Attack], under designs: [Attack.Design], on engine: EngineKind, products: BuildProducts, workers: Int,
    show: (_ done: Int, _ total: Int) -> Void
  ) {
    self.engine = engine
    cells = AttackMatrix.compare(attacks, under: designs, products: products, workers: workers, show: show) { cell in
      var inputs = cell
      for index in inputs.scenario.script.indices { inputs.scenario.script[index].within.nanoseconds *= Self.patience }
      let patient = inputs
      func report() throws -> VerifyReport {
        VerifyReport(
          scenario: patient.scenario.name,
          results: try EquivalenceCheck(patient, isWitnessed: false).results(against: [engine]))
      }
      let first = try report()
      return first.disagrees ? try report() : first
    }
  }

  private enum Verdict: String {
    case agree, disagree
    case notComparable = "not comparable"
    case notRun = "not run"
  }

  private func verdict(_ cell: Cell) -> (Verdict, String) {
    switch cell.result {
    case .failure(let error): return (.notRun, "\(error)")
    case .success(let report):
      switch report.results.first?.verdict {
      case .compared(let agreement):
        guard let first = agreement.disagreements.first else { return (.agree, "") }
        let (one, other) = (first.simulator ?? "nothing more", first.engine ?? "nothing more")
        return (
          .disagree, "\(first.category.rawValue), item \(first.index): simulator \(one), \(engine.rawValue) \(other)"
        )
      case .notComparable(let reason): return (.notComparable, reason)
      case .unavailable(let reason): return (.notRun, reason)
      case nil: return (.notRun, "no engine was asked")
      }
    }
  }

  var disagrees: Bool { cells.contains { verdict($0).0 == .disagree } }
  var hasRun: Bool { cells.contains { verdict($0).0 != .notRun } }

  /// A line for each cell that does not agree, and how many there are of each kind.
  var text: String {
    var counts: [Verdict: Int] = [:]
    var lines: [String] = []
    for cell in cells {
      let (verdict, words) = verdict(cell)
      counts[verdict, default: 0] += 1
      guard verdict != .agree else { continue }
      let name = "\(cell.attack.name) under \(cell.design.rawValue)"
      lines.append("\(verdict == .disagree ? "DISAGREE" : verdict.rawValue) \(name): \(words)")
    }
    let others = [Verdict.disagree, .notComparable, .notRun].compactMap { verdict in
      counts[verdict].map { ", \($0) \(verdict.rawValue)" }
    }
    lines.append("\(counts[.agree] ?? 0) of \(cells.count) cells agree on \(engine.rawValue)\(others.joined())")
    return lines.joined(separator: "\n")
  }

  var json: JSONText {
    .object([
      ("engine", .string(engine.rawValue)), ("agrees", .boolean(!disagrees)),
      (
        "cells",
        .array(
          cells.map { cell in
            let (verdict, words) = verdict(cell)
            var members: [(key: String, value: JSONText)] = [
              ("attack", .string(cell.attack.name)), ("design", .string(cell.design.rawValue)),
              ("verdict", .string(verdict.rawValue)),
            ]
            if !words.isEmpty { members.append(("reason", .string(words))) }
            if case .success(let report) = cell.result { members.append(("report", report.json)) }
            return .object(members)
          })
      ),
    ])
  }
}
