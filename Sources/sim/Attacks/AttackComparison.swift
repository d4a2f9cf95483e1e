import Attacks
import Equivalence
import Scenarios

/// The cells of the matrix on another engine, beside the simulator.
struct AttackComparison {
  /// What came of a cell.
  private enum Verdict: String {
    case agree
    /// It differs, and the attack's head says why.
    case explained
    case disagree
    case notComparable = "not comparable"
    case notRun = "not run"
  }

  let engine: EngineKind
  private let cells: [(compared: ComparedCell<VerifyReport>, verdict: Verdict, words: String)]

  /// Such machines wait for the host's clock most of the time.
  static let machinesPerProcessor = 5

  /// How often a cell is run that differs for no known reason: the host may have been busy with something else.
  private static let attemptsMax = 3

  init(
    _ attacks: [Attack], under designs: [Attack.Design], on engine: EngineKind, products: BuildProducts, workers: Int,
    show: (_ done: Int, _ total: Int) -> Void
  ) {
    self.engine = engine
    cells = AttackMatrix.compare(attacks, under: designs, products: products, workers: workers, show: show) {
      attack, inputs in
      let check = EquivalenceCheck(inputs, comparesOutcome: false)
      var report: VerifyReport
      var attempts = 0
      repeat {
        report = VerifyReport(scenario: inputs.scenario.name, results: try check.results(against: [engine]))
        attempts += 1
      } while report.disagrees && attack.elsewhere[engine] == nil && attempts < Self.attemptsMax
      return report
    }.map { cell in
      let (verdict, words) = Self.verdict(cell, engine)
      return (cell, verdict, words)
    }
  }

  private static func verdict(_ cell: ComparedCell<VerifyReport>, _ engine: EngineKind) -> (Verdict, String) {
    switch cell.result {
    case .failure(let error): return (.notRun, "\(error)")
    case .success(let report):
      switch report.results.first?.verdict {
      case .compared(let agreement):
        guard let first = agreement.disagreements.first else { return (.agree, "") }
        if let reason = cell.attack.elsewhere[engine] { return (.explained, reason) }
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

  var disagrees: Bool { cells.contains { $0.verdict == .disagree } }
  var hasRun: Bool { cells.contains { $0.verdict != .notRun } }

  /// A line for each cell that does not agree, and how many there are of each kind.
  var text: String {
    let lines = cells.filter { $0.verdict != .agree }.map { cell in
      let word = cell.verdict == .disagree ? "DISAGREE" : cell.verdict.rawValue
      return "\(word) \(cell.compared.attack.name) under \(cell.compared.design.rawValue): \(cell.words)"
    }
    let others = [Verdict.explained, .disagree, .notComparable, .notRun].compactMap { verdict in
      let count = cells.count { $0.verdict == verdict }
      return count == 0 ? nil : ", \(count) \(verdict.rawValue)"
    }
    let agreeing = cells.count { $0.verdict == .agree }
    return (lines + ["\(agreeing) of \(cells.count) cells agree on \(engine.rawValue)\(others.joined())"])
      .joined(separator: "\n")
  }

  var json: JSONText {
    let cells = cells.map { cell in
      var members: [(key: String, value: JSONText)] = [
        ("attack", .string(cell.compared.attack.name)), ("design", .string(cell.compared.design.rawValue)),
        ("verdict", .string(cell.verdict.rawValue)),
      ]
      if !cell.words.isEmpty { members.append(("reason", .string(cell.words))) }
      if case .success(let report) = cell.compared.result { members.append(("report", report.json)) }
      return JSONText.object(members)
    }
    return .object([
      ("engine", .string(engine.rawValue)), ("agrees", .boolean(!disagrees)), ("cells", .array(cells)),
    ])
  }
}
