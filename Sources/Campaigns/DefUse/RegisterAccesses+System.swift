/// Instructions of kernels and of libraries: flags, strings, ports, processor state, and what moves vectors.
extension RegisterAccessBuilder {
  /// Of the map of one byte; whether it is listed.
  mutating func flagsAndStrings() -> Bool {
    let bytes = i.opcode & 1 == 0 ? 1 : i.operandBytes
    switch i.opcode {
    case 0x9c, 0x9d: stack()
    case 0x9e: result.read(Self.rax, 0xff00)
    case 0x9f: result.write(Self.rax, 0xff00)
    case 0xf5, 0xf8...0xfd: break
    // MOVS CMPS STOS LODS SCAS.
    case 0xa4...0xa7:
      string(Self.rsi, Self.rdi)
    case 0xaa, 0xab, 0xae, 0xaf:
      string(Self.rdi)
      result.read(Self.rax, mask(bytes))
    case 0xac, 0xad:
      string(Self.rsi)
      // With a count of 0 the register stays.
      if i.hasRepeat { result.read(Self.rax) }
      writeRegister(Self.rax, bytes)
    case 0xe4, 0xe5, 0xec, 0xed:
      if i.opcode >= 0xec { result.read(Self.rdx, 0xffff) }
      writeRegister(Self.rax, min(bytes, 4))
    case 0xe6, 0xe7, 0xee, 0xef:
      if i.opcode >= 0xee { result.read(Self.rdx, 0xffff) }
      result.read(Self.rax, mask(min(bytes, 4)))
    default: return false
    }
    return true
  }

  private mutating func string(_ pointers: Int...) {
    for pointer in pointers { result.read(pointer) }
    if i.hasRepeat { result.read(Self.rcx) }
  }

  /// Of the map behind 0F; whether it is listed.
  mutating func systemAndVector() -> Bool {
    let size = i.operandBytes
    let low = mask(4)
    switch i.opcode {
    case 0x01: return processorState()
    case 0x0d, 0x18:
      guard i.isMemory else { return false }
      address()
    // MOVUPS MOVAPS XORPS PXOR MOVDQA MOVQ and their kin: general registers are addresses only.
    case 0x10, 0x11, 0x28, 0x29, 0x57, 0x6f, 0x7f, 0xd6, 0xef:
      if i.isMemory { address() }
    case 0x30:
      for register in [Self.rcx, Self.rax, Self.rdx] { result.read(register, low) }
    case 0x31: for register in [Self.rax, Self.rdx] { result.write(register, .max) }
    case 0x32:
      result.read(Self.rcx, low)
      for register in [Self.rax, Self.rdx] { result.write(register, .max) }
    case 0xa2:
      for register in [Self.rax, Self.rcx] { result.read(register, low) }
      for register in [Self.rax, Self.rbx, Self.rcx, Self.rdx] { result.write(register, .max) }
    case 0xae: return statesAndFences()
    // CMPXCHG: which of the two is written, and so what becomes of the upper half, depends on both.
    case 0xb0, 0xb1:
      result.read(Self.rax)
      let bytes = i.opcode == 0xb0 ? 1 : size
      if i.isMemory { address() } else { result.read(place(i.rm, bytes).register) }
      readRegister(i.reg, bytes)
    case 0xc0, 0xc1: exchange(i.opcode == 0xc0 ? 1 : size)
    default: return false
    }
    return true
  }

  /// Group 7 with a register operand, which is part of the opcode.
  private mutating func processorState() -> Bool {
    let low = mask(4)
    switch i.modRM {
    case 0xca, 0xcb, 0xf8: break
    case 0xee:
      result.read(Self.rcx, low)
      for register in [Self.rax, Self.rdx] { result.write(register, .max) }
    case 0xef: for register in [Self.rax, Self.rcx, Self.rdx] { result.read(register, low) }
    case 0xf9: for register in [Self.rax, Self.rcx, Self.rdx] { result.write(register, .max) }
    default: return false
    }
    return true
  }

  /// Group 15.
  private mutating func statesAndFences() -> Bool {
    guard i.isMemory else { return field >= 5 && i.prefix == 0 }
    guard i.prefix != 0xf3 else { return false }
    address()
    // XSAVE, XRSTOR and XSAVEOPT take a mask from EDX:EAX.
    if (4...6).contains(field) { for register in [Self.rax, Self.rdx] { result.read(register, mask(4)) } }
    return true
  }
}
