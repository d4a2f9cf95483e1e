/// Width of an arithmetic, jump or atomic operation.
public enum Width: UInt8, Equatable, Sendable {
  case bits32 = 32
  case bits64 = 64
}

/// The second operand: a register, or an immediate that is sign-extended to the operation's width.
public enum Operand: Equatable, Sendable {
  case register(Register)
  case immediate(Int32)
}

/// Arithmetic operations of RFC 9669 section 4.1, the signed forms as cases of their own.
public enum ArithmeticOperation: UInt8, Equatable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, or, and, shiftLeft, shiftRight
  case modulo, xor, move, arithmeticShiftRight, signedDivide, signedModulo
}

/// Conditions of RFC 9669 section 4.3.
public enum Condition: UInt8, Equatable, Sendable, CaseIterable {
  case equal, greater, greaterOrEqual, bitSet, notEqual, signedGreater, signedGreaterOrEqual
  case less, lessOrEqual, signedLess, signedLessOrEqual
}

/// Size of a memory access; the raw value is the number of bytes.
public enum AccessSize: UInt8, Equatable, Sendable, CaseIterable {
  case byte = 1
  case half = 2
  case word = 4
  case doubleWord = 8
}

/// Byte order conversions of RFC 9669 section 4.2.
public enum ByteOrder: UInt8, Equatable, Sendable, CaseIterable { case little, big, swap }

/// Atomic operations of RFC 9669 section 5.3. The modifying ones come with and without fetch.
public enum AtomicOperation: UInt8, Equatable, Sendable, CaseIterable {
  case add, or, and, xor, fetchAdd, fetchOr, fetchAnd, fetchXor, exchange, compareExchange

  /// Whether the old value in memory is returned, in the source register or (compare and exchange) in `r0`.
  public var fetches: Bool { rawValue >= AtomicOperation.fetchAdd.rawValue }
}

/// What the 64-bit immediate of `lddw` means (RFC 9669 section 5.4, table 13). A host resolves all kinds but the first
/// before a program runs.
public enum WideImmediate: Equatable, Sendable {
  case constant(UInt64)
  /// `map_by_fd(imm)`: source register field 1.
  case mapByDescriptor(Int32)
  /// `map_val(map_by_fd(imm)) + offset`: source register field 2.
  case mapValueByDescriptor(Int32, offset: Int32)
  /// `var_addr(imm)`: source register field 3.
  case variable(Int32)
  /// `code_addr(imm)`: source register field 4; the slot number that the code address stands for.
  case code(slot: Int32)
  /// `map_by_idx(imm)`: source register field 5.
  case mapByIndex(Int32)
  /// `map_val(map_by_idx(imm)) + offset`: source register field 6.
  case mapValueByIndex(Int32, offset: Int32)
}

/// One decoded instruction. Jump and call targets are slot numbers in the program, already checked to be the start of
/// an instruction.
public enum Operation: Equatable, Sendable {
  case arithmetic(ArithmeticOperation, Width, Register, Operand)
  case negate(Width, Register)
  /// `dst = sign-extended low bits of src`; `fromBits` is 8, 16 or (64-bit width only) 32.
  case moveSignExtended(Width, fromBits: UInt8, Register, Register)
  /// Converts and truncates to `bits` (16, 32 or 64).
  case byteOrder(ByteOrder, bits: UInt8, Register)
  case loadWide(Register, WideImmediate)
  /// `dst = *(size *)(base + offset)`.
  case load(AccessSize, signExtended: Bool, Register, base: Register, offset: Int16)
  /// `*(size *)(base + offset) = value`.
  case store(AccessSize, base: Register, offset: Int16, value: Operand)
  case atomic(AtomicOperation, Width, base: Register, offset: Int16, source: Register)
  /// A load that everything after it comes after, and a store that everything before it comes before (Linux's
  /// BPF_LOAD_ACQ and BPF_STORE_REL, which RFC 9669 does not have).
  case loadAcquire(AccessSize, Register, base: Register, offset: Int16)
  case storeRelease(AccessSize, base: Register, offset: Int16, source: Register)
  /// `r0 =` big-endian bytes of the packet at `index + offset`, in programs that have one; beyond its end the program
  /// returns 0 (Linux's BPF_ABS and, with an index, BPF_IND; RFC 9669 section 5.3.2 calls them deprecated).
  case loadPacket(AccessSize, index: Register?, offset: Int32)
  /// `wide` tells `gotol` (offset from the immediate) from `ja`; both do the same.
  case jump(target: Int32, wide: Bool)
  case branch(Condition, Width, Register, Operand, target: Int32)
  /// Linux's `may_goto` (BPF_JCOND): goes on some number of times, and jumps then.
  case mayGoto(target: Int32)
  case callHelper(Int32)
  case callLocal(target: Int32)
  /// `callx`: calls the helper whose number is in the register.
  case callRegister(Register)
  case exit
}

/// A decoded instruction and its place.
public struct Instruction: Equatable, Sendable {
  /// Number of its (first) 8-byte slot in the program, as Linux counts instructions.
  public let slot: Int32
  public let operation: Operation

  public init(slot: Int32, operation: Operation) {
    self.slot = slot
    self.operation = operation
  }

  /// 2 for `lddw`, else 1.
  public var slotCount: Int32 {
    if case .loadWide = operation { return 2 }
    return 1
  }
}
