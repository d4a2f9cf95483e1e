import Foundation
import Scenarios
import SimCPU
import SimEvents

/// A scenario that is made up here and lies in no file.
enum MadeUpScenario {
  /// Paths in it, of which it has none, would lead from a folder of nobody's.
  static func file(_ name: String, _ text: String) throws -> ScenarioFile {
    try ScenarioFile(name: name, text: Array(text.utf8), folder: FileManager.default.temporaryDirectory)
  }

  /// Runs it from the beginning to its end.
  static func run(
    _ name: String, _ text: String, products: BuildProducts, engine: EngineMaker, observers: [any EventSink]
  ) throws -> (prepared: PreparedRun, result: RunResult) {
    let prepared = try PreparedRun(RunInputs(file(name, text), products: products, seed: nil))
    return (prepared, try prepared.climb(RunClimb { _ in nil }, observers: observers, engine: engine))
  }
}
