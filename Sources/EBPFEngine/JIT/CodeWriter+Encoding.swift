/// Encodings of the Intel SDM, volume 2: prefixes, opcode, ModRM, SIB, displacement.
extension CodeWriter {
  /// How an instruction reads its operands beyond the opcode.
  enum OperandSize {
    case bits8, bits16, bits32, bits64

    init(_ bytes: Int) {
      self = bytes == 1 ? .bits8 : bytes == 2 ? .bits16 : bytes == 4 ? .bits32 : .bits64
    }
  }

  /// Prefixes and opcode. Without a REX prefix the byte registers 4 to 7 would be AH to BH instead of SPL to DIL
  /// (vol. 2, 3.1.1.1).
  private mutating func head(
    _ size: OperandSize, _ opcode: UInt16, reg: UInt8, index: NativeRegister?, base: NativeRegister
  ) {
    if size == .bits16 { byte(0x66) }
    var rex: UInt8 = 0x40
    if size == .bits64 { rex |= 8 }
    if reg >= 8 { rex |= 4 }
    if let index, index.isExtended { rex |= 2 }
    if base.isExtended { rex |= 1 }
    if rex != 0x40 || (size == .bits8 && reg >= 4) { byte(rex) }
    if opcode > 0xff { byte(UInt8(truncatingIfNeeded: opcode >> 8)) }
    byte(UInt8(truncatingIfNeeded: opcode))
  }

  /// An instruction on two registers; `reg` is the number in ModRM.reg, an opcode extension in some.
  mutating func instruction(_ size: OperandSize, _ opcode: UInt16, reg: UInt8, _ rm: NativeRegister) {
    head(size, opcode, reg: reg, index: nil, base: rm)
    byte(0xc0 | (reg & 7) << 3 | rm.low)
  }

  /// An instruction on a register and memory.
  mutating func instruction(_ size: OperandSize, _ opcode: UInt16, reg: UInt8, _ memory: NativeMemory) {
    head(size, opcode, reg: reg, index: memory.index, base: memory.base)
    let fits = Int32(Int8(truncatingIfNeeded: memory.displacement)) == memory.displacement
    // Base 5 without displacement means something else (vol. 2, table 2-2).
    let mode: UInt8 = memory.displacement == 0 && memory.base.low != 5 ? 0 : fits ? 0x40 : 0x80
    if memory.index != nil || memory.base.low == 4 {
      byte(mode | (reg & 7) << 3 | 4)
      // An index of 4 is none.
      byte((memory.index?.low ?? 4) << 3 | memory.base.low)
    } else {
      byte(mode | (reg & 7) << 3 | memory.base.low)
    }
    switch mode {
    case 0: break
    case 0x40: byte(UInt8(truncatingIfNeeded: memory.displacement))
    default: word32(memory.displacement)
    }
  }
}
