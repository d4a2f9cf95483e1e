/// Operation of a translated instruction. The order of the arithmetic and branch groups is that of
/// `ArithmeticOperation` and `Condition`, four variants each (64-bit or 32-bit, immediate or register), so that a code
/// is computed from the decoded instruction.
enum Code: UInt8 {
  case add64i, add64r, add32i, add32r
  case sub64i, sub64r, sub32i, sub32r
  case mul64i, mul64r, mul32i, mul32r
  case div64i, div64r, div32i, div32r
  case or64i, or64r, or32i, or32r
  case and64i, and64r, and32i, and32r
  case lsh64i, lsh64r, lsh32i, lsh32r
  case rsh64i, rsh64r, rsh32i, rsh32r
  case mod64i, mod64r, mod32i, mod32r
  case xor64i, xor64r, xor32i, xor32r
  case mov64i, mov64r, mov32i, mov32r
  case arsh64i, arsh64r, arsh32i, arsh32r
  case sdiv64i, sdiv64r, sdiv32i, sdiv32r
  case smod64i, smod64r, smod32i, smod32r
  case jeq64i, jeq64r, jeq32i, jeq32r
  case jgt64i, jgt64r, jgt32i, jgt32r
  case jge64i, jge64r, jge32i, jge32r
  case jset64i, jset64r, jset32i, jset32r
  case jne64i, jne64r, jne32i, jne32r
  case jsgt64i, jsgt64r, jsgt32i, jsgt32r
  case jsge64i, jsge64r, jsge32i, jsge32r
  case jlt64i, jlt64r, jlt32i, jlt32r
  case jle64i, jle64r, jle32i, jle32r
  case jslt64i, jslt64r, jslt32i, jslt32r
  case jsle64i, jsle64r, jsle32i, jsle32r
  case neg64, neg32, movsx8To64, movsx16To64, movsx32To64, movsx8To32, movsx16To32
  case swap16, swap32, swap64, truncate16, truncate32, wide
  case load8, load16, load32, load64, loadSigned8, loadSigned16, loadSigned32
  case store8, store16, store32, store64, storeImmediate8, storeImmediate16, storeImmediate32, storeImmediate64
  case atomic32, atomic64, loadPacket
  case jump, mayGoto, callLocal, callHelper, callRegister, callLoop, callElements, exit, nop

  /// First code of the branch group.
  static let firstBranch = Code.jeq64i
}

/// A translated instruction, 16 bytes.
struct MicroOperation {
  var code: Code
  var destination: UInt8 = 0
  var source: UInt8 = 0
  /// Atomic operation; of a load from the packet its size, and 0x80 where it has an index.
  var detail: UInt8 = 0
  /// Jumps and calls: index of the target. Memory: byte offset of the region entry that was right the last time.
  var auxiliary: Int32 = 0
  /// Operand extended to the operation's width; memory: the offset; store of an immediate: offset << 32 | immediate.
  var immediate: Int64 = 0
}
