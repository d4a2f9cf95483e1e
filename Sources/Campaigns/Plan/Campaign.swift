import Foundation
import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// A campaign that is ready to be run: everything that it follows from has been taken in, and the fault-free run is done.
public final class Campaign: Sendable {
  public let file: CampaignFile
  public let golden: GoldenRun
  public let plan: CampaignPlan
  /// It injects faults that change nothing: whatever is not masked then is a fault of the rig.
  public let isDry: Bool
  /// A digest of everything that the results follow from.
  public let identity: String
  let engine: EngineMaker

  /// - Parameter simulator: tells this build of the simulator from others.
  /// - Throws: ``ScenarioProblems`` or ``CampaignError``.
  public init(
    _ file: CampaignFile, products: BuildProducts, isDry: Bool = false, simulator: String, engine: EngineMaker
  ) throws {
    self.file = file
    self.isDry = isDry
    self.engine = engine
    let inputs = try RunInputs(file.scenario, products: products, seed: nil)
    let prepared = try PreparedRun(inputs)
    let survey = try WindowSurvey(prepared, from: file.from, to: file.to, while: file.acting, engine: engine)
    guard let hull = survey.instructions.hull else { throw CampaignError("the window is empty") }
    var locations: [FaultLocation] = []
    for model in file.models { locations += try model.locations { inputs.image.symbol(named: $0)?.address } }
    guard Set(locations.map(\.name)).count == locations.count else {
      throw CampaignError("two fault models have places in common, which would count twice; take one of them away")
    }
    let isFollowed = !isDry && locations.contains { $0.followedBits != nil }
    let trace =
      isFollowed && UInt64(hull.count) <= RegisterTrace.countMax
      ? try RegisterTrace(prepared, window: hull, engine: engine) : nil
    plan = try CampaignPlan(
      instructions: survey.instructions, locations: locations, sampling: file.sampling, seed: file.seed, trace: trace)
    golden = try GoldenRun(
      prepared, window: hull.lowerBound...hull.upperBound, limit: file.limit, engine: engine)
    identity = Self.identity(file, inputs, simulator, isDry, plan)
  }

  private static func identity(
    _ file: CampaignFile, _ inputs: RunInputs, _ simulator: String, _ isDry: Bool, _ plan: CampaignPlan
  ) -> String {
    var digest = ContentDigest()
    digest.update(withLengthOf: file.text)
    digest.update(withLengthOf: inputs.text)
    digest.update(withLengthOf: Array(inputs.image.bytes))
    digest.update(withLengthOf: Array(inputs.contentDigest.utf8))
    digest.update(withLengthOf: Array(simulator.utf8))
    digest.update(withLengthOf: Array("\(isDry) \(plan.spaceSize) \(plan.sampleCount) \(plan.classes.count)".utf8))
    return digest.hex
  }

  /// The experiment of a class.
  public func experiment(_ number: Int) -> Experiment {
    let planned = plan.classes[number]
    return Experiment(plan.locations[planned.location].fault(at: planned.instruction, isEmpty: isDry))
  }

  /// What is kept of a class without running it, if it need not be run.
  func known(_ number: Int) -> ExperimentRecord? {
    guard plan.classes[number].isOverwritten else { return nil }
    let planned = plan.classes[number]
    return ExperimentRecord(
      self, number,
      ExperimentResult(
        faultClass: .masked,
        reason: "the instruction \(planned.instruction) overwrites it before anything reads it", evidence: nil,
        injection: nil, difference: nil, convergedAt: nil, instructions: 0, digest: ""))
  }

  public func record(_ number: Int, _ result: ExperimentResult) -> ExperimentRecord {
    ExperimentRecord(self, number, result)
  }
}
