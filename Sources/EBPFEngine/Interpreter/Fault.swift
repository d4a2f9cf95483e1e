/// Why a helper refused a call.
public enum HelperFault: UInt8, Error, Equatable, Sendable {
  /// The host has no helper with that number.
  case unknownHelper
  /// A pointer argument does not lead to memory of the needed size and rights.
  case badPointer
  /// A handle is not that of a map.
  case badMap
  /// What a helper should call is no function whose address the program loads.
  case badFunction
  /// Not a fault: the program ends here, and the one that the host has noted takes its place.
  case tailCall
  /// Not a fault: a load goes beyond the end of the packet, which ends the program.
  case packetEnd
  /// A pointer is not that of a reserved record of a ring buffer.
  case badRecord
  /// The helper would change a map that programs may only read.
  case readOnlyMap
  /// Another argument is out of its range.
  case badArgument
  /// An address that the helper would read from is none that programs are shown.
  case notShown
}

/// How a run went wrong. The program's memory stays as it was at that instruction.
public struct Fault: Error, Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// No region grants a read, or a write, of `size` bytes at `address`.
    case read(address: UInt64, size: UInt8)
    case write(address: UInt64, size: UInt8)
    /// The instruction at `slot` would have been the first beyond the budget.
    case budgetExhausted
    /// A local call beyond the eighth frame.
    case callDepth
    case helper(number: Int64, HelperFault)
    /// Another run uses the address space.
    case addressSpaceInUse
  }

  /// Slot number of the instruction.
  public let slot: Int
  public let kind: Kind

  public init(slot: Int, kind: Kind) {
    self.slot = slot
    self.kind = kind
  }
}

/// End of a run.
public struct RunResult: Equatable, Sendable {
  public enum Outcome: Equatable, Sendable {
    /// The program's exit value (r0).
    case returned(UInt64)
    case fault(Fault)
  }

  public let outcome: Outcome
  /// Instructions executed, a faulting one not counted.
  public let instructionCount: UInt64

  public init(outcome: Outcome, instructionCount: UInt64) {
    self.outcome = outcome
    self.instructionCount = instructionCount
  }
}

/// The argument registers of a helper call.
public struct HelperArguments {
  public let r1, r2, r3, r4, r5: UInt64

  public init(r1: UInt64 = 0, r2: UInt64 = 0, r3: UInt64 = 0, r4: UInt64 = 0, r5: UInt64 = 0) {
    self.r1 = r1
    self.r2 = r2
    self.r3 = r3
    self.r4 = r4
    self.r5 = r5
  }
}

/// What carries out the helpers that a program calls.
public protocol HelperHost {
  /// Carries out helper `number` and gives back what goes to r0. Pointers are addresses of the program: reach them
  /// through `memory` only.
  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64
}

/// A host without helpers.
public struct NoHelpers: HelperHost {
  public init() {}
  public mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    throw .unknownHelper
  }
}
