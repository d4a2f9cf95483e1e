import Scenarios
import SimMachine

/// A run of a scenario with its profile. The run is the one that it would be without.
public struct ProfiledRun: Sendable {
  public var result: RunResult
  public var profile: TimeProfile
}

extension ScenarioRun {
  /// Runs from the first instruction to the script's end and tells where virtual time went.
  ///
  /// - Parameter inputs: those that this run was made of.
  /// - Throws: also for an engine that can't tell.
  public func profiled(_ inputs: RunInputs) throws(ScenarioProblems) -> ProfiledRun {
    let relay = Relay()
    appoint(at: .instruction(0)) { machine in
      relay.start(machine, inputs)
      return nil
    }
    let result = try run(observers: [relay]) { machine in relay.finish() }
    guard let profile = relay.profile else {
      throw ScenarioProblems([
        .init(
          file: inputs.scenario.name, position: nil, path: "engine",
          problem: relay.refusal ?? "the run has no first instruction", remedy: "choose the simulator")
      ])
    }
    return ProfiledRun(result: result, profile: profile)
  }
}
