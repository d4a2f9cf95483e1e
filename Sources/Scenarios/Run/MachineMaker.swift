import GuestOS
import SimEvents
import SimMachine
import SimVirtio

/// All that a machine for a scenario is made from.
public struct MachinePlan {
  public var scenario: Scenario
  public var configuration: MachineConfiguration
  public var image: GuestImage
  /// Files that are put into memory beside the image.
  public var modules: [BootModule]
  public var share: Share
  /// What is on the disk at first; the rest of it is zeros.
  public var disk: [UInt8] = []
  /// What is put into memory before the guest runs.
  public var secrets: [Secret] = []
  /// Where the machine's events go.
  public var events: EventStream
}

/// Makes the machines of one engine. A run knows no engine but through this.
public protocol MachineMaker: Sendable {
  var engine: EngineKind { get }
  /// - Throws: when the scenario asks for what this engine has not, or the engine cannot be had here.
  func makeMachine(_ plan: MachinePlan) throws(MachineRefusal) -> any ScenarioMachine
}

/// Why there is no machine for a scenario.
public struct MachineRefusal: Error, Equatable, Sendable {
  public var problem: String
  /// What the user can do about it.
  public var remedy: String
  /// The host has too little of something; nothing else is wrong.
  public var isHostShortage: Bool

  public init(problem: String, remedy: String, isHostShortage: Bool = false) {
    self.problem = problem
    self.remedy = remedy
    self.isHostShortage = isHostShortage
  }

  /// An engine on which `machine.supervisorKeys` can't be had: KVM offers PKS to no guest.
  public init(supervisorKeysMissingIn engine: EngineKind) {
    self.init(
      problem: "\(engine.rawValue) has no keys for supervisor pages (machine.supervisorKeys)",
      remedy: "use the engine unicorn or qemu-tcg")
  }
}
