import SimCPU
import SimEvents
import SimMachine

extension PreparedRun {
  /// Runs the scenario, with snapshots taken on the way.
  public func climb(
    _ climb: RunClimb, observers: [any EventSink] = [], engine: EngineMaker,
    atEnd: (any ScenarioMachine) -> Void = { _ in }
  ) throws(ScenarioProblems) -> RunResult {
    let maker = SnapshotMachineMaker(start: nil, point: nil, climb: climb, engine: engine)
    return try ScenarioRun(self, on: maker).run(observers: observers, atEnd: atEnd)
  }

  /// Goes on from a snapshot of the same scenario, which may have had other faults and another budget after that.
  ///
  /// - Parameters:
  ///   - worker: makes and keeps the machine.
  ///   - prepare: is given the run before it starts.
  /// - Throws: ``ScenarioProblems``, or ``RunSnapshotError`` if the snapshot is not of this scenario.
  public func fork(
    _ snapshot: RunSnapshot, on worker: ForkWorker, engine: EngineMaker, observers: [any EventSink] = [],
    prepare: (ScenarioRun) -> Void = { _ in }, atEnd: (any ScenarioMachine) -> Void = { _ in }
  ) throws -> RunResult {
    let maker = SnapshotMachineMaker(start: snapshot, point: nil, worker: worker, engine: engine)
    let run = ScenarioRun(self, on: maker)
    prepare(run)
    let result = try run.run(observers: observers, atEnd: atEnd)
    if let problem = maker.findings.problem { throw RunSnapshotError(problem) }
    return result
  }
}
