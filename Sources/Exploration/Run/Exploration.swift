import Foundation
import Scenarios
import SimCPU
import SimEvents

/// An exploration that is ready to be run: everything that its identity follows from has been taken in.
public final class Exploration: Sendable {
  public let plan: ExplorationPlan
  /// A digest of everything that the results follow from.
  public let identity: String
  /// What could not be read of the points that were looked at, each with its number: they become rows with that reason.
  public let impossible: [(point: Int, problem: String)]
  /// What references are compared with; nil if the exploration names nothing.
  let table: MeasurementTable?
  let scenario: ScenarioText
  let products: BuildProducts
  let engine: EngineMaker

  /// Of the points that were looked at what was read of them, so that they are run with the very files that ``identity`` is of.
  private let inputs: [Int: RunInputs]

  /// So many points are read beforehand; others are seen when they are run.
  static let checkMax = 2_000

  /// - Parameter simulator: tells this build of the simulator from others.
  /// - Throws: ``ScenarioProblems``; ``ExplorationPlan/Refusal``.
  public init(
    _ file: ExplorationFile, products: BuildProducts, simulator: String, engine: EngineMaker
  ) throws {
    plan = try ExplorationPlan(file)
    scenario = try ScenarioText(path: file.scenarioPath)
    let table = try file.measurements.map { try MeasurementTable(path: file.placed($0)) }
    try table?.check(file.references, file: file.path)
    self.table = table
    self.products = products
    self.engine = engine
    var digest = ContentDigest()
    for part in [file.text, scenario.text, Array((table?.text ?? "").utf8), Array(simulator.utf8)] {
      digest.update(withLengthOf: part)
    }
    var known: [String: RunInputs] = [:]
    var read: [Int: RunInputs] = [:]
    var impossible: [(point: Int, problem: String)] = []
    var lastProblems: ScenarioProblems?
    for point in plan.points.indices.prefix(Self.checkMax) {
      do throws(ScenarioProblems) {
        var inputs = try RunInputs(
          scenario.file(plan.points[point]), products: products, seed: plan.seed(ofRun: point * Int(file.repeats)))
        _ = try PreparedRun(inputs)
        try RunMeter(file.spans).check(inputs.image, file: file.path)
        var own = ContentDigest()
        own.update(withLengthOf: Array(inputs.image.bytes))
        own.update(withLengthOf: Array(inputs.contentDigest.utf8))
        if let same = known[own.hex] {
          // Points share the contents of their files.
          (inputs.image, inputs.modules) = (same.image, same.modules)
          (inputs.shareItems, inputs.disk) = (same.shareItems, same.disk)
        } else {
          known[own.hex] = inputs
          digest.update(withLengthOf: Array(own.hex.utf8))
        }
        read[point] = inputs
      } catch {
        impossible.append((point, Self.line(error)))
        lastProblems = error
      }
    }
    // Where no point can be run, nothing is a result.
    if let lastProblems, impossible.count == min(plan.points.count, Self.checkMax) {
      throw Self.refusal(of: file, lastProblems, point: plan.words(ofPoint: impossible.last?.point ?? 0))
    }
    (self.impossible, self.inputs) = (impossible, read)
    identity = digest.hex
  }

  /// What is wrong with the last point, in words of the exploration: what it puts into the scenario stands in no file.
  private static func refusal(
    of file: ExplorationFile, _ problems: ScenarioProblems, point words: [String]
  ) -> ScenarioProblems {
    if problems.isHostShortage { return problems }
    let point = words.joined(separator: " ")
    return ScenarioProblems(
      problems.problems.map { problem in
        // What is wrong with the exploration itself says so.
        if problem.file == file.path { return problem }
        return ScenarioProblem(
          file: file.path, position: nil, path: "$.parameters",
          problem: "no point can be run; with \(point) the scenario has \(problem.path): \(problem.problem)",
          remedy: problem.remedy)
      })
  }

  static func line(_ problems: ScenarioProblems) -> String {
    problems.problems.map { "\($0.path): \($0.problem); \($0.remedy)" }.joined(separator: "; ")
  }

  /// Runs one of the plan's runs.
  ///
  /// - Returns: a record also of what can't be run.
  public func run(_ number: Int) throws -> RunRecord { try run(number, more: []) }

  /// - Parameter more: changes of the scenario after those of the point.
  func run(_ number: Int, more: [ScenarioChange]) throws -> RunRecord {
    let seed = plan.seed(ofRun: number)
    do {
      let (result, design, measurements) = try measure(prepared(number, more: more))
      let reason = ([result.reason] + result.failures).joined(separator: "; ")
      return RunRecord(
        number: number, seed: result.seed, outcome: result.outcome.rawValue, passed: result.passed, reason: reason,
        digest: result.digest, design: design, measurements: measurements)
    } catch let problems as ScenarioProblems {
      if problems.isHostShortage { throw problems }
      return RunRecord(
        number: number, seed: seed ?? 0, outcome: RunRecord.impossible, passed: false, reason: Self.line(problems),
        digest: "", design: "", measurements: Measurements())
    }
  }

  /// The scenario of one of the plan's runs with all that it names.
  ///
  /// - Throws: why it can't be run.
  public func prepared(_ number: Int) throws(ScenarioProblems) -> PreparedRun { try prepared(number, more: []) }

  private func prepared(_ number: Int, more: [ScenarioChange]) throws(ScenarioProblems) -> PreparedRun {
    let (point, seed) = (plan.pointNumber(ofRun: number), plan.seed(ofRun: number))
    if more.isEmpty, var inputs = inputs[point] {
      inputs.scenario.seed = seed ?? inputs.scenario.seed
      return try PreparedRun(inputs)
    }
    let file = try scenario.file(plan.points[point], more: more)
    return try PreparedRun(RunInputs(file, products: products, seed: seed))
  }

  /// Runs a scenario and measures it.
  private func measure(
    _ prepared: PreparedRun
  ) throws -> (result: RunResult, design: String, measurements: Measurements) {
    let run = ScenarioRun(prepared, on: SimulatedMachineMaker(engine: .unicorn, engine))
    let meter = RunMeter(plan.file.spans)
    try meter.appoint(on: run, image: prepared.inputs.image, file: plan.file.path)
    var end = EndOfRun()
    let result = try run.run(observers: [meter]) { end = EndOfRun($0, image: prepared.inputs.image) }
    return (result, prepared.inputs.scenario.guest.effectiveDesign.rawValue, meter.measurements(result, end))
  }
}

/// The scenario that points are put into, as it was read once.
struct ScenarioText: Sendable {
  let path: String
  let text: [UInt8]
  private let folder: URL

  init(path: String) throws(ScenarioProblems) {
    self.path = path
    text = try readText(path: path, bytesMax: 1 << 20)
    folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    // What is wrong with the scenario itself is told with its places.
    _ = try Scenario.read(text, file: path)
  }

  /// The scenario of a point.
  ///
  /// - Parameter more: changes after those of the point.
  func file(_ point: [Parameter.Choice], more: [ScenarioChange] = []) throws(ScenarioProblems) -> ScenarioFile {
    let changes = point.flatMap { choice in
      choice.changes.map { ScenarioChange($0.pointer, $0.value, title: "\($0.pointer)") }
    }
    return try ScenarioFile(path: path, text: text, folder: folder, changes: changes + more)
  }
}
