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

  /// - Parameter design: the name of one; nil is given for anything else.
  public func counts(
    under design: String, workers: Int, show: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> AttackCounts? {
    guard let known = GuestSpecification.Design(rawValue: design) else { return nil }
    let matrix = try AttackMatrix(
      corpus.select(names: [], classes: []), under: [known], products: products, engine: engine, workers: workers,
      show: show)
    if let problem = matrix.problems.first { throw MatrixError(problem) }
    let counts = CellOutcome.allCases.map { ($0.rawValue, UInt64(matrix.count($0, under: known))) }
    let native = [("refused (native)", UInt64(matrix.countRefusedAsNative(under: known)))]
    return AttackCounts(
      design: design, counts: (counts + native).filter { $0.1 > 0 }.map { (outcome: $0.0, count: $0.1) })
  }
}
