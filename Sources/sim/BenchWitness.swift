import Benchmarks
import Foundation
import Scenarios

/// The part of `sim bench` about the look at who acts: runs without an extension, and such as live in the overlay.
struct BenchWitness {
  static let name = "witness"
  private static let scenarios: [(name: String, hasExtension: Bool)] = [
    ("ls-cat", false), ("bpf-loop-verified", false), ("endless-loop", true), ("mpk-check", true), ("bpf-count", true),
    ("bpf-loop2", true),
  ]

  let products: BuildProducts
  let rounds: Int

  func measure(printing: Bool) throws -> [[String: Any]] {
    let root = products.images.deletingLastPathComponent().deletingLastPathComponent()
    if printing { StandardOutput.show("witness          extension   instructions   crossings   speed with / without") }
    return try Self.scenarios.map { name, hasExtension in
      let path = root.appending(path: "scenarios/\(name).json").path
      let cost = try WitnessCost.measure(rounds: max(rounds, 5)) {
        try RunInputs(ScenarioFile(path: path), products: products, seed: nil)
      }
      if printing {
        func right(_ text: String, _ width: Int) -> String {
          String(repeating: " ", count: max(0, width - text.count)) + text
        }
        StandardOutput.show(
          name.padding(toLength: 17, withPad: " ", startingAt: 0) + right(hasExtension ? "runs" : "none", 9)
            + right("\(cost.instructions)", 15) + right("\(cost.crossings)", 12)
            + right(String(format: "%.3f", cost.speed), 23))
      }
      return [
        "scenario": cost.scenario, "hasExtension": hasExtension, "instructions": cost.instructions,
        "crossings": cost.crossings, "witnessedSeconds": cost.witnessedSeconds, "plainSeconds": cost.plainSeconds,
        "speed": cost.speed,
      ]
    }
  }
}
