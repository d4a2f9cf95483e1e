import SimCPU
import SimMachine
import Synchronization

/// Makes the simulator's machine so that its run can be held, or goes on where one was held.
final class SnapshotMachineMaker: MachineMaker {
  /// What came of the run besides its result.
  struct Findings: Sendable {
    var snapshot: RunSnapshot?
    /// The snapshot that the run began with does not fit it.
    var problem: String?
  }

  let engine = EngineKind.unicorn
  private let engineMaker: EngineMaker
  private let start: RunSnapshot?
  private let point: Moment?
  /// Of the one run that this maker is used for.
  private nonisolated(unsafe) let climb: RunClimb?
  /// Runs forks one after the other, for the one thread that this maker is used on.
  private nonisolated(unsafe) let worker: ForkWorker?
  private let state = Mutex(Findings())

  init(
    start: RunSnapshot?, point: Moment?, climb: RunClimb? = nil, worker: ForkWorker? = nil,
    engine engineMaker: EngineMaker
  ) {
    self.climb = climb
    self.worker = worker
    self.engineMaker = engineMaker
    self.start = start
    self.point = point
  }

  var findings: Findings { state.withLock { $0 } }

  func change(_ body: (inout Findings) -> Void) {
    state.withLock { body(&$0) }
  }

  func makeMachine(_ plan: MachinePlan) throws(MachineRefusal) -> any ScenarioMachine {
    // A fault's moment, and what waits for it, are in no snapshot. An experiment's fault lies behind the snapshot that it begins with.
    if worker == nil, let index = plan.scenario.firstMachineFault {
      throw MachineRefusal(
        problem: "$.faults[\(index)]: a run into which faults are injected can't be saved or gone on with",
        remedy: "take the fault away; only faults of files may stay")
    }
    // A worker has its memory from its first experiment on.
    if worker?.isAtWork != true { try AddressSpace.require(plan.configuration) }
    let machine: Machine
    do throws(MachineError) {
      if let start {
        guard start.machine.state.configuration == plan.configuration else {
          throw MachineError("the snapshot is of a machine with another configuration")
        }
        if let worker {
          machine = try worker.fork(start.machine, events: plan.events)
        } else {
          machine = try Machine(forking: start.machine, events: plan.events, engine: engineMaker)
        }
      } else {
        machine = try Machine(
          plan.configuration, image: plan.image, modules: plan.modules, events: plan.events, share: plan.share,
          disk: plan.disk, engine: engineMaker)
        plan.fillSecrets(of: machine)
      }
    } catch {
      throw MachineRefusal(problem: "\(error)", remedy: "change it")
    }
    return HoldableMachine(machine, start: start, point: point, climb: climb, maker: self)
  }
}
