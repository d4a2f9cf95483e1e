import Scenarios
import SimCPU
import SimKVM
import SimMachine
import SimMemory

/// The project's machine around the host's processor.
public enum KVMMachines {
  public static func maker() throws(MachineRefusal) -> any MachineMaker {
    let host: KVMHost
    do throws(KVMHost.Unavailable) { host = try KVMHost() } catch { throw MachineRefusal(error) }
    let hasKeys = host.hasProtectionKeys
    return SimulatedMachineMaker(
      engine: .kvm, refusal: { refusal(of: $0, hasProtectionKeys: hasKeys) },
      makeEngine: { memory, environment, cpuid throws(MachineError) in
        do throws(KVMHost.Unavailable) {
          return try KVMEngine(memory: memory, environment: environment, cpuid: cpuid)
        } catch { throw MachineError("\(error)") }
      })
  }

  /// Why a scenario makes no sense on the host's processor: faults that only the simulator can inject, or a fault that
  /// only protection keys cause, on a processor that has none.
  static func refusal(of scenario: Scenario, hasProtectionKeys: Bool) -> MachineRefusal? {
    for fault in scenario.faults {
      if case .file = fault.what { continue }
      return MachineRefusal(
        problem: "only the simulator can inject the fault \"\(fault.kind)\"", remedy: "use the engine unicorn")
    }
    let needsKeys = scenario.expect.events.contains { $0.filter.kind == .accessDenied && $0.min > 0 }
    if needsKeys, !hasProtectionKeys {
      return MachineRefusal(
        problem: "the scenario expects refused accesses, and this host's KVM has no protection keys (PKU)",
        remedy: "run it on a processor that has them, or with --engine qemu-tcg")
    }
    return nil
  }
}

extension MachineRefusal {
  init(_ unavailable: KVMHost.Unavailable) {
    self.init(problem: unavailable.problem, remedy: unavailable.remedy)
  }
}
