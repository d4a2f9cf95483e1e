/// One 8-byte slot as it is stored (RFC 9669 section 3.1, little-endian).
public struct EncodedSlot: Equatable, Sendable {
  public var opcode: UInt8
  /// 4 bits each.
  public var destination: UInt8
  public var source: UInt8
  public var offset: Int16
  public var immediate: Int32

  public init(opcode: UInt8, destination: UInt8 = 0, source: UInt8 = 0, offset: Int16 = 0, immediate: Int32 = 0) {
    self.opcode = opcode
    self.destination = destination & 15
    self.source = source & 15
    self.offset = offset
    self.immediate = immediate
  }

  public init(littleEndian word: UInt64) {
    opcode = UInt8(truncatingIfNeeded: word)
    destination = UInt8(truncatingIfNeeded: word >> 8) & 15
    source = UInt8(truncatingIfNeeded: word >> 12) & 15
    offset = Int16(truncatingIfNeeded: word >> 16)
    immediate = Int32(truncatingIfNeeded: word >> 32)
  }

  public var word: UInt64 {
    let low = UInt64(opcode) | UInt64(destination & 15) << 8 | UInt64(source & 15) << 12
    return low | UInt64(UInt16(bitPattern: offset)) << 16 | UInt64(UInt32(bitPattern: immediate)) << 32
  }

  /// Appends the eight bytes of the slot.
  public func append(to bytes: inout [UInt8]) {
    let word = word
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
  }
}

/// Immediates of the atomic class that say an order instead of an operation (Linux's include/uapi/linux/bpf.h).
enum AtomicOrder {
  static let loadAcquire: Int32 = 0x100
  static let storeRelease: Int32 = 0x110
}

/// Instruction classes (RFC 9669 section 3.3).
enum InstructionClass {
  static let ld: UInt8 = 0
  static let ldx: UInt8 = 1
  static let st: UInt8 = 2
  static let stx: UInt8 = 3
  static let alu: UInt8 = 4
  static let jmp: UInt8 = 5
  static let jmp32: UInt8 = 6
  static let alu64: UInt8 = 7
}

/// Fields of the opcode byte (RFC 9669 sections 4 and 5).
enum OpcodeField {
  /// The source bit of arithmetic and jump instructions: operand is a register.
  static let register: UInt8 = 0x08
  static let negate: UInt8 = 0x80
  static let end: UInt8 = 0xd0
  static let jump: UInt8 = 0x00
  static let call: UInt8 = 0x80
  static let exit: UInt8 = 0x90
  static let mayGoto: UInt8 = 0xe0
  static let modeImmediate: UInt8 = 0x00
  static let modeAbsolute: UInt8 = 0x20
  static let modeIndirect: UInt8 = 0x40
  static let modeMemory: UInt8 = 0x60
  static let modeSignExtended: UInt8 = 0x80
  static let modeAtomic: UInt8 = 0xc0
  static let loadWide: UInt8 = 0x18
}

extension ArithmeticOperation {
  /// Upper four bits of the opcode and the offset that the encoding asks for (1 for the signed forms).
  var code: (opcode: UInt8, offset: Int16) {
    switch self {
    case .add: (0x00, 0)
    case .subtract: (0x10, 0)
    case .multiply: (0x20, 0)
    case .divide: (0x30, 0)
    case .signedDivide: (0x30, 1)
    case .or: (0x40, 0)
    case .and: (0x50, 0)
    case .shiftLeft: (0x60, 0)
    case .shiftRight: (0x70, 0)
    case .modulo: (0x90, 0)
    case .signedModulo: (0x90, 1)
    case .xor: (0xa0, 0)
    case .move: (0xb0, 0)
    case .arithmeticShiftRight: (0xc0, 0)
    }
  }

  init?(code: UInt8, signed: Bool) {
    switch code {
    case 0x00: self = .add
    case 0x10: self = .subtract
    case 0x20: self = .multiply
    case 0x30: self = signed ? .signedDivide : .divide
    case 0x40: self = .or
    case 0x50: self = .and
    case 0x60: self = .shiftLeft
    case 0x70: self = .shiftRight
    case 0x90: self = signed ? .signedModulo : .modulo
    case 0xa0: self = .xor
    case 0xb0: self = .move
    case 0xc0: self = .arithmeticShiftRight
    default: return nil
    }
  }
}

extension Condition {
  var code: UInt8 {
    switch self {
    case .equal: 0x10
    case .greater: 0x20
    case .greaterOrEqual: 0x30
    case .bitSet: 0x40
    case .notEqual: 0x50
    case .signedGreater: 0x60
    case .signedGreaterOrEqual: 0x70
    case .less: 0xa0
    case .lessOrEqual: 0xb0
    case .signedLess: 0xc0
    case .signedLessOrEqual: 0xd0
    }
  }

  init?(code: UInt8) {
    switch code {
    case 0x10: self = .equal
    case 0x20: self = .greater
    case 0x30: self = .greaterOrEqual
    case 0x40: self = .bitSet
    case 0x50: self = .notEqual
    case 0x60: self = .signedGreater
    case 0x70: self = .signedGreaterOrEqual
    case 0xa0: self = .less
    case 0xb0: self = .lessOrEqual
    case 0xc0: self = .signedLess
    case 0xd0: self = .signedLessOrEqual
    default: return nil
    }
  }
}

extension AccessSize {
  /// Bits 3 and 4 of the opcode.
  var code: UInt8 {
    switch self {
    case .word: 0x00
    case .half: 0x08
    case .byte: 0x10
    case .doubleWord: 0x18
    }
  }

  init(code: UInt8) {
    switch code & 0x18 {
    case 0x00: self = .word
    case 0x08: self = .half
    case 0x10: self = .byte
    default: self = .doubleWord
    }
  }
}

extension AtomicOperation {
  /// The immediate that selects the operation.
  var code: Int32 {
    switch self {
    case .add: 0x00
    case .or: 0x40
    case .and: 0x50
    case .xor: 0xa0
    case .fetchAdd: 0x01
    case .fetchOr: 0x41
    case .fetchAnd: 0x51
    case .fetchXor: 0xa1
    case .exchange: 0xe1
    case .compareExchange: 0xf1
    }
  }

  init?(code: Int32) {
    switch code {
    case 0x00: self = .add
    case 0x40: self = .or
    case 0x50: self = .and
    case 0xa0: self = .xor
    case 0x01: self = .fetchAdd
    case 0x41: self = .fetchOr
    case 0x51: self = .fetchAnd
    case 0xa1: self = .fetchXor
    case 0xe1: self = .exchange
    case 0xf1: self = .compareExchange
    default: return nil
    }
  }
}
