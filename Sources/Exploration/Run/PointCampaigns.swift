import Campaigns
import ResultDatabases
import Scenarios

/// Tries the faults of an exploration's campaign in the scenario of each point, one point after the other.
public struct PointCampaigns: Sendable {
  private let exploration: Exploration
  private let faults: CampaignFaults

  /// Nil if the exploration has no campaign.
  public init?(_ exploration: Exploration) {
    guard let faults = exploration.plan.file.campaign else { return nil }
    (self.exploration, self.faults) = (exploration, faults)
  }

  /// Runs the campaigns of all points of a part that the database has not yet, and whose first run came to what its scenario expects. A
  /// point is of the part that its first run is of.
  ///
  /// - Parameters:
  ///   - workers: threads, at least 1.
  ///   - show: called now and then, on this thread.
  /// - Throws: what an experiment throws. What was done until then is in the database.
  public func run(
    into store: ExplorationStore, shard: Shard = .whole, workers: Int,
    show: (_ point: Int, _ points: Int, _ done: Int, _ total: Int) -> Void = { _, _, _, _ in }
  ) throws {
    let known = try store.campaigns()
    let repeats = Int(exploration.plan.file.repeats)
    var open: [Int] = []
    try store.visit(withPictures: false) { record in
      guard record.number % repeats == 0, shard.contains(record.number), record.passed else { return }
      let point = exploration.plan.pointNumber(ofRun: record.number)
      if known[point] == nil { open.append(point) }
    }
    for (place, point) in open.enumerated() {
      try store.add(campaign(of: point, workers: workers) { show(place, open.count, $0, $1) })
    }
  }

  private func campaign(of point: Int, workers: Int, show: (Int, Int) -> Void) throws -> PointCampaign {
    do {
      let campaign = try Campaign(
        CampaignFile(
          name: exploration.plan.file.name, scenario: exploration.scenario.file(exploration.plan.points[point]),
          faults: faults), products: exploration.products,
        scenarioSeed: exploration.plan.seed(ofRun: point * Int(exploration.plan.file.repeats)), simulator: "",
        engine: exploration.engine)
      return PointCampaign(point: point, tally: try campaign.tally(workers: workers, show: show))
    } catch let error as CampaignError {
      return Self.failed(point, error.description)
    } catch let problems as ScenarioProblems {
      if problems.isHostShortage { throw problems }
      return Self.failed(point, Exploration.line(problems))
    }
  }

  private static func failed(_ point: Int, _ problem: String) -> PointCampaign {
    PointCampaign(point: point, tally: CampaignTally(classes: [:], spaceSize: 0), problem: problem)
  }
}
