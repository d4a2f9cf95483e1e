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

  /// - Parameters:
  ///   - scenarioSeed: replaces the scenario's.
  ///   - simulator: tells this build of the simulator from others.
  /// - Throws: ``ScenarioProblems`` or ``CampaignError``.
  public init(
    _ file: CampaignFile, products: BuildProducts, isDry: Bool = false, scenarioSeed: UInt64? = nil, simulator: String,
    engine: EngineMaker
  ) throws {
    self.file = file
    self.isDry = isDry
    self.engine = engine
    let inputs = try RunInputs(file.scenario, products: products, seed: scenarioSeed)
    let prepared = try PreparedRun(inputs)
    let survey = try WindowSurvey(
      prepared, from: file.faults.from, to: file.faults.to, while: file.faults.acting, engine: engine)
    guard let hull = survey.instructions.hull else { throw CampaignError("the window is empty") }
    plan = try Self.plan(file, prepared, survey, hull, isDry: isDry, engine)
    golden = try GoldenRun(
      prepared, window: hull.lowerBound...hull.upperBound, limit: file.faults.limit, engine: engine)
    identity = Self.identity(file, inputs, simulator, isDry, plan)
  }

  private static func plan(
    _ file: CampaignFile, _ prepared: PreparedRun, _ survey: WindowSurvey, _ hull: Range<UInt64>, isDry: Bool,
    _ engine: EngineMaker
  ) throws -> CampaignPlan {
    func locations(_ model: FaultModel) throws -> [FaultLocation] {
      try model.locations(
        timer: survey.timerVector, image: prepared.inputs.image,
        program: { try ProgramSurvey.code(of: $0, prepared, before: hull.lowerBound, engine: engine) })
    }
    var (drawn, models) = ([FaultModel](), file.faults.models)
    if case .swarm(let pool) = file.faults.models.first { (drawn, models) = (pool, []) }
    var sites = survey.sites
    if (drawn + models).contains(where: { if case .code = $0 { true } else { false } }) {
      let code = try CodeSurvey.sites(prepared, survey.instructions, engine: engine)
      // An instruction is about to be executed before anything happens in it.
      sites = (code + sites).enumerated().sorted {
        ($0.element.instruction, $0.offset) < ($1.element.instruction, $1.offset)
      }.map(\.element)
    }
    if !drawn.isEmpty {
      guard prepared.inputs.scenario.liveness != nil else {
        throw CampaignError(
          "a swarm needs a scenario that says when faults end and the application must make progress: "
            + "add \"liveness\" to \(file.scenario.path) (docs/scenario-format.md)")
      }
      let swarm = try SwarmSpace(
        sites, drawn, locations: drawn.map { ($0.kind, try locations($0)) }, survey.instructions)
      return try CampaignPlan(
        instructions: survey.instructions, locations: [], swarm: swarm, sampling: file.faults.sampling,
        seed: file.faults.seed,
        trace: nil)
    }
    let places = try models.flatMap { try locations($0) }
    guard Set(places.map(\.name)).count == places.count else { throw OperationSpace.overlap }
    let isFollowed = !isDry && places.contains { $0.followedBits != nil }
    let trace =
      isFollowed && UInt64(hull.count) <= RegisterTrace.countMax
      ? try RegisterTrace(prepared, window: hull, engine: engine) : nil
    return try CampaignPlan(
      instructions: survey.instructions, locations: places,
      operations: OperationSpace(sites, models.filter(\.isOfOperations)), sampling: file.faults.sampling,
      seed: file.faults.seed,
      trace: trace)
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
    return Experiment(
      plan.location(of: planned).faults(at: planned.instruction, isEmpty: isDry), from: planned.instruction)
  }

  /// What is kept of a class without running it, if it need not be run.
  public func known(_ number: Int) -> ExperimentRecord? {
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
