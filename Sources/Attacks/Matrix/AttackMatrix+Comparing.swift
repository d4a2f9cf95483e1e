import Foundation
import Scenarios
import WorkerThreads

/// One cell, as another engine can run it too.
public struct ComparedCell<Output: Sendable>: Sendable {
  public var attack: Attack
  public var design: Attack.Design
  public var result: Result<Output, any Error>
}

extension AttackMatrix {
  /// Has every cell with a program compared by somebody else, each from its beginning. Designs refuse what they take no objects of alike,
  /// so such cells are left out; so are secrets, with which no other engine's memory can be filled.
  ///
  /// - Parameters:
  ///   - workers: threads, at least 1.
  ///   - show: told on this thread how many of how many cells are done, now and then.
  ///   - compare: given a cell's attack and what its run starts from.
  public static func compare<Output: Sendable>(
    _ attacks: [Attack], under designs: [Attack.Design], products: BuildProducts, workers: Int,
    show: (_ done: Int, _ total: Int) -> Void = { _, _ in },
    by compare: @escaping @Sendable (Attack, RunInputs) throws -> Output
  ) -> [ComparedCell<Output>] {
    let cells = attacks.flatMap { attack in
      designs.compactMap { design in
        Attack.usual(attack.program, design) == nil ? Cell(attack: attack, design: design) : nil
      }
    }
    let results = concurrently(
      cells.count, workers: workers, context: {}, show: { show($0, cells.count) },
      body: { number, _ in
        let file = try MadeUpScenario.file(
          cells[number].attack.name, CellScenario.node(cells[number], isPlain: true).laidOut())
        return try compare(cells[number].attack, RunInputs(file, products: products, seed: nil))
      })
    return zip(cells, results).map { ComparedCell(attack: $0.attack, design: $0.design, result: $1) }
  }
}
