import Engines
import Foundation
import Scenarios

/// What it costs to look at who acts, beside a run in which nobody does.
public struct WitnessCost: Sendable {
  public var scenario: String
  public var instructions: UInt64
  /// Ways from one actor to another that concern an extension.
  public var crossings: UInt64
  /// Processor time, with and without.
  public var witnessedSeconds: Double
  public var plainSeconds: Double

  /// The speed of the witnessed run in relation to the other: 1 costs nothing.
  public var speed: Double { plainSeconds / witnessedSeconds }

  /// Runs with and without in turn, `rounds` times; the medians count.
  public static func measure(rounds: Int, _ makeInputs: () throws -> RunInputs) throws -> WitnessCost {
    var (witnessed, plain): ([Double], [Double]) = ([], [])
    let inputs = try makeInputs()
    var result: RunResult?
    for _ in 0..<max(1, rounds) {
      witnessed.append(
        try ProcessorTime.seconds { result = try ScenarioRun(inputs, on: SimulatedMachineMaker.simulator()).run() })
      plain.append(
        try ProcessorTime.seconds {
          _ = try ScenarioRun(inputs, on: SimulatedMachineMaker.simulator(isWitnessed: false)).run()
        })
    }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    return WitnessCost(
      scenario: inputs.scenario.name, instructions: result?.instructions ?? 0,
      crossings: result?.events.first { $0.kind == "crossing" }?.count ?? 0, witnessedSeconds: median(witnessed),
      plainSeconds: median(plain))
  }
}
