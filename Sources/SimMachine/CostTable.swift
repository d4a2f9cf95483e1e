/// What things cost in virtual time, in cycles.
///
/// The numbers are a model, not a measurement of one CPU: they let designs be compared under one assumption. The
/// library's TLB is not visible here; `translation` is charged for walks of the guest's own, unlimited TLB.
public struct CostTable: Equatable, Sendable, Codable {
  public var name: String
  /// For each instruction retired, at least 1.
  public var instruction: UInt64
  /// An access to a port or a device register: an exit to the host.
  public var exit: UInt64
  /// At least 1: a guest whose handlers cannot run raises exceptions without end and retires nothing.
  public var exception: UInt64
  public var interrupt: UInt64
  public var wrpkru: UInt64
  public var controlRegister: UInt64

  /// Orders of magnitude of a current server CPU under KVM, with one instruction a cycle.
  public static let standard = CostTable(
    name: "default", instruction: 1, exit: 1_200, exception: 150, interrupt: 600, wrpkru: 24, controlRegister: 80)
  /// Instructions, and as much for each exception.
  public static let flat = CostTable(
    name: "flat", instruction: 1, exit: 0, exception: 1, interrupt: 0, wrpkru: 0, controlRegister: 0)

  /// As the default, of a CPU that needs ten cycles for an instruction: what waits in vain takes a tenth of the instructions.
  public static let slow = CostTable(
    name: "slow", instruction: 10, exit: 1_200, exception: 150, interrupt: 600, wrpkru: 24, controlRegister: 80)

  public static let all = [standard, flat, slow]

  public static func named(_ name: String) -> CostTable? { all.first { $0.name == name } }
}
