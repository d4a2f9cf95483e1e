import Foundation
import GuestOS
import Scenarios
import SimCPU
import WorkerThreads

extension AttackMatrix {
  /// Runs every cell, each as a fork of a machine that was booted once for all that can share it. The result does not depend on the
  /// number of workers.
  ///
  /// - Parameters:
  ///   - workers: threads, at least 1.
  ///   - show: told on this thread how many of how many runs are done, now and then.
  /// - Throws: ``MatrixError`` if a guest does not boot, ``ScenarioProblems`` if its image is not there.
  public init(
    _ attacks: [Attack], under designs: [Attack.Design], products: BuildProducts, engine: EngineMaker, workers: Int,
    show: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    self.designs = designs
    rows = attacks.map { attack in
      Row(
        attack: attack,
        cells: designs.map {
          CellVerdict(
            design: $0, expected: attack.cells[$0], expectedControl: attack.expectedControl(under: $0))
        })
    }
    var wanted: [(row: Int, column: Int, cell: Cell)] = []
    for (rowNumber, row) in rows.enumerated() {
      for (column, verdict) in row.cells.enumerated() where row.attack.program != .none {
        guard verdict.expected?.outcome.isRun != false else { continue }
        wanted.append((rowNumber, column, Cell(attack: row.attack, design: verdict.design)))
        guard verdict.expectedControl != nil else { continue }
        wanted.append((rowNumber, column, Cell(attack: row.attack, design: verdict.design, isControl: true)))
      }
    }
    let bases = try Self.bases(of: wanted.map(\.cell), products: products, engine: engine, workers: workers)
    // Whoever works stays with one guest as long as possible: its engine keeps what it has translated.
    let order = wanted.indices.sorted {
      (bases.place[wanted[$0].cell.guest]!, $0) < (bases.place[wanted[$1].cell.guest]!, $1)
    }
    let cells = wanted.map(\.cell)
    let results = concurrently(
      order.count, workers: workers, context: { CellRunner(products: products, engine: engine) },
      show: { show($0, cells.count) },
      body: { number, runner in
        let cell = cells[order[number]]
        return try runner.run(cell, from: bases.all[CellBase.Key(cell)]!)
      })
    for (number, result) in zip(order, results) {
      let (row, column, cell) = wanted[number]
      rows[row].cells[column].take(result, of: cell)
    }
    for row in rows.indices { rows[row].noteMissingSymbols { Self.isInAnyImage($0, products) } }
  }

  /// Whether any variant of the guest has a symbol, also one that nobody has asked for here.
  private static func isInAnyImage(_ symbol: String, _ products: BuildProducts) -> Bool {
    GuestVariant.allCases.contains { variant in
      let file = products.images.appending(path: variant.fileName)
      guard let bytes = try? Data(contentsOf: file), let image = try? GuestImage(Array(bytes)) else { return false }
      return image.symbol(named: symbol) != nil
    }
  }

  /// Measures what each design costs, to stand beside what it holds off.
  ///
  /// - Throws: ``MatrixError`` if a guest does not do what is measured, ``ScenarioProblems`` if its image is not there.
  public mutating func measureCosts(products: BuildProducts, engine: EngineMaker, workers: Int) throws {
    let designs = designs
    costs = try concurrently(
      designs.count, workers: workers, context: {},
      body: { number, _ in try CostRun(designs[number]).measure(products: products, engine: engine) }
    ).map { try $0.get() }
  }

  private struct Bases: Sendable {
    var all: [CellBase.Key: CellBase] = [:]
    /// Guests by the order in which they come up.
    var place: [GuestKey: Int] = [:]
  }

  private static func bases(
    of cells: [Cell], products: BuildProducts, engine: EngineMaker, workers: Int
  ) throws -> Bases {
    var bases = Bases()
    var keys: [CellBase.Key] = []
    for key in cells.map({ CellBase.Key($0) }) where !keys.contains(key) {
      keys.append(key)
      if bases.place[key.guest] == nil { bases.place[key.guest] = bases.place.count }
    }
    let wanted = keys
    let made = concurrently(
      wanted.count, workers: workers, context: {},
      body: { number, _ in
        try CellBase(wanted[number], products: products, engine: engine)
      })
    for (key, base) in zip(keys, made) { bases.all[key] = try base.get() }
    return bases
  }
}

extension AttackMatrix.Row {
  /// A symbol that only some images have may be a weak one, for the designs that have such a thing. One that none has is a mistake.
  fileprivate mutating func noteMissingSymbols(isKnown: (String) -> Bool) {
    let places = cells.indices.filter { place in
      cells[place].found != nil && (attack.program == .bpf || cells[place].design.takesNativeObjects)
    }
    func isMissing(_ symbol: String, _ place: Int) -> Bool {
      cells[place].found?.missingSymbols.contains(symbol) == true
    }
    for symbol in attack.symbols
    where !places.isEmpty && places.allSatisfy({ isMissing(symbol, $0) }) && !isKnown(symbol) {
      for place in places { cells[place].problems.append("the image has no symbol \"\(symbol)\"; see nm's list of it") }
    }
  }
}

extension AttackMatrix.CellVerdict {
  mutating func take(_ result: Result<CellResult, any Error>, of cell: Cell) {
    switch result {
    case .failure(let problems as ScenarioProblems):
      self.problems += problems.problems.map { "\($0.problem); \($0.remedy)" }
    case .failure(let error): if !problems.contains("\(error)") { problems.append("\(error)") }
    case .success(let found):
      if cell.isControl { control = found } else { self.found = found }
      if let problem = found.problem { problems.append(cell.isControl ? "without its bypass: \(problem)" : problem) }
      if cell.isControl, cell.design.isolates, found.outcome.isSuccess {
        problems.append(
          "it succeeds without its bypass too (\(found.outcome.rawValue): \(found.reason)), so it shows nothing of the design; "
            + "let BYPASS hold all that it needs to reach its goal")
      }
    }
  }
}
