import Engines
import Scenarios
import SimCPU
import SimEvents
import SimKVM
import SimMachine
import SimMemory
import SimUnicorn

/// Runs a scenario on the simulator and on the host's processor, and compares them after each instruction between two
/// points. Before the first point the simulator runs alone; at the second one the run ends.
public struct ScenarioLockstep {
  private let inputs: RunInputs
  private let from: Moment
  private let to: Moment?

  /// When the script's step with this index is done.
  public static func step(_ index: UInt64) -> Moment {
    .matchingEvent(
      EventFilter(kind: .scriptStep, conditions: [.init(field: "index", condition: .equalsNumber(index))]), nth: 1)
  }

  /// The default is from the first instruction until the script's first step is done: the boot up to the prompt.
  ///
  /// - Parameter to: nil for the end of the run.
  public init(_ inputs: RunInputs, from: Moment = .instruction(0), to: Moment? = step(0)) {
    self.inputs = inputs
    self.from = from
    self.to = to
  }

  /// - Throws: ``MachineRefusal`` if the host's KVM can't step, ``ScenarioProblems``.
  public func run() throws -> LockstepReport {
    let host: KVMHost
    do throws(KVMHost.Unavailable) { host = try KVMHost() } catch { throw MachineRefusal(error) }
    guard host.canSingleStep else {
      throw MachineRefusal(problem: "this host's KVM cannot execute single instructions", remedy: "use another host")
    }
    return try run(hasProtectionKeys: host.hasProtectionKeys) { size, environment, cpuid in
      try KVMEngine(
        memory: GuestMemory(size: size), environment: environment, cpuid: cpuid, announcesModel: true)
    }
  }

  /// - Parameter makeFollower: makes the processor to compare with, given the size of its memory.
  func run(
    hasProtectionKeys: Bool,
    makeFollower: @escaping @Sendable (UInt64, any CPUEnvironment, CPUIDModel) throws -> any SteppedProcessor
  ) throws -> LockstepReport {
    nonisolated(unsafe) var engine: LockstepEngine?
    let maker = SimulatedMachineMaker(
      engine: .unicorn,
      EngineMaker(capabilities: LockstepEngine.capabilities) {
        memory, environment, cpuid throws(EngineUnavailable) in
        // What one of them has not, neither may announce.
        var common = cpuid
        common.hasProtectionKeys = hasProtectionKeys
        do {
          let made = try LockstepEngine(memory: memory, environment: environment, cpuid: common) {
            try makeFollower(memory.size, $0, common)
          }
          engine = made
          return made
        } catch { throw EngineUnavailable("\(error)") }
      })
    let run = try ScenarioRun(inputs, on: maker)
    run.appoint(at: from) { _ in
      engine?.isComparing = true
      return nil
    }
    var isComplete = to == nil
    if let to {
      run.appoint(at: to) { [unowned run] _ in
        isComplete = true
        run.abandon()
        return nil
      }
    }
    let result = try run.run()
    guard let engine else { return LockstepReport() }
    // Before the first point the other processor has stood still, with nothing in its memory.
    if engine.isComparing { engine.compareWholeMemory() }
    var report = engine.report
    if !engine.isComparing {
      report.problem = "the run ended before the first point: \(result.reason)"
    } else if !isComplete {
      report.problem = "the run ended before the second point: \(result.reason)"
    }
    return report
  }
}
