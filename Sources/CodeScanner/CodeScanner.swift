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
  private mutating func take(_ byte: UInt8) -> Finding? {
    defer { (lastButOne, last, count) = (last, byte, count &+ 1) }
    if last == Self.escape, let instruction = PrivilegedInstruction(opcode: byte) {
      return Finding(offset: count &- 1, instruction: instruction)
    }
    if lastButOne == Self.escape, let instruction = PrivilegedInstruction(opcode: last, modRM: byte) {
      return Finding(offset: count &- 2, instruction: instruction)
    }
    return nil
  }

  /// Takes bytes of a piece of code from `index` on, up to one that makes an instruction whole, or to the piece's end.
  ///
  /// - Parameter index: of the next byte in the piece.
  /// - Returns: that instruction; nil at the end.
  public mutating func next(in bytes: UnsafeRawBufferPointer, from index: inout Int) -> Finding? {
    while index < bytes.count {
      if last != Self.escape, lastButOne != Self.escape { pass(bytes, &index) }
      guard index < bytes.count else { return nil }
      let finding = take(bytes[index])
      index &+= 1
      if let finding { return finding }
    }
    return nil
  }

  /// Passes over bytes up to the next one that can begin something: most of the code.
  @inline(__always)
  private mutating func pass(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) {
    guard let base = bytes.baseAddress else { return }
    let start = index
    var end = start
    while end < bytes.count, base.load(fromByteOffset: end, as: UInt8.self) != Self.escape { end &+= 1 }
    guard end > start else { return }
    // What came last is no escape, and so is what came before it: both are as good as 0.
    (last, lastButOne) = (0, 0)
    count &+= UInt64(end &- start)
    index = end
  }

  /// Takes a piece of code, and tells of what is found in it.
  public mutating func scan(_ bytes: UnsafeRawBufferPointer, _ found: (Finding) -> Void) {
    var index = 0
    while let finding = next(in: bytes, from: &index) { found(finding) }
  }

  /// What is next does not lie behind what came last: nothing is whole across the gap.
  public mutating func skip(_ bytes: UInt64) {
    (last, lastButOne) = (0, 0)
    count &+= bytes
  }
}
