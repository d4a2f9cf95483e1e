/// Arithmetic instructions by their number in opcodes 80 to 83 (SDM vol. 2, table A-6, group 1).
enum NativeArithmetic: UInt8 {
  case add = 0
  case or = 1
  case and = 4
  case sub = 5
  case xor = 6
  case cmp = 7
}

/// Conditions by their number in opcodes 0F 80 to 0F 8F (SDM vol. 2, appendix B.1.4.7).
enum NativeCondition: UInt8 {
  case below = 2
  case aboveOrEqual = 3
  case equal = 4
  case notEqual = 5
  case belowOrEqual = 6
  case above = 7
  case less = 12
  case greaterOrEqual = 13
  case lessOrEqual = 14
  case greater = 15
}

/// The instructions that translated programs are made of, named as in the SDM. The destination comes first.
extension CodeWriter {
  // MARK: Moves

  mutating func mov(_ size: OperandSize, _ to: NativeRegister, _ from: NativeRegister) {
    instruction(size, 0x89, reg: from.rawValue, to)
  }

  mutating func mov(_ size: OperandSize, _ to: NativeRegister, _ from: NativeMemory) {
    instruction(size, 0x8b, reg: to.rawValue, from)
  }

  mutating func mov(_ size: OperandSize, _ to: NativeMemory, _ from: NativeRegister) {
    instruction(size, size == .bits8 ? 0x88 : 0x89, reg: from.rawValue, to)
  }

  /// Stores the low bytes of `value`; to 64 bits sign-extended.
  mutating func mov(_ size: OperandSize, _ to: NativeMemory, _ value: Int32) {
    instruction(size, size == .bits8 ? 0xc6 : 0xc7, reg: 0, to)
    switch size {
    case .bits8: byte(UInt8(truncatingIfNeeded: value))
    case .bits16: word16(UInt16(truncatingIfNeeded: value))
    default: word32(value)
    }
  }

  /// Loads all 64 bits in the shortest form.
  mutating func mov(_ to: NativeRegister, _ value: Int64) {
    if value == 0 {
      instruction(.bits32, 0x31, reg: to.rawValue, to)
    } else if let low = UInt32(exactly: value) {
      if to.isExtended { byte(0x41) }
      byte(0xb8 | to.low)
      word32(Int32(bitPattern: low))
    } else if let extended = Int32(exactly: value) {
      instruction(.bits64, 0xc7, reg: 0, to)
      word32(extended)
    } else {
      byte(to.isExtended ? 0x49 : 0x48)
      byte(0xb8 | to.low)
      word64(value)
    }
  }

  /// Opcode of a move that extends `bytes` bytes to `size`.
  private static func extending(_ bytes: Int, signed: Bool) -> UInt16 {
    switch (bytes, signed) {
    case (1, false): 0x0fb6
    case (2, false): 0x0fb7
    case (1, true): 0x0fbe
    case (2, true): 0x0fbf
    case (4, true): 0x63
    default: 0x8b
    }
  }

  /// Loads `bytes` bytes, extended to 64 bits.
  mutating func load(_ bytes: Int, signed: Bool, _ to: NativeRegister, _ from: NativeMemory) {
    instruction(
      signed || bytes == 8 ? .bits64 : .bits32, Self.extending(bytes, signed: signed), reg: to.rawValue, from)
  }

  /// Extends the low `bytes` bytes to `size`; a 32-bit result clears the upper half.
  mutating func extend(
    _ size: OperandSize, _ bytes: Int, signed: Bool, _ to: NativeRegister, _ from: NativeRegister
  ) {
    let opcode = Self.extending(bytes, signed: signed)
    // SIL and DIL need a REX prefix that a 32-bit form does not have by itself.
    if bytes == 1 && size == .bits32 && !to.isExtended && !from.isExtended && from.rawValue >= 4 { byte(0x40) }
    instruction(size, opcode, reg: to.rawValue, from)
  }

  mutating func lea(_ to: NativeRegister, _ from: NativeMemory) { instruction(.bits64, 0x8d, reg: to.rawValue, from) }

  /// `to = from * (1 + scale)`, scale 2, 4 or 8.
  mutating func leaScaled(_ size: OperandSize, _ to: NativeRegister, _ from: NativeRegister, scale: UInt8) {
    var rex: UInt8 = size == .bits64 ? 0x48 : 0x40
    if to.isExtended { rex |= 4 }
    if from.isExtended { rex |= 3 }
    if rex != 0x40 { byte(rex) }
    byte(0x8d)
    let needsDisplacement = from.low == 5
    byte((needsDisplacement ? 0x44 : 0x04) | to.low << 3)
    byte((scale == 2 ? 0x40 : scale == 4 ? 0x80 : 0xc0) | from.low << 3 | from.low)
    if needsDisplacement { byte(0) }
  }

  mutating func push(_ register: NativeRegister) {
    if register.isExtended { byte(0x41) }
    byte(0x50 | register.low)
  }

  mutating func pop(_ register: NativeRegister) {
    if register.isExtended { byte(0x41) }
    byte(0x58 | register.low)
  }

  // MARK: Arithmetic

  mutating func arithmetic(
    _ operation: NativeArithmetic, _ size: OperandSize, _ to: NativeRegister, _ from: NativeRegister
  ) {
    instruction(size, UInt16(operation.rawValue << 3 | 1), reg: from.rawValue, to)
  }

  mutating func arithmetic(
    _ operation: NativeArithmetic, _ size: OperandSize, _ to: NativeRegister, _ from: NativeMemory
  ) {
    instruction(size, UInt16(operation.rawValue << 3 | 3), reg: to.rawValue, from)
  }

  mutating func arithmetic(
    _ operation: NativeArithmetic, _ size: OperandSize, _ to: NativeMemory, _ from: NativeRegister
  ) {
    instruction(size, UInt16(operation.rawValue << 3 | 1), reg: from.rawValue, to)
  }

  mutating func arithmetic(_ operation: NativeArithmetic, _ size: OperandSize, _ to: NativeRegister, _ value: Int32) {
    let isShort = Int32(Int8(truncatingIfNeeded: value)) == value
    instruction(size, isShort ? 0x83 : 0x81, reg: operation.rawValue, to)
    if isShort { byte(UInt8(truncatingIfNeeded: value)) } else { word32(value) }
  }

  mutating func arithmetic(_ operation: NativeArithmetic, _ size: OperandSize, _ to: NativeMemory, _ value: Int32) {
    let isShort = Int32(Int8(truncatingIfNeeded: value)) == value
    instruction(size, isShort ? 0x83 : 0x81, reg: operation.rawValue, to)
    if isShort { byte(UInt8(truncatingIfNeeded: value)) } else { word32(value) }
  }

  mutating func test(_ size: OperandSize, _ a: NativeRegister, _ b: NativeRegister) {
    instruction(size, 0x85, reg: b.rawValue, a)
  }

  mutating func test(_ size: OperandSize, _ a: NativeRegister, _ value: Int32) {
    instruction(size, 0xf7, reg: 0, a)
    word32(value)
  }

  mutating func imul(_ size: OperandSize, _ to: NativeRegister, _ from: NativeRegister) {
    instruction(size, 0x0faf, reg: to.rawValue, from)
  }

  mutating func imul(_ size: OperandSize, _ to: NativeRegister, _ value: Int32) {
    let isShort = Int32(Int8(truncatingIfNeeded: value)) == value
    instruction(size, isShort ? 0x6b : 0x69, reg: to.rawValue, to)
    if isShort { byte(UInt8(truncatingIfNeeded: value)) } else { word32(value) }
  }

  mutating func neg(_ size: OperandSize, _ register: NativeRegister) { instruction(size, 0xf7, reg: 3, register) }

  /// RDX:RAX by the register: quotient to RAX, remainder to RDX.
  mutating func divide(_ size: OperandSize, signed: Bool, by register: NativeRegister) {
    instruction(size, 0xf7, reg: signed ? 7 : 6, register)
  }

  /// CDQ or CQO.
  mutating func signExtendRAX(_ size: OperandSize) {
    if size == .bits64 { byte(0x48) }
    byte(0x99)
  }

  /// Shift by a constant; `kind` is ModRM.reg of group 2: 0 ROL, 4 SHL, 5 SHR, 7 SAR.
  mutating func shift(_ kind: UInt8, _ size: OperandSize, _ register: NativeRegister, by count: UInt8) {
    instruction(size, 0xc1, reg: kind, register)
    byte(count)
  }

  mutating func shiftByCL(_ kind: UInt8, _ size: OperandSize, _ register: NativeRegister) {
    instruction(size, 0xd3, reg: kind, register)
  }

  mutating func bswap(_ size: OperandSize, _ register: NativeRegister) {
    var rex: UInt8 = size == .bits64 ? 0x48 : 0x40
    if register.isExtended { rex |= 1 }
    if rex != 0x40 { byte(rex) }
    byte(0x0f)
    byte(0xc8 | register.low)
  }

  mutating func xadd(_ size: OperandSize, _ to: NativeMemory, _ register: NativeRegister) {
    instruction(size, 0x0fc1, reg: register.rawValue, to)
  }

  mutating func cmpxchg(_ size: OperandSize, _ to: NativeMemory, _ register: NativeRegister) {
    instruction(size, 0x0fb1, reg: register.rawValue, to)
  }

  // MARK: Control. Forward forms give the end of the displacement, to be patched.

  mutating func jumpForward8(_ condition: NativeCondition?) -> Int {
    byte(condition.map { 0x70 | $0.rawValue } ?? 0xeb)
    byte(0)
    return count
  }

  mutating func jumpForward32(_ condition: NativeCondition?) -> Int {
    if let condition {
      byte(0x0f)
      byte(0x80 | condition.rawValue)
    } else {
      byte(0xe9)
    }
    word32(0)
    return count
  }

  /// To code that exists, in the shortest form.
  mutating func jump(_ condition: NativeCondition?, backTo target: Int) {
    if let short = Int8(exactly: target - (count + 2)) {
      byte(condition.map { 0x70 | $0.rawValue } ?? 0xeb)
      byte(UInt8(bitPattern: short))
    } else {
      let end = jumpForward32(condition)
      patch32(endingAt: end, to: target)
    }
  }

  mutating func call(backTo target: Int) {
    let end = callForward()
    patch32(endingAt: end, to: target)
  }

  mutating func callForward() -> Int {
    byte(0xe8)
    word32(0)
    return count
  }

  mutating func call(_ register: NativeRegister) { instruction(.bits32, 0xff, reg: 2, register) }

  mutating func ret() { byte(0xc3) }

  /// Fills up to the next line of the cache, as the buffer begins at one, with NOPs of up to nine bytes (SDM vol. 2B,
  /// table 4-12).
  mutating func align() {
    while count % 64 != 0 {
      let length = min(64 - count % 64, 9)
      switch length {
      case 1, 2: byte(0x90)
      default:
        if length == 6 || length == 9 { byte(0x66) }
        byte(0x0f)
        byte(0x1f)
        // ModRM, SIB and displacement make up the rest.
        let rest = length == 6 || length == 9 ? length - 3 : length - 2
        byte(rest == 1 ? 0x00 : rest == 2 ? 0x40 : rest == 3 ? 0x44 : rest == 5 ? 0x80 : 0x84)
        for _ in 1..<max(rest, 1) { byte(0) }
      }
    }
  }
}
