import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// Runs experiments one after the other on one engine. For one thread.
public final class ExperimentRunner {
  private let golden: GoldenRun
  private let engine: EngineMaker
  private let worker: ForkWorker

  public init(_ golden: GoldenRun, engine: EngineMaker) {
    self.golden = golden
    self.engine = engine
    worker = ForkWorker(engine: engine)
  }

  /// - Parameters:
  ///   - endsEarly: false: the run goes on to its end even when its state has come back to the fault-free run's.
  ///   - fromStart: true: the run begins at its beginning and not at the nearest snapshot, which makes no difference to the result.
  /// - Throws: ``ScenarioProblems`` for a fault that the machine can't have.
  public func run(
    _ experiment: Experiment, endsEarly: Bool = true, fromStart: Bool = false
  ) throws -> ExperimentResult {
    // What the script does right before the fault's instruction may be what the fault is about.
    let start = golden.rung(atOrBefore: fromStart ? 0 : max(experiment.instruction, 1) - 1)
    let prepared = golden.prepared.with(experiment.faults)
    let comparison = EventComparison(
      golden.events, from: start.eventCount, ownFaults: golden.prepared.inputs.scenario.faults.count)
    let exhaustion = LimitWatch(golden.limit)
    var converged: (at: UInt64, digest: String)?
    var (hasSameState, share, disk) = (false, String?.none, String?.none)
    let result = try prepared.fork(
      start, on: worker, engine: engine, observers: [comparison],
      prepare: { run in
        exhaustion.watch(run)
        guard endsEarly else { return }
        // The state between two faults may be the fault-free run's.
        let last = experiment.faults.count == 1 ? experiment.instruction : golden.window.upperBound
        watchForReturn(run, after: last, comparison) { converged = ($0, $1) }
      },
      atEnd: { machine in
        guard converged == nil, let simulated = machine.simulated else { return }
        hasSameState = simulated.isSame(as: golden.end)
        share = OutputDigests.share(of: machine)
        disk = OutputDigests.disk(of: machine)
      })
    if let converged {
      return ExperimentResult(
        faultClass: .masked, reason: "the state is that of the fault-free run again", evidence: nil,
        injection: comparison.injections.first, difference: nil, convergedAt: converged.at, instructions: converged.at,
        digest: converged.digest)
    }
    comparison.finish()
    let output = RunOutput(result, share: share, disk: disk)
    let verdict = Classification(
      result, output, exhausted: exhaustion.exhausted, golden: (golden.result, golden.output),
      fate: FaultFate(of: result.faults.suffix(experiment.faults.count)), hasSameState: hasSameState,
      comparesOutput: golden.comparesOutput)
    return ExperimentResult(
      faultClass: verdict.faultClass, reason: verdict.reason, evidence: verdict.evidence,
      injection: comparison.injections.first,
      difference: comparison.difference,
      convergedAt: nil, instructions: result.instructions, digest: result.digest)
  }

  /// Looks at the run where the fault-free run has snapshots: at the next ones, then at ever fewer.
  private func watchForReturn(
    _ run: ScenarioRun, after instruction: UInt64, _ comparison: EventComparison,
    _ returned: @escaping (UInt64, String) -> Void
  ) {
    let rungs = golden.rungs
    var place = golden.firstRung(after: instruction)
    guard place < rungs.count else { return }
    var looks = 0
    run.appoint(at: .instruction(rungs[place].instructions)) { [unowned run] machine in
      let rung = rungs[place]
      if comparison.isAt(rung.eventCount), machine.isSame(as: rung.machine) {
        returned(machine.instructions, machine.events.digest)
        run.abandon()
        return nil
      }
      looks += 1
      place += looks < 8 ? 1 : 1 << min(looks - 7, 16)
      // A run in which something else happened may come back to the same state and never to the same events.
      guard place < rungs.count, comparison.difference == nil else { return nil }
      return .instruction(rungs[place].instructions)
    }
  }
}
