import Foundation
import Scenarios
import SimCPU

/// A failing scenario made as small as can be, with the same outcome and the same evidence.
public struct ScenarioShrinking: Sendable {
  public let original: ObservedFailure
  public let originalSize: ScenarioSize
  public let smallest: ShrunkScenario
  /// What failed in other ways, the smallest scenario of each, in the order of what happened.
  public let others: [ShrunkScenario]
  public let counts: ShrinkCounts
  /// Why the search ended early; nil: of ``smallest`` nothing can be taken away.
  public let end: SearchEnd?

  /// Nothing is to be made smaller: the run completed, and all that was expected came.
  public struct NoFailure: Error {}

  /// What only people read. It is no part of what is made smaller.
  private static let remarks: Set = ["$schema", "name", "description"]

  /// - Parameters:
  ///   - file: the scenario that fails.
  ///   - runsMax: the most runs beside the scenario's own; nil: as many as are needed.
  ///   - isTimeUp: asked every so often; the search ends when it says so, with the smallest scenario so far.
  /// - Throws: ``NoFailure``, ``ScenarioProblems``.
  public init(
    _ file: ScenarioFile, products: BuildProducts, runsMax: Int? = nil, isTimeUp: @escaping () -> Bool = { false },
    show: @escaping (ShrinkProgress) -> Void = { _ in }, engine: EngineMaker
  ) throws {
    let inputs = try RunInputs(file, products: products, seed: nil)
    let runner = CandidateRunner(inputs, engine: engine, isTimeUp: isTimeUp)
    guard let failure = try runner.runOriginal() else { throw NoFailure() }
    let whole = try Scenario.tree(file.text, file: file.path).withoutPositions
    let tree = whole.without(Self.remarks)
    let search = ScenarioSearch(tree, failure: failure, runsMax: runsMax, show: show) { try runner.judge($0) }
    end = try search.run()
    original = failure
    originalSize = ScenarioSize(tree)
    counts = search.counts
    let name = URL(fileURLWithPath: file.path).lastPathComponent
    var schema: String?
    if case .string(let text)? = whole["$schema"]?.value { schema = text }
    var summary = file.scenario.summary
    if !summary.isEmpty { summary = " It was: \(summary)" }
    func scenario(_ tree: JSONNode, _ failure: ObservedFailure, _ story: String) -> ShrunkScenario {
      ShrunkScenario(
        failure: failure, size: ScenarioSize(tree), tree: tree, schema: schema,
        description: "\(story): \(failure.signature.cause.line).\(summary)")
    }
    smallest = scenario(search.best, search.bestFailure, "Shrunk from \(name)")
    others = search.others.sorted { $0.key.line < $1.key.line }.map {
      scenario($0.value.tree, $0.value.failure, "Found while \(name) was made smaller")
    }
  }
}
