import Attacks
import Scenarios
import SimCPU

/// Counts what the attacks of a corpus come to under a design.
public struct AttackSurvey {
  private let corpus: AttackCorpus
  private let products: BuildProducts
  private let engine: EngineMaker

  /// - Throws: what is wrong with the corpus.
  public init(path: String, products: BuildProducts, engine: EngineMaker) throws {
    corpus = try AttackCorpus(path: path, isLenient: false)
    (self.products, self.engine) = (products, engine)
  }

  /// - Parameter designs: names; others than those of designs are passed over.
  public func counts(
    under designs: Set<String>, workers: Int, show: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [AttackCounts] {
    let known = GuestSpecification.Design.allCases.filter { designs.contains($0.rawValue) }
    guard !known.isEmpty else { return [] }
    let matrix = try AttackMatrix(
      corpus.select(names: [], classes: []), under: known, products: products, engine: engine, workers: workers,
      show: show)
    if let problem = matrix.problems.first { throw MatrixError(problem) }
    return known.map { design in
      let counts = CellOutcome.allCases.map { ($0.rawValue, UInt64(matrix.count($0, under: design))) }
      let native = [("refused (native)", UInt64(matrix.countRefusedAsNative(under: design)))]
      return AttackCounts(
        design: design.rawValue,
        counts: (counts + native).filter { $0.1 > 0 }.map { (outcome: $0.0, count: $0.1) })
    }
  }
}
