/// The length of one x86-64 instruction, and whether it means the same elsewhere (SDM vol. 2, chapter 2 and appendix A).
///
/// Known are the integer instructions that functions begin with; everything else is refused rather than guessed.
///
///     prefixes (66, F2, F3)   REX (40-4F)   opcode (1-2 bytes)   ModR/M   SIB   displacement   immediate
public struct MovableInstruction: Equatable, Sendable {
  /// Bytes.
  public let length: Int
  /// Where the 32-bit distance from RIP is that the instruction names memory by, if it does.
  public let distanceOffset: Int?
  /// Whether it is a jump (E9, EB): its target from the start of the instruction.
  public let jumpDistance: Int64?

  /// What follows an opcode.
  private enum Form {
    case plain
    /// ModR/M; then so many bytes of immediate operand.
    case operand(immediate: Int)
    /// ModR/M and an immediate of 32 bits (16 with prefix 66).
    case operandWide
    case immediate(Int)
    /// 32 bits (16 with prefix 66); 64 with REX.W where `long`.
    case immediateWide(long: Bool)
    case jump(Int)
    case placeDependent
    case unknown
  }

  public init(_ code: some RandomAccessCollection<UInt8>) throws(EntryError) {
    var reader = Reader(code)
    var isNarrow = false
    var isLong = false
    var byte = try reader.next()
    while byte == 0x66 || byte == 0xf2 || byte == 0xf3 {
      isNarrow = isNarrow || byte == 0x66
      byte = try reader.next()
    }
    if byte & 0xf0 == 0x40 {
      isLong = byte & 8 != 0
      byte = try reader.next()
    }
    let form: Form
    if byte == 0x0f {
      form = Self.twoByteForm(try reader.next())
    } else {
      form = Self.oneByteForm(byte)
    }
    let wide = isNarrow && !isLong ? 2 : 4
    var distanceOffset: Int?
    var jumpDistance: Int64?
    switch form {
    case .plain: break
    case .operand(let immediate):
      let operation: UInt8
      (operation, distanceOffset) = try Self.modRM(&reader)
      try Self.checkGroup(byte, operation)
      // TEST, the first two operations of the group, is the one with an immediate.
      let extra = byte == 0xf6 && operation < 2 ? 1 : byte == 0xf7 && operation < 2 ? wide : 0
      try reader.skip(immediate + extra)
    case .operandWide:
      (_, distanceOffset) = try Self.modRM(&reader)
      try reader.skip(wide)
    case .immediate(let bytes): try reader.skip(bytes)
    case .immediateWide(let long): try reader.skip(long && isLong ? 8 : wide)
    case .jump(let bytes):
      guard !isNarrow else { throw .unknownInstruction }
      let distance = try reader.signed(bytes)
      jumpDistance = Int64(reader.offset) + distance
    case .placeDependent: throw .dependsOnItsPlace
    case .unknown: throw .unknownInstruction
    }
    length = reader.offset
    self.distanceOffset = distanceOffset
    self.jumpDistance = jumpDistance
  }

  /// The code that does at `place` what the instruction does at `origin` (its bytes are the first of `code`), and then
  /// goes on behind it.
  public func moved(
    _ code: some RandomAccessCollection<UInt8>, from origin: UInt64, to place: UInt64
  ) throws(EntryError) -> [UInt8] {
    if let jumpDistance {
      let target = origin &+ UInt64(bitPattern: jumpDistance)
      guard let jump = FunctionEntry.near(FunctionEntry.jump, from: place, to: target) else { throw .tooFar }
      return jump
    }
    guard code.count >= length else { throw .truncated }
    var bytes = Array(code.prefix(length))
    if let distanceOffset {
      var distance: UInt32 = 0
      for index in 0..<4 { distance |= UInt32(bytes[distanceOffset + index]) << (UInt32(index) * 8) }
      let moved = Int64(Int32(bitPattern: distance)) &+ Int64(bitPattern: origin &- place)
      guard let moved = Int32(exactly: moved) else { throw .tooFar }
      let bits = UInt32(bitPattern: moved)
      for index in 0..<4 { bytes[distanceOffset + index] = UInt8(truncatingIfNeeded: bits >> (UInt32(index) * 8)) }
    }
    let end = place &+ UInt64(length)
    guard let jump = FunctionEntry.near(FunctionEntry.jump, from: end, to: origin &+ UInt64(length)) else {
      throw .tooFar
    }
    return bytes + jump
  }

  // MARK: Opcodes

  private static func oneByteForm(_ opcode: UInt8) -> Form {
    switch opcode {
    // ADD, OR, ADC, SBB, AND, SUB, XOR, CMP: four forms with ModR/M, two of the accumulator with an immediate.
    case 0x00..<0x40:
      switch opcode & 7 {
      case 0...3: .operand(immediate: 0)
      case 4: .immediate(1)
      case 5: .immediateWide(long: false)
      default: .unknown
      }
    case 0x50...0x5f: .plain  // PUSH, POP
    case 0x63: .operand(immediate: 0)  // MOVSXD
    case 0x68: .immediateWide(long: false)  // PUSH
    case 0x69: .operandWide  // IMUL
    case 0x6a: .immediate(1)
    case 0x6b: .operand(immediate: 1)
    case 0x70...0x7f: .placeDependent  // Jcc
    case 0x80, 0x83: .operand(immediate: 1)
    case 0x81: .operandWide
    case 0x84...0x8b, 0x8d: .operand(immediate: 0)  // TEST, XCHG, MOV, LEA
    case 0x90...0x99: .plain  // XCHG, CBW, CWD
    case 0xa8: .immediate(1)  // TEST
    case 0xa9: .immediateWide(long: false)
    case 0xb0...0xb7: .immediate(1)  // MOV
    case 0xb8...0xbf: .immediateWide(long: true)
    case 0xc0, 0xc1: .operand(immediate: 1)  // shifts
    case 0xd0...0xd3: .operand(immediate: 0)
    case 0xc3: .plain  // RET: what follows it is never reached
    case 0xc6: .operand(immediate: 1)  // MOV
    case 0xc7: .operandWide
    case 0xe8: .placeDependent  // CALL
    case 0xe9: .jump(4)
    case 0xeb: .jump(1)
    case 0xe0...0xe3: .placeDependent  // LOOP, JRCXZ
    case 0xf6, 0xf7, 0xfe, 0xff: .operand(immediate: 0)
    case 0xf5, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd: .plain  // flags
    default: .unknown
    }
  }

  private static func twoByteForm(_ opcode: UInt8) -> Form {
    switch opcode {
    case 0x0b, 0x31, 0xa2: .plain  // UD2, RDTSC, CPUID
    case 0x1e, 0x1f: .operand(immediate: 0)  // ENDBR64, NOP
    case 0x40...0x4f, 0x90...0x9f: .operand(immediate: 0)  // CMOVcc, SETcc
    case 0x80...0x8f: .placeDependent  // Jcc
    case 0xa3, 0xab, 0xb3, 0xbb, 0xaf: .operand(immediate: 0)  // BT, BTS, BTR, BTC, IMUL
    case 0xba: .operand(immediate: 1)
    case 0xb0, 0xb1, 0xc0, 0xc1: .operand(immediate: 0)  // CMPXCHG, XADD
    case 0xb6, 0xb7, 0xb8, 0xbc, 0xbd, 0xbe, 0xbf: .operand(immediate: 0)  // MOVZX, POPCNT, BSF, BSR, MOVSX
    case 0xc8...0xcf: .plain  // BSWAP
    default: .unknown
    }
  }

  /// Of the group FF only INC, DEC, JMP through a register or memory, and PUSH mean the same elsewhere.
  private static func checkGroup(_ opcode: UInt8, _ operation: UInt8) throws(EntryError) {
    guard opcode == 0xff || opcode == 0xfe else { return }
    switch operation {
    case 0, 1: return
    case 4 where opcode == 0xff, 6 where opcode == 0xff: return
    case 2 where opcode == 0xff: throw .dependsOnItsPlace
    default: throw .unknownInstruction
    }
  }

  /// Reads ModR/M, SIB and displacement (SDM vol. 2, tables 2-2 and 2-3); gives the middle field of ModR/M, and where a
  /// distance from RIP is.
  private static func modRM<C>(_ reader: inout Reader<C>) throws(EntryError) -> (operation: UInt8, distance: Int?) {
    let byte = try reader.next()
    let (mode, operation, memory) = (byte >> 6, byte >> 3 & 7, byte & 7)
    if mode == 3 { return (operation, nil) }
    var displacement = mode == 1 ? 1 : mode == 2 ? 4 : 0
    if memory == 4 {
      let base = try reader.next() & 7
      if mode == 0 && base == 5 { displacement = 4 }
    } else if mode == 0 && memory == 5 {
      let place = reader.offset
      try reader.skip(4)
      return (operation, place)
    }
    try reader.skip(displacement)
    return (operation, nil)
  }
}

/// Takes bytes from the front of code.
private struct Reader<Code: RandomAccessCollection> where Code.Element == UInt8 {
  private let code: Code
  private(set) var offset = 0

  init(_ code: Code) { self.code = code }

  mutating func next() throws(EntryError) -> UInt8 {
    guard offset < code.count else { throw .truncated }
    defer { offset += 1 }
    return code[code.index(code.startIndex, offsetBy: offset)]
  }

  mutating func skip(_ count: Int) throws(EntryError) {
    for _ in 0..<count { _ = try next() }
  }

  /// A number of 1 or 4 bytes.
  mutating func signed(_ count: Int) throws(EntryError) -> Int64 {
    var bits: UInt32 = 0
    for index in 0..<count { bits |= UInt32(try next()) << (UInt32(index) * 8) }
    return count == 1 ? Int64(Int8(truncatingIfNeeded: bits)) : Int64(Int32(bitPattern: bits))
  }
}
