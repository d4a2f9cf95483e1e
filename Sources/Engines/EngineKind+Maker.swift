import Scenarios
import SimQEMU

extension EngineKind {
  /// What makes machines of this engine.
  public var maker: any MachineMaker {
    get throws(MachineRefusal) {
      switch self {
      case .unicorn: SimulatedMachineMaker.simulator()
      case .kvm: try KVMMachines.maker()
      case .qemuTCG: QEMUMachineMaker(usesKVM: false)
      case .qemuKVM: QEMUMachineMaker(usesKVM: true)
      }
    }
  }
}
