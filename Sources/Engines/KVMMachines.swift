import Scenarios
import SimCPU
import SimKVM

/// The project's machine around the host's processor.
public enum KVMMachines {
  public static func maker() throws(MachineRefusal) -> any MachineMaker {
    let host: KVMHost
    do throws(KVMHost.Unavailable) { host = try KVMHost() } catch { throw MachineRefusal(error) }
    let hasKeys = host.hasProtectionKeys
    return SimulatedMachineMaker(
      engine: .kvm, .kvm(on: host), refusal: { refusal(of: $0, hasProtectionKeys: hasKeys) })
  }

  /// Why a scenario makes no sense on the host's processor: faults that only the simulator can inject, or a fault that
  /// only protection keys cause, on a processor that has none.
  public static func refusal(of scenario: Scenario, hasProtectionKeys: Bool) -> MachineRefusal? {
    if let refusal = scenario.refusalOfFaults { return refusal }
    if !scenario.secrets.isEmpty {
      return MachineRefusal(
        problem: "nobody can tell on the host's processor who reads a secret", remedy: "use the engine unicorn")
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
  /// The host has no KVM, or this program may not use it.
  public init(_ unavailable: KVMHost.Unavailable) {
    self.init(problem: unavailable.problem, remedy: unavailable.remedy)
  }
}
