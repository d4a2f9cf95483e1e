import SimCPU

/// The integer instructions of 64-bit code (SDM volume 2): all that compilers make most of. Whatever is not listed may read
/// everything, which ends the classes of equal faults earlier than necessary and never later.
extension RegisterAccesses {
  init(_ instruction: DecodedInstruction) {
    self = RegisterAccessBuilder(instruction).accesses ?? .unknown
  }
}

/// Collects what one instruction does.
struct RegisterAccessBuilder {
  let i: DecodedInstruction
  var result = RegisterAccesses()

  static let (rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi) = (0, 1, 2, 3, 4, 5, 6, 7)

  init(_ instruction: DecodedInstruction) { i = instruction }

  /// nil: not listed.
  var accesses: RegisterAccesses? {
    guard !i.isVEX else { return nil }
    var builder = self
    let isKnown =
      switch i.map {
      case .oneByte: builder.oneByte() || builder.flagsAndStrings()
      case .escape0F: builder.twoByte() || builder.systemAndVector()
      case .escape0F38, .escape0F3A: false
      }
    return isKnown ? builder.result : nil
  }

  // MARK: Operands

  var field: Int { Int(i.modRM ?? 0) >> 3 & 7 }
  func mask(_ bytes: Int) -> UInt64 { bytes == 8 ? .max : (1 << UInt64(8 * bytes)) - 1 }

  /// Register number and bits of an operand of one byte: AH to BH without REX.
  private func byte(_ number: Int) -> (register: Int, mask: UInt64) {
    !i.hasREX && (4...7).contains(number) ? (number - 4, 0xff00) : (number, 0xff)
  }

  func place(_ number: Int, _ bytes: Int) -> (register: Int, mask: UInt64) {
    bytes == 1 ? byte(number) : (number, mask(bytes))
  }

  mutating func readRegister(_ number: Int, _ bytes: Int) {
    let (register, mask) = place(number, bytes)
    result.read(register, mask)
  }

  /// A write of 32 bits clears the upper half (SDM volume 1, 3.4.1.1).
  mutating func writeRegister(_ number: Int, _ bytes: Int) {
    let (register, mask) = place(number, bytes)
    result.write(register, bytes == 4 ? .max : mask)
  }

  mutating func address() {
    if let base = i.base { result.read(base) }
    if let index = i.index { result.read(index) }
  }

  /// ModRM.rm as an operand.
  mutating func operand(_ bytes: Int, reads: Bool, writes: Bool) {
    if i.isMemory { return address() }
    if reads { readRegister(i.rm, bytes) }
    if writes { writeRegister(i.rm, bytes) }
  }

  /// XCHG, XADD: each operand takes something of the other.
  mutating func exchange(_ bytes: Int) {
    operand(bytes, reads: true, writes: true)
    readRegister(i.reg, bytes)
    writeRegister(i.reg, bytes)
  }

  mutating func stack() { result.read(Self.rsp) }

  // MARK: Opcodes

  private mutating func oneByte() -> Bool {
    // Only instructions that no repeat prefix changes: it is ignored with these, but for PAUSE and string instructions.
    let size = i.operandBytes
    switch i.opcode {
    case 0x00...0x3f where i.opcode & 7 < 6: return arithmetic(Int(i.opcode) >> 3 & 7, size)
    case 0x50...0x57:
      result.read(i.rm)
      stack()
    case 0x58...0x5f:
      stack()
      // POP RSP takes the value that it reads.
      if i.rm == Self.rsp { return false }
      result.write(i.rm, size == 2 ? 0xffff : .max)
    case 0x63:
      operand(4, reads: true, writes: false)
      writeRegister(i.reg, size)
    case 0x68, 0x6a: stack()
    case 0x69, 0x6b:
      operand(size, reads: true, writes: false)
      writeRegister(i.reg, size)
    case 0x70...0x7f, 0xe9, 0xeb: break
    case 0x80, 0x81, 0x83:
      let isCompare = field == 7
      operand(i.opcode == 0x80 ? 1 : size, reads: true, writes: !isCompare)
    case 0x84, 0x85:
      let bytes = i.opcode == 0x84 ? 1 : size
      operand(bytes, reads: true, writes: false)
      readRegister(i.reg, bytes)
    case 0x86, 0x87: exchange(i.opcode == 0x86 ? 1 : size)
    case 0x88, 0x89:
      let bytes = i.opcode == 0x88 ? 1 : size
      readRegister(i.reg, bytes)
      operand(bytes, reads: false, writes: true)
    case 0x8a, 0x8b:
      let bytes = i.opcode == 0x8a ? 1 : size
      operand(bytes, reads: true, writes: false)
      writeRegister(i.reg, bytes)
    case 0x8d:
      guard i.isMemory else { return false }
      address()
      writeRegister(i.reg, size)
    case 0x90 where i.rm == 0: break
    case 0x98:
      result.read(Self.rax, mask(size / 2))
      writeRegister(Self.rax, size)
    case 0x99:
      result.read(Self.rax, mask(size))
      writeRegister(Self.rdx, size)
    case 0xa8: readRegister(Self.rax, 1)
    case 0xa9: result.read(Self.rax, mask(size))
    case 0xb0...0xb7: writeRegister(i.rm, 1)
    case 0xb8...0xbf: writeRegister(i.rm, size)
    case 0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3:
      operand(i.opcode & 1 == 0 ? 1 : size, reads: true, writes: true)
      if i.opcode >= 0xd2 { result.read(Self.rcx, 0xff) }
    case 0xc2, 0xc3, 0xe8: stack()
    case 0xc6, 0xc7:
      guard field == 0 else { return false }
      operand(i.opcode == 0xc6 ? 1 : size, reads: false, writes: true)
    case 0xc9:
      result.read(Self.rbp)
      result.write(Self.rsp, .max)
      result.write(Self.rbp, .max)
    case 0xf6, 0xf7: return unary(i.opcode == 0xf6 ? 1 : size)
    case 0xfe, 0xff: return incrementOrBranch(i.opcode == 0xfe ? 1 : size)
    default: return false
    }
    return true
  }

  /// ADD OR ADC SBB AND SUB XOR CMP.
  private mutating func arithmetic(_ operation: Int, _ size: Int) -> Bool {
    let (subtract, exclusiveOr, compare) = (5, 6, 7)
    let form = i.opcode & 7
    let bytes = form & 1 == 0 ? 1 : size
    switch form {
    case 0...3:
      let isRegister = !i.isMemory
      // The result and the flags do not depend on the value.
      if isRegister, place(i.reg, bytes) == place(i.rm, bytes), operation == subtract || operation == exclusiveOr {
        writeRegister(i.reg, bytes)
        return true
      }
      let writesOperand = form < 2 && operation != compare
      operand(bytes, reads: true, writes: writesOperand)
      readRegister(i.reg, bytes)
      if form >= 2, operation != compare { writeRegister(i.reg, bytes) }
    default:
      result.read(Self.rax, mask(bytes))
      if operation != compare { writeRegister(Self.rax, bytes) }
    }
    return true
  }

  /// TEST NOT NEG MUL IMUL DIV IDIV.
  private mutating func unary(_ bytes: Int) -> Bool {
    switch field {
    case 0, 1: operand(bytes, reads: true, writes: false)
    case 2, 3: operand(bytes, reads: true, writes: true)
    default:
      let isDivision = field >= 6
      operand(bytes, reads: true, writes: false)
      result.read(Self.rax, bytes == 1 && isDivision ? 0xffff : mask(bytes))
      if isDivision, bytes > 1 { result.read(Self.rdx, mask(bytes)) }
      if bytes == 1 {
        result.write(Self.rax, 0xffff)
      } else {
        writeRegister(Self.rax, bytes)
        writeRegister(Self.rdx, bytes)
      }
    }
    return true
  }

  private mutating func incrementOrBranch(_ bytes: Int) -> Bool {
    switch field {
    case 0, 1: operand(bytes, reads: true, writes: true)
    case 2 where bytes > 1, 6 where bytes > 1:
      operand(8, reads: true, writes: false)
      stack()
    case 4 where bytes > 1: operand(8, reads: true, writes: false)
    default: return false
    }
    return true
  }

  private mutating func twoByte() -> Bool {
    let size = i.operandBytes
    switch i.opcode {
    // Hints, ENDBR64 among them: their operand is not looked at.
    case 0x1e where i.prefix == 0xf3 && i.modRM == 0xfa, 0x1f: break
    case 0x40...0x4f:
      operand(size, reads: true, writes: false)
      result.read(i.reg, mask(size))
      writeRegister(i.reg, size)
    case 0x80...0x8f: break
    case 0x90...0x9f: operand(1, reads: false, writes: true)
    case 0xa3:
      operand(size, reads: true, writes: false)
      result.read(i.reg, mask(size))
    case 0xab, 0xb3, 0xbb:
      operand(size, reads: true, writes: true)
      result.read(i.reg, mask(size))
    case 0xa4, 0xa5, 0xac, 0xad:
      operand(size, reads: true, writes: true)
      result.read(i.reg, mask(size))
      if i.opcode & 1 == 1 { result.read(Self.rcx, 0xff) }
    case 0xaf:
      operand(size, reads: true, writes: false)
      result.read(i.reg, mask(size))
      writeRegister(i.reg, size)
    case 0xb6, 0xb7, 0xbe, 0xbf:
      operand(i.opcode & 1 == 0 ? 1 : 2, reads: true, writes: false)
      writeRegister(i.reg, size)
    case 0xb8 where i.prefix == 0xf3:
      operand(size, reads: true, writes: false)
      writeRegister(i.reg, size)
    case 0xba:
      guard field >= 4 else { return false }
      operand(size, reads: true, writes: field > 4)
    case 0xbc, 0xbd:
      operand(size, reads: true, writes: false)
      // The destination stays where the source is 0.
      result.read(i.reg, mask(size))
      writeRegister(i.reg, size)
    case 0xc8...0xcf:
      result.read(i.rm, mask(size))
      writeRegister(i.rm, size)
    default: return false
    }
    return true
  }
}
