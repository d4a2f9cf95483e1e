import Scenarios
import SimCPU
import SimEvents
import SimMachine
import SimUnicorn

extension SimulatedMachineMaker {
  /// The simulator.
  ///
  /// - Parameters:
  ///   - hasProtectionKeys: false to stand beside an engine that has none.
  ///   - isWitnessed: false: nobody looks at who acts, and the guest is believed.
  public static func simulator(hasProtectionKeys: Bool = true, isWitnessed: Bool = true) -> SimulatedMachineMaker {
    SimulatedMachineMaker(
      engine: .unicorn, .unicorn, hasProtectionKeys: hasProtectionKeys, isWitnessed: isWitnessed)
  }
}

// What runs on the simulator unless somebody wants another engine.

extension ScenarioRun {
  /// A run on the simulator.
  public convenience init(
    _ file: ScenarioFile, products: BuildProducts, seed: UInt64?
  ) throws(ScenarioProblems) {
    try self.init(file, products: products, seed: seed, on: SimulatedMachineMaker.simulator())
  }

  /// A run on the simulator.
  public convenience init(_ inputs: RunInputs) throws(ScenarioProblems) {
    try self.init(inputs, on: SimulatedMachineMaker.simulator())
  }
}

extension RunSnapshot {
  /// ``init(of:at:from:engine:)`` on the simulator.
  public init(of inputs: RunInputs, at point: Moment, from start: RunSnapshot? = nil) throws {
    try self.init(of: inputs, at: point, from: start, engine: .unicorn)
  }

  /// ``resume(_:observers:engine:)`` on the simulator.
  public func resume(_ inputs: RunInputs, observers: [any EventSink] = []) throws -> RunResult {
    try resume(inputs, observers: observers, engine: .unicorn)
  }
}
