import SimCPU
import SimEvents
import SimMachine
import SimVirtio

/// Makes the project's own machine, around whatever CPU executes its instructions.
public struct SimulatedMachineMaker: MachineMaker {
  public let engine: EngineKind
  private let engineMaker: EngineMaker
  private let refusal: @Sendable (Scenario) -> MachineRefusal?

  private let hasProtectionKeys: Bool
  private let isWitnessed: Bool

  /// - Parameters:
  ///   - engine: what results call the engine.
  ///   - hasProtectionKeys: false to stand beside an engine that has none.
  ///   - isWitnessed: false: nobody looks at who acts, and the guest is believed.
  ///   - refusal: why this engine can't run a scenario, or nil if it can.
  public init(
    engine: EngineKind, _ engineMaker: EngineMaker, hasProtectionKeys: Bool = true, isWitnessed: Bool = true,
    refusal: @escaping @Sendable (Scenario) -> MachineRefusal? = { _ in nil }
  ) {
    self.engine = engine
    self.engineMaker = engineMaker
    self.hasProtectionKeys = hasProtectionKeys
    self.isWitnessed = isWitnessed
    self.refusal = refusal
  }

  public func makeMachine(_ plan: MachinePlan) throws(MachineRefusal) -> any ScenarioMachine {
    try AddressSpace.require(plan.configuration)
    if let refusal = refusal(plan.scenario) { throw refusal }
    if plan.configuration.hasSupervisorKeys, engine != .unicorn {
      throw MachineRefusal(supervisorKeysMissingIn: engine)
    }
    var configuration = plan.configuration
    configuration.hasProtectionKeys = hasProtectionKeys
    // Elsewhere an event costs what the host takes for it.
    if engine != .unicorn { configuration.costs = CostTable() }
    do throws(MachineError) {
      let machine = try Machine(
        configuration, image: plan.image, modules: plan.modules, events: plan.events, share: plan.share,
        disk: plan.disk, isWitnessed: isWitnessed, engine: engineMaker)
      plan.fillSecrets(of: machine)
      return machine
    } catch {
      throw MachineRefusal(problem: "\(error)", remedy: "change it")
    }
  }
}

extension MachinePlan {
  /// Puts the secrets into memory. The image is loaded where it is linked.
  func fillSecrets(of machine: Machine) {
    for secret in secrets {
      let isWritten = machine.memory.write(secret.bytes, at: secret.address)
      precondition(isWritten, "the secret \(secret.name) lies outside of memory, which was checked")
    }
  }
}

extension Machine: ScenarioMachine {
  public var clockHertz: UInt64 { configuration.clockHz }
  public var shareTree: ShareTree? { device(NinePDevice.self)?.tree }
  public var diskImage: [UInt8]? { device(BlockDevice.self)?.image }
  public var simulated: Machine? { engineCapabilities.contains(.deterministic) ? self : nil }

  /// What a processor that is not the simulator's own does not report.
  private static let internalKinds: Set<EventKind> = [
    .exception, .accessDenied, .pkruWrite, .controlRegisterWrite, .msrWrite, .descriptorTableWrite, .crossing,
    .guardedAccess,
  ]

  public var hiddenEvents: Set<EventKind> {
    engineCapabilities.contains(.observable) ? [] : Self.internalKinds
  }

  public var limitations: [String] {
    let missing: [(EngineCapabilities, String)] = [
      (.deterministic, "the run is not deterministic: two runs differ in times and counts"),
      (.exactInstructions, "instructions are not counted: what stands for their number are cycles of the clock"),
      (.protectionKeys, "the processor has no protection keys: isolation designs that need them are off"),
    ]
    return missing.filter { !engineCapabilities.contains($0.0) }.map(\.1)
  }
}
