import Engines
import GuestOS
import Scenarios

/// Runs a scenario on the simulator and on other engines, and compares what they show.
public struct EquivalenceCheck: Sendable {
  /// What came of one engine.
  public enum Verdict: Sendable {
    case compared(Agreement)
    /// The engine can't be had here, or can't run this scenario.
    case unavailable(String)
    /// The scenario has no meaning on this engine.
    case notComparable(String)
  }

  public struct EngineResult: Sendable {
    public var engine: EngineKind
    public var verdict: Verdict
    /// What must be known about the engine to read the comparison.
    public var notes: [String]
    /// What depends on time, on the simulator and on the engine.
    public var counts: [(name: String, simulator: UInt64, engine: UInt64)]
    /// The run itself, unless there was none.
    public var run: EngineRun?
  }

  private let inputs: RunInputs
  private let host: HostDescription
  private let comparesOutcome: Bool

  /// - Parameter comparesOutcome: false: not the outcome's word. Of an attack the simulator tells more, since it sees who acts, and how long
  ///   nothing must come until a guest counts as hung is another time on engines that run in the host's.
  public init(_ inputs: RunInputs, host: HostDescription = HostDescription(), comparesOutcome: Bool = true) {
    (self.inputs, self.host, self.comparesOutcome) = (inputs, host, comparesOutcome)
  }

  /// - Parameter keepsEvents: whether the engines' events are wanted.
  public func results(against engines: [EngineKind], keepsEvents: Bool = false) throws(ScenarioProblems)
    -> [EngineResult]
  {
    let full = try EngineRun(inputs, on: SimulatedMachineMaker.simulator())
    var withoutKeys: EngineRun?
    var results: [EngineResult] = []
    for engine in engines {
      var reference = full
      var notes: [String] = []
      if !hasProtectionKeys(engine) {
        let run: EngineRun
        if let withoutKeys {
          run = withoutKeys
        } else {
          run = try EngineRun(inputs, on: SimulatedMachineMaker.simulator(hasProtectionKeys: false))
        }
        withoutKeys = run
        if let reason = Self.needForKeys(full, run) {
          results.append(EngineResult(engine: engine, verdict: .notComparable(reason), notes: [], counts: []))
          continue
        }
        reference = run
        notes.append("\(Self.lackOfKeys), so isolation is off there; the simulator ran without them too")
      }
      results.append(compare(engine, with: reference, notes, keepsEvents))
    }
    return results
  }

  /// Writes the runs of `results` as traces to `folder`, for ``RealRun``.
  ///
  /// - Returns: their paths.
  public func record(_ results: [EngineResult], to folder: String) throws -> [String] {
    try results.compactMap { result in
      guard let run = result.run else { return nil }
      return try RealRun.record(
        run, of: inputs, on: result.engine, host: host, protectionKeys: hasProtectionKeys(result.engine), to: folder)
    }
  }

  static let lackOfKeys = "this host's KVM gives guests no protection keys"

  /// QEMU's own processor has all that QEMU knows.
  private func hasProtectionKeys(_ engine: EngineKind) -> Bool {
    engine == .qemuTCG || engine == .unicorn || host.hasProtectionKeys
  }

  /// Why a scenario says nothing without keys: it does there what it should not.
  private static func needForKeys(_ full: EngineRun, _ run: EngineRun) -> String? {
    guard run.observation.items[.outcome] != full.observation.items[.outcome] else { return nil }
    let failure = run.result.failures.first ?? "outcome \(run.result.outcome.rawValue)"
    let first = failure.split(separator: ";").first.map(String.init) ?? failure
    return "\(lackOfKeys): isolation is off, and the scenario needs it (the simulator without keys: \(first))"
  }

  private func compare(_ engine: EngineKind, with reference: EngineRun, _ notes: [String], _ keepsEvents: Bool)
    -> EngineResult
  {
    let run: EngineRun
    do {
      run = try EngineRun(inputs, on: try engine.maker, keepsEvents: keepsEvents)
    } catch let problems as ScenarioProblems {
      let reasons = problems.problems.map { "\($0.problem); \($0.remedy)" }
      return EngineResult(
        engine: engine, verdict: .unavailable(reasons.joined(separator: "; ")), notes: [], counts: [])
    } catch {
      return EngineResult(engine: engine, verdict: .unavailable("\(error)"), notes: [], counts: [])
    }
    return EngineResult(
      engine: engine, verdict: .compared(Agreement(simulator: shown(reference), engine: shown(run))),
      notes: notes + run.result.notes.filter { !$0.hasPrefix("not checked") },
      counts: Self.counts(reference.observation, run.observation), run: run)
  }

  private func shown(_ run: EngineRun) -> Observation {
    comparesOutcome ? run.observation : run.observation.withoutOutcome
  }

  static func counts(
    _ simulator: Observation, _ engine: Observation
  ) -> [(name: String, simulator: UInt64, engine: UInt64)] {
    engine.counts.compactMap { count in
      simulator.counts.first { $0.name == count.name }.map { (count.name, $0.value, count.value) }
    }
  }
}
