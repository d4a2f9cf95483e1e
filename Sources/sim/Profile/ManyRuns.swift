import Campaigns
import Engines
import Exploration
import OutputFiles
import Profiles
import Scenarios
import Synchronization
import WorkerThreads

/// A file that describes many runs: a campaign or an exploration.
enum ManyRuns {
  case campaign(CampaignFile)
  case exploration(ExplorationFile)

  /// Nil for any other file, which is then read as a scenario.
  ///
  /// - Throws: what is wrong with the file.
  init?(_ path: String) throws(ScenarioProblems) {
    guard let text = try? readText(path: path, bytesMax: 1 << 20), let root = try? JSONParser.parse(text) else {
      return nil
    }
    if root["parameters"] != nil {
      self = .exploration(try ExplorationFile(path: path, text: text))
    } else if root["models"] != nil || root["interrupts"] != nil {
      self = .campaign(try CampaignFile(path: path))
    } else {
      return nil
    }
  }

  func inputs(_ products: BuildProducts) -> [CommandFile] {
    switch self {
    case .campaign(let file): file.inputs(products)
    case .exploration(let file):
      [CommandFile(file.path, "the exploration"), CommandFile(file.scenarioPath, "the scenario")]
    }
  }
}

/// Which lines the runs of a campaign or an exploration have executed.
struct CoverageOfRuns {
  var coverage = Coverage()
  /// Runs that were done, and that there are.
  var done = 0
  var all = 0

  /// - Parameters:
  ///   - runMax: more runs are not done; those that are, are spread evenly over all.
  ///   - workers: threads, at least 1.
  /// - Throws: why no run can be done. A point that can't be run is passed over.
  init(
    _ runs: ManyRuns, runMax: Int, products: BuildProducts, workers: Int, show: (_ done: Int, _ wanted: Int) -> Void
  ) throws {
    let maker = SimulatedMachineMaker(engine: .unicorn, .unicorn)
    let make: @Sendable (Int) throws -> (run: ScenarioRun, inputs: RunInputs)?
    let numbers: [Int]
    switch runs {
    case .campaign(let file):
      let campaign = try Campaign(file, products: products, simulator: "", engine: .unicorn)
      // The fault-free run is one of them.
      numbers = [-1] + campaign.spread(runMax - 1)
      all = campaign.plan.runCount + 1
      make = { campaign.wholeRun($0 < 0 ? nil : $0, on: maker) }
    case .exploration(let file):
      let exploration = try Exploration(file, products: products, simulator: "", engine: .unicorn)
      all = exploration.plan.runCount
      let (all, count) = (all, min(runMax, all))
      numbers = (0..<count).map { $0 * all / count }
      make = { number in
        guard let prepared = try? exploration.prepared(number) else { return nil }
        return (ScenarioRun(prepared, on: maker), prepared.inputs)
      }
    }
    let work = Workers(
      numbers, threads: workers, context: {},
      body: { number, _ -> Coverage? in
        guard let (run, inputs) = try make(number) else { return nil }
        let lined = try LinedRun(run, inputs, products)
        var coverage = Coverage()
        coverage.add(lined.profile, lined.lines)
        return coverage
      })
    var seen = 0
    try work.run { batch in
      for case let part? in batch.map(\.output) {
        coverage.add(part)
        done += 1
      }
      seen += batch.count
      show(seen, numbers.count)
    }
  }
}
