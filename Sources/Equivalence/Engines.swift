import Scenarios

extension EngineKind {
  /// What makes machines of this engine.
  public var maker: any MachineMaker {
    get throws(MachineRefusal) {
      switch self {
      case .unicorn: SimulatedMachineMaker()
      case .kvm, .qemuTCG, .qemuKVM:
        throw MachineRefusal(problem: "this build has no engine \(rawValue)", remedy: "use the engine unicorn")
      }
    }
  }
}
