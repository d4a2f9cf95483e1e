import Scenarios
import SimEvents
import SimMachine

/// Makes machines that QEMU is.
public struct QEMUMachineMaker: MachineMaker {
  public let engine: EngineKind
  private let accelerator: QEMUArguments.Accelerator

  /// - Parameter usesKVM: the host's processor by /dev/kvm instead of QEMU's own (TCG).
  public init(usesKVM: Bool) {
    engine = usesKVM ? .qemuKVM : .qemuTCG
    accelerator = usesKVM ? .kvm : .tcg
  }

  public func makeMachine(_ plan: MachinePlan) throws(MachineRefusal) -> any ScenarioMachine {
    if let refusal = Self.refusal(plan.scenario) { throw refusal }
    if plan.configuration.hasSupervisorKeys, accelerator == .kvm {
      throw MachineRefusal(supervisorKeysMissingIn: engine)
    }
    guard let program = QEMUProgram.url else {
      throw MachineRefusal(
        problem: "\(QEMUProgram.name) is not installed", remedy: "install Debian's package \(QEMUProgram.package)")
    }
    do throws(QEMUFailure) {
      return try QEMUMachine(plan, accelerator, program: program)
    } catch {
      throw MachineRefusal(problem: error.description, remedy: "mend that, or use the engine unicorn")
    }
  }

  private static func refusal(_ scenario: Scenario) -> MachineRefusal? {
    if let refusal = scenario.refusalOfFaults { return refusal }
    if scenario.machine.bootProtocol != .pvh {
      return MachineRefusal(problem: "QEMU boots an ELF image by PVH only", remedy: "use the boot protocol pvh")
    }
    if scenario.guest.initrd != nil || !scenario.guest.modules.isEmpty {
      return MachineRefusal(problem: "QEMU gets no modules from here", remedy: "use the engine unicorn")
    }
    if !scenario.secrets.isEmpty {
      return MachineRefusal(
        problem: "QEMU's memory can't be filled with secrets before the run", remedy: "use the engine unicorn")
    }
    if scenario.machine.testDevice {
      return MachineRefusal(problem: "QEMU's microvm has no test device", remedy: "use the engine unicorn")
    }
    if scenario.machine.dmaWindow != nil {
      return MachineRefusal(problem: "QEMU's devices reach all of memory", remedy: "take $.machine.dmaWindow away")
    }
    if let share = scenario.share, share.msize != ShareSpecification().msize {
      return MachineRefusal(
        problem: "QEMU's 9P server takes messages of any size that the guest proposes", remedy: "use $.guest.msize")
    }
    let waitsForSymbol = scenario.script.contains {
      if case .waitForSymbol = $0.action { true } else { false }
    }
    guard waitsForSymbol else { return nil }
    return MachineRefusal(
      problem: "the script waits for a symbol, which this engine can't see", remedy: "wait for text or an event")
  }

  /// What happens inside QEMU and that it does not tell.
  static func hiddenEvents(_ accelerator: QEMUArguments.Accelerator) -> Set<EventKind> {
    let always: Set<EventKind> = [
      .accessDenied, .pkruWrite, .controlRegisterWrite, .halt, .portAccess, .mmioAccess, .deviceStatus, .queueNotify,
      .descriptorChain, .usedChain, .queueError, .sync, .msrWrite, .descriptorTableWrite, .crossing, .guardedAccess,
    ]
    return accelerator == .tcg ? always : always.union([.exception, .interrupt])
  }

  static func limitations(_ accelerator: QEMUArguments.Accelerator) -> [String] {
    [
      "times are the host's, instructions are not counted, queue sizes are QEMU's own",
      "9P messages come from QEMU's trace points: without names and data",
    ] + (accelerator == .kvm ? ["exceptions and interrupts are delivered by the host's processor and not seen"] : [])
  }
}
