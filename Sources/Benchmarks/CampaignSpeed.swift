import Campaigns
import Engines
import Foundation
import Scenarios

/// How many experiments a campaign gets done, beside runs of the same scenario that begin with a new machine and its boot.
public struct CampaignSpeed: Sendable {
  /// Some experiments one after the other on one thread.
  public struct Series: Sendable {
    public var experiments: Int
    /// On average, from the snapshot that each begins at.
    public var instructions: Double
    /// Experiments in a second of this process's time.
    public var rate: Double
    /// The rate in relation to that of whole runs on new machines.
    public var ratio: Double
  }

  /// A campaign's samples and what of them had to be run.
  public struct Pruning: Sendable {
    public var campaign: String
    public var samples: UInt64
    public var runs: Int

    public var ratio: Double { Double(samples) / Double(max(runs, 1)) }
  }

  /// Faults that change nothing, and every experiment goes on to its end all the same.
  public var toTheEnd: Series
  /// Experiments whose state comes back to the fault-free run's and that end there.
  public var converging: Series
  /// All of the campaign, whatever becomes of it.
  public var mixed: Series
  /// How many times as fast two workers are through the campaign as one, by the clock on the wall.
  public var twoWorkers: Double
  public var pruning: [Pruning]
  /// Resident at most, in KiB, since the process began.
  public var residentKiB: Int

  /// - Parameters:
  ///   - file: the campaign to be run.
  ///   - pruned: campaigns of which only the plan is made.
  public static func measure(
    _ file: CampaignFile, pruned: [CampaignFile], products: BuildProducts, rounds: Int
  ) throws -> CampaignSpeed {
    func campaign(_ file: CampaignFile, isDry: Bool = false) throws -> Campaign {
      try Campaign(file, products: products, isDry: isDry, simulator: "bench", engine: .unicorn)
    }
    let dry = try campaign(file, isDry: true)
    let real = try campaign(file)
    let inputs = try RunInputs(file.scenario, products: products, seed: nil)
    let fresh = try median(rounds) {
      try ProcessorTime.seconds { _ = try ScenarioRun(inputs, on: SimulatedMachineMaker.simulator()).run() }
    }
    let runner = ExperimentRunner(real.golden, engine: .unicorn)
    func series(_ campaign: Campaign, _ numbers: [Int], endsEarly: Bool) throws -> Series {
      // What comes first fills the worker's caches.
      for number in numbers.prefix(20) { _ = try runner.run(campaign.experiment(number), endsEarly: endsEarly) }
      var instructions: UInt64 = 0
      let seconds = try median(rounds) {
        instructions = 0
        return try ProcessorTime.seconds {
          for number in numbers {
            let experiment = campaign.experiment(number)
            let result = try runner.run(experiment, endsEarly: endsEarly)
            instructions += result.instructions - min(experiment.instruction, result.instructions)
          }
        }
      }
      let rate = Double(numbers.count) / seconds
      return Series(
        experiments: numbers.count, instructions: Double(instructions) / Double(max(numbers.count, 1)), rate: rate,
        ratio: rate * fresh)
    }
    let numbers = real.plan.classesToRun
    let back = try numbers.filter { try runner.run(real.experiment($0)).convergedAt != nil }
    let toTheEnd = try series(dry, Array(dry.plan.classes.indices.prefix(500)), endsEarly: false)
    let converging = try series(real, back, endsEarly: true)
    let mixed = try series(real, numbers, endsEarly: true)
    let (one, two) = (try elapsed(real, workers: 1), try elapsed(real, workers: 2))
    return CampaignSpeed(
      toTheEnd: toTheEnd, converging: converging, mixed: mixed, twoWorkers: one / two,
      pruning: try pruned.map { file in
        let plan = try campaign(file).plan
        return Pruning(campaign: file.name, samples: plan.sampleCount, runs: plan.runCount)
      }, residentKiB: residentKiB)
  }

  /// What the whole campaign takes with its database, in seconds on the wall.
  private static func elapsed(_ campaign: Campaign, workers: Int) throws -> Double {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sim-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try CampaignStore(folder.appending(path: "campaign.db").path)
    let duration = try ContinuousClock().measure { try CampaignRun(campaign).run(into: store, workers: workers) }
    try store.close()
    return duration / .seconds(1)
  }

  private static func median(_ rounds: Int, _ measure: () throws -> Double) rethrows -> Double {
    try (0..<max(rounds, 1)).map { _ in try measure() }.sorted()[max(rounds, 1) / 2]
  }

  private static var residentKiB: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
  }
}
