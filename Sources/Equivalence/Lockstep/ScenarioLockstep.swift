import Scenarios
import SimCPU
import SimEvents
import SimKVM
import SimMachine
import SimMemory

/// A point of a scenario's run.
public enum ScenarioPoint: Equatable, Sendable {
  /// Before the instruction with this number.
  case instruction(UInt64)
  /// When the script's step with this index is done.
  case step(UInt32)
  case end

  /// Reads "12345", "step:0" or "end"; nil if the text is none of them.
  public init?(_ text: String) {
    if text == "end" {
      self = .end
    } else if let number = UInt64(text) {
      self = .instruction(number)
    } else if text.hasPrefix("step:"), let index = UInt32(text.dropFirst(5)) {
      self = .step(index)
    } else {
      return nil
    }
  }
}

/// Runs a scenario on the simulator and on the host's processor, and compares them after each instruction between two
/// points. Before the first point the simulator runs alone; at the second one the run ends.
public struct ScenarioLockstep {
  private let inputs: RunInputs
  private let from: ScenarioPoint
  private let to: ScenarioPoint

  /// The default is from the first instruction until the script's first step is done: the boot up to the prompt.
  public init(_ inputs: RunInputs, from: ScenarioPoint = .instruction(0), to: ScenarioPoint = .step(0)) {
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
    nonisolated(unsafe) var onEnd: () -> Void = {}
    let last: UInt64 = if case .instruction(let number) = to { number } else { .max }
    let start: UInt64 = if case .instruction(let number) = from { number } else { .max }
    let maker = SimulatedMachineMaker(
      engine: .unicorn, refusal: { _ in nil },
      makeEngine: { memory, environment, cpuid throws(MachineError) in
        // What one of them has not, neither may announce.
        var common = cpuid
        common.hasProtectionKeys = hasProtectionKeys
        do {
          let made = try LockstepEngine(memory: memory, environment: environment, cpuid: common, start: start) {
            try makeFollower(memory.size, $0, common)
          }
          (made.end, made.onEnd) = (last, { onEnd() })
          engine = made
          return made
        } catch { throw MachineError("\(error)") }
      })
    let run = try ScenarioRun(inputs, on: maker)
    let points = PointWatch { index in
      if from == .step(index), let engine { engine.start = engine.instructionsRetired }
      if to == .step(index) { run.abandon() }
    }
    onEnd = { run.abandon() }
    let result = try run.run(observers: [points])
    guard let engine else { return LockstepReport() }
    engine.compareWholeMemory()
    var report = engine.report
    let isComplete =
      switch to {
      case .end: true
      case .instruction(let number): engine.instructionsRetired >= number
      case .step(let index): points.steps.contains(index)
      }
    if !engine.isComparing {
      report.problem = "the run ended before the first point: \(result.reason)"
    } else if !isComplete {
      report.problem = "the run ended before the second point: \(result.reason)"
    }
    return report
  }
}

/// Sees the script's steps go by.
private final class PointWatch: EventSink {
  private let onStep: (UInt32) -> Void
  private(set) var steps: Set<UInt32> = []

  init(onStep: @escaping (UInt32) -> Void) {
    self.onStep = onStep
  }

  func record(_ event: Event) {
    guard case .scriptStep(let index, _) = event.payload else { return }
    steps.insert(index)
    onStep(index)
  }
}
