/// How a tracer can get hold of calls of a function, told from the first bytes of its code.
public enum FunctionEntry: Equatable, Sendable {
  /// Five bytes that do nothing, kept free by the compiler: a call fits over them.
  case nop
  /// Any other code: a breakpoint (INT3) over its first byte. The instruction that loses it is executed elsewhere.
  case instruction(MovableInstruction)

  /// Bytes of a near call with a 32-bit distance (SDM vol. 2, CALL: E8), and of the nop that keeps its place.
  public static let callSize = 5

  /// Reads the entry of a function.
  public init(_ code: some RandomAccessCollection<UInt8>) throws(EntryError) {
    if Self.nops.contains(where: { code.starts(with: $0) }) {
      self = .nop
    } else {
      self = .instruction(try MovableInstruction(code))
    }
  }

  /// What compilers keep free: NOP with an operand that it does not touch (SDM vol. 2, table 4-12), as GCC's
  /// -mnop-mcount writes it, and with the distance 8 that LLVM's patchable_function_entry(5) has.
  private static var nops: [[UInt8]] { [[0x0f, 0x1f, 0x44, 0x00, 0x00], [0x0f, 0x1f, 0x44, 0x00, 0x08]] }

  /// A near call (E8) or jump (E9) at `place` to `target`, or nil if it is further than 2 GiB.
  public static func near(_ opcode: UInt8, from place: UInt64, to target: UInt64) -> [UInt8]? {
    let distance = Int64(bitPattern: target &- place &- UInt64(callSize))
    guard let distance = Int32(exactly: distance) else { return nil }
    let bits = UInt32(bitPattern: distance)
    return [opcode] + (0..<4).map { UInt8(truncatingIfNeeded: bits >> (UInt32($0) &* 8)) }
  }

  public static var call: UInt8 { 0xe8 }
  public static var jump: UInt8 { 0xe9 }
  public static var breakpoint: UInt8 { 0xcc }
}

/// Why no breakpoint can stand at an entry.
public enum EntryError: UInt8, Error, Equatable, Sendable {
  /// Not an instruction that is known to mean the same at another place.
  case unknownInstruction
  /// A call, return address or branch that depends on where it stands.
  case dependsOnItsPlace
  /// The code ends within the instruction.
  case truncated
  /// The place that the instruction names is too far from where it would be moved to.
  case tooFar

  /// One short phrase.
  public var text: StaticString {
    switch self {
    case .unknownInstruction: "its first instruction is not one that can be moved"
    case .dependsOnItsPlace: "its first instruction depends on its place"
    case .truncated: "its code ends within the first instruction"
    case .tooFar: "its first instruction names a place that is too far away"
    }
  }
}
