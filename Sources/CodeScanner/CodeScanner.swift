/// Finds privileged instructions at every byte of code, whether they are meant to be instructions there or are parts of others.
///
/// It is given the code in the order of its addresses, in pieces as they come: what begins in one piece and ends in the next is found. The
/// bytes must be the final ones, after relocation. At most the last two bytes are kept.
public struct CodeScanner: Sendable {
  public struct Finding: Equatable, Sendable {
    /// Of its opcode's first byte (0FH), from the first byte that the scanner was given.
    public var offset: UInt64
    public var instruction: PrivilegedInstruction

    public init(offset: UInt64, instruction: PrivilegedInstruction) {
      self.offset = offset
      self.instruction = instruction
    }
  }

  /// All opcodes that are looked for begin with it.
  private static let escape: UInt8 = 0x0f

  /// How many bytes it has seen.
  public private(set) var count: UInt64 = 0
  private var last: UInt8 = 0
  private var lastButOne: UInt8 = 0

  public init() {}

  /// The instruction that the next byte makes whole; no byte makes two.
  @inline(__always)
  public mutating func take(_ byte: UInt8) -> Finding? {
    defer { (lastButOne, last, count) = (last, byte, count &+ 1) }
    if last == Self.escape, let instruction = PrivilegedInstruction(opcode: byte) {
      return Finding(offset: count &- 1, instruction: instruction)
    }
    if lastButOne == Self.escape, let instruction = PrivilegedInstruction(opcode: last, modRM: byte) {
      return Finding(offset: count &- 2, instruction: instruction)
    }
    return nil
  }

  /// Takes a piece of code, and tells of what is found in it.
  public mutating func scan(_ bytes: UnsafeRawBufferPointer, _ found: (Finding) -> Void) {
    for byte in bytes {
      if let finding = take(byte) { found(finding) }
    }
  }

  /// What is next does not lie behind what came last: nothing is whole across the gap.
  public mutating func skip(_ bytes: UInt64) {
    (last, lastButOne) = (0, 0)
    count &+= bytes
  }
}
