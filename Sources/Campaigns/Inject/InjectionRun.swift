import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// One experiment beside its fault-free run, looked at closely.
public struct InjectionRun {
  public let golden: GoldenRun
  public let result: RunResult
  public let faultClass: FaultClass
  public let reason: String
  /// The faults that have happened, in their order.
  public let injections: [Event]
  /// The first event that is another one than in the fault-free run.
  public let difference: ExperimentResult.EventDifference?
  /// How the states differed where they were first compared after the fault; nil if they never did.
  public private(set) var stateDifference: StateDifference?
  /// The instruction before which the state was found to be the fault-free run's again; nil: it never was, as far as was looked.
  public let convergedAt: UInt64?

  public struct StateDifference: Equatable, Sendable {
    public var instruction: UInt64
    public var registers: [RegisterFile.Difference]
    /// Pages of RAM, by number.
    public var pages: [Int]
    /// Something else of the machine differs: devices, timers, the TLB.
    public var isElsewhere: Bool
  }

  /// - Parameters:
  ///   - inputs: those of the fault-free run.
  ///   - faults: what the experiment has more.
  /// - Throws: ``ScenarioProblems``, ``CampaignError``.
  public init(_ inputs: RunInputs, faults: [Fault], limit: ExperimentLimit = .init(), engine: EngineMaker) throws {
    let prepared = try PreparedRun(inputs)
    // Where the run ends says where to look at it.
    let length = try GoldenRun(prepared, engine: engine).instructions
    let golden = try GoldenRun(prepared, window: 0...max(length, 1), rungCount: 256, limit: limit, engine: engine)
    self.golden = golden
    var changed = inputs
    changed.scenario.faults += faults
    let run = ScenarioRun(try PreparedRun(changed), on: SimulatedMachineMaker(engine: .unicorn, engine))
    let comparison = EventComparison(golden.events, from: 0, ownFaults: inputs.scenario.faults.count)
    let exhaustion = LimitWatch(golden.limit)
    exhaustion.watch(run)
    var (converged, stateDifference) = (UInt64?.none, StateDifference?.none)
    var place = golden.firstRung(after: 0)
    if place < golden.rungs.count {
      run.appoint(at: .instruction(golden.rungs[place].instructions)) { machine in
        let rung = golden.rungs[place]
        place += 1
        if !comparison.injections.isEmpty, machine.instructions == rung.instructions {
          if machine.isSame(as: rung.machine) {
            if comparison.isAt(rung.eventCount) { converged = machine.instructions }
          } else if stateDifference == nil {
            stateDifference = StateDifference(machine, rung.machine)
          }
        }
        return converged == nil && place < golden.rungs.count ? .instruction(golden.rungs[place].instructions) : nil
      }
    }
    var (hasSameState, share, disk) = (false, String?.none, String?.none)
    result = try run.run(observers: [comparison]) { machine in
      hasSameState = machine.simulated?.isSame(as: golden.end) ?? false
      share = OutputDigests.share(of: machine)
      disk = OutputDigests.disk(of: machine)
    }
    comparison.finish()
    let verdict = Classification(
      result, RunOutput(result, share: share, disk: disk), exhausted: exhaustion.exhausted,
      golden: (golden.result, golden.output),
      fate: FaultFate(of: result.faults.suffix(faults.count)), hasSameState: hasSameState,
      comparesOutput: golden.comparesOutput)
    (faultClass, reason) = (verdict.faultClass, verdict.reason)
    injections = comparison.injections
    difference = comparison.difference
    convergedAt = converged
    self.stateDifference = stateDifference
  }
}

extension InjectionRun.StateDifference {
  init(_ machine: Machine, _ golden: MachineSnapshot) {
    instruction = machine.instructions
    guard let snapshot = try? machine.snapshot() else {
      (registers, pages, isElsewhere) = ([], [], true)
      return
    }
    registers = RegisterFile(golden.state.cpu.cpu, cr8: 0).differences(to: RegisterFile(snapshot.state.cpu.cpu, cr8: 0))
    pages = snapshot.memory.pagesDiffering(from: golden.memory) ?? []
    isElsewhere = registers.isEmpty && pages.isEmpty
  }
}
