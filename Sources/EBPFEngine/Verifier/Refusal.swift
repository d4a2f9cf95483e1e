/// Why the verifier refuses a program.
public struct Refusal: Error, Sendable {
  public enum Reason: Error, Equatable, Sendable {
    // The shape of the program.
    case unreachable
    case infiniteLoop
    /// More than the limit of instructions explored, or of branches waiting.
    case tooComplex(limit: Int)
    case tooManyBranches(limit: Int)
    case tooManyFrames

    // Arithmetic.
    case uninitialised(Register)
    case divisionByZero
    case shiftCount(Int32)
    /// The operation is not defined on a pointer of that kind.
    case pointerArithmetic(Register, RegisterKind)
    case partialCopy(Register)
    case pointerComparison(Register)

    // Memory.
    case notMemory(Register, RegisterKind)
    /// Offsets from `min` through `max` of an object of `limit` bytes.
    case outOfBounds(Register, RegisterKind, min: Int64, max: Int64, size: Int, limit: Int)
    case contextAccess(min: Int64, max: Int64, size: Int, MemoryRights)
    case missingRight(Register, RegisterKind, MemoryRights)
    case misaligned(RegisterKind, offset: Int64, size: Int)
    case uninitialisedStack(Register, offset: Int, size: Int)
    case corruptsSpill(offset: Int)
    case spillSize(Register)
    case pointerLeak(Register)
    case frameLeak(Register)
    case returnLeak
    /// An access to an address in constant data that is not a load of it.
    case addressInData(Register)

    // Calls and 64-bit immediates.
    case unknownHelper(Int64)
    case helperNumber(Register)
    case argumentType(Register, RegisterKind, expected: HelperSignature.Argument)
    case argumentSize(Register, min: Int64, max: UInt64)
    case missingMap(Register)
    /// The helper takes the object only, no place within it.
    case notAtStart(Register, RegisterKind)
    /// A function that a helper calls may return something else than 0 and 1.
    case callbackResult
    /// The helper does not work on maps of that kind.
    case mapKind(Register, MapKind)
    case recordSize(Register)
    /// Records that the program has not given away when it ends, or a function that a helper calls returns.
    case unreleased(count: Int)
    case tailCallInFunction
    /// Programs of the type have no packet to load from, or not by such instructions.
    case packetLoad
    case packetLoadInFunction
    case unterminatedString(Register)
    case stringTooLong(Register)
    case unknownMap(Int32)
    case indirectMap(Int32, offset: Int32)
    case unknownVariable(Int32)
    case codeAddress
  }

  /// Slot of the instruction.
  public let slot: Int
  public let reason: Reason
  /// Registers and stack before the instruction; `nil` where the program was not explored.
  let state: MachineState?
}

extension Refusal.Reason {
  /// Whether the verifier has given up, rather than found what is wrong.
  var isLimit: Bool {
    switch self {
    case .tooComplex, .tooManyBranches: true
    default: false
    }
  }
}
