import SimMemory

/// Makes the CPUs of machines: whoever makes a machine chooses its engine with it.
public struct EngineMaker: Sendable {
  /// Makes a CPU around memory, with the environment, which it does not keep alive, and with what CPUID answers.
  public typealias Make =
    @Sendable (GuestMemory, any CPUEnvironment, CPUIDModel) throws(EngineUnavailable) -> any CPUEngine

  /// What its engines promise: a machine whose engine is not made yet promises the same.
  public let capabilities: EngineCapabilities
  public let make: Make

  public init(capabilities: EngineCapabilities, _ make: @escaping Make) {
    self.capabilities = capabilities
    self.make = make
  }
}

/// The engine cannot be had on this machine.
public struct EngineUnavailable: Error, CustomStringConvertible {
  public var description: String
  /// The engine itself gave up, which is the simulator's failure; otherwise something has to be installed or changed.
  public var isDefect: Bool

  public init(_ description: String, isDefect: Bool = false) {
    self.description = description
    self.isDefect = isDefect
  }
}
