import SimCPU

/// Bytes to execute, and the state to execute them in.
public struct InstructionCase: Sendable {
  public var mode: InstructionMode
  public var bytes: [UInt8]
  /// Where the bytes lie. Behind them is HLT.
  var address = FuzzPlace.code
  var state: CPUState
  /// How many instructions may retire.
  var instructions: UInt64
  /// A vector whose handler is somewhere else than usual.
  var movedHandler: (vector: UInt8, address: UInt32)?
}

/// A numbered list of cases: the same number, the same case, on every machine.
public protocol CaseSource: Sendable {
  /// What the cases are called in a report.
  var name: String { get }
  var count: UInt64 { get }
  /// The case with this number, or nil if it would be another one's double.
  func make(_ number: UInt64) -> InstructionCase?
}
