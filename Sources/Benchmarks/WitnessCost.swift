import Engines
import Foundation
import Scenarios

/// What it costs to look at who acts, beside a run in which nobody does.
public struct WitnessCost: Sendable {
  public var scenario: String
  public var instructions: UInt64
  /// Ways from one actor to another that concern an extension.
  public var crossings: UInt64
  /// Processor time of a run, with and without: medians.
  public var witnessedSeconds: Double
  public var plainSeconds: Double
  /// The speed of the witnessed run in relation to the other, the median of the pairs: 1 costs nothing.
  public var speed: Double

  /// Short runs come so often that each kind gets this much processor time: a single one says little on a shared machine.
  private static let leastSeconds = 3.0
  private static let mostRounds = 151

  /// Runs with and without in turn, at least `rounds` times, the first of a pair by turns.
  public static func measure(rounds: Int, _ makeInputs: () throws -> RunInputs) throws -> WitnessCost {
    let inputs = try makeInputs()
    var result: RunResult?
    func run(isWitnessed: Bool) throws -> Double {
      try ProcessorTime.seconds {
        let run = try ScenarioRun(inputs, on: SimulatedMachineMaker.simulator(isWitnessed: isWitnessed)).run()
        if isWitnessed { result = run }
      }
    }
    var (witnessed, plain): ([Double], [Double]) = ([], [])
    while witnessed.count < max(1, rounds)
      || witnessed.count < mostRounds && witnessed.reduce(0, +) < leastSeconds
    {
      let isWitnessedFirst = witnessed.count.isMultiple(of: 2)
      let first = try run(isWitnessed: isWitnessedFirst)
      let second = try run(isWitnessed: !isWitnessedFirst)
      witnessed.append(isWitnessedFirst ? first : second)
      plain.append(isWitnessedFirst ? second : first)
    }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    return WitnessCost(
      scenario: inputs.scenario.name, instructions: result?.instructions ?? 0,
      crossings: result?.events.first { $0.kind == "crossing" }?.count ?? 0, witnessedSeconds: median(witnessed),
      plainSeconds: median(plain), speed: median(zip(plain, witnessed).map { $0 / $1 }))
  }
}
