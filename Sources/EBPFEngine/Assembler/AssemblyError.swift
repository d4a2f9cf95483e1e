/// Why a source text is not a program.
public struct AssemblyError: Error, Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    case unknownMnemonic, expectedRegister, expectedOperand, expectedNumber, expectedMemory, expectedTarget
    case expectedEndOfLine, numberOutOfRange, offsetOutOfRange, unknownLabel, duplicateLabel, distanceOutOfRange
    case tooManySlots
    /// The line is well formed but the instruction, or the whole program, is not valid.
    case invalid(DecodingError.Reason)
  }

  /// Both from 1; column counts bytes.
  public let line: Int
  public let column: Int
  public let reason: Reason
  /// The instruction or label that the reason is about; empty where there is none.
  public let name: [UInt8]

  init(line: Int, column: Int, reason: Reason, name: ArraySlice<UInt8> = []) {
    (self.line, self.column, self.reason) = (line, column, reason)
    self.name = [UInt8](name)
  }
}

extension AssemblyError.Reason: Error {
  /// One short sentence without a full stop.
  public var text: StaticString {
    switch self {
    case .unknownMnemonic: "unknown instruction"
    case .expectedRegister: "expected a register %r0 to %r10"
    case .expectedOperand: "expected a register or a number"
    case .expectedNumber: "expected a number"
    case .expectedMemory: "expected a memory operand such as [%r1+8]"
    case .expectedTarget: "expected a label or a distance such as +2"
    case .expectedEndOfLine: "unexpected text after the instruction"
    case .numberOutOfRange: "number does not fit into its field"
    case .offsetOutOfRange: "offset does not fit into 16 bits"
    case .unknownLabel: "unknown label"
    case .duplicateLabel: "second definition of the label"
    case .distanceOutOfRange: "target is too far away"
    case .tooManySlots: "the program has more than 1048576 slots"
    case .invalid(let reason): reason.text
    }
  }
}

extension AssemblyError: CustomStringConvertible {
  public var description: String {
    let place = "\(line):\(column): \(reason.text)"
    // The start of a long one is enough to find it.
    return name.isEmpty ? place : "\(place) '\(String(decoding: name.prefix(64), as: UTF8.self))'"
  }
}
