/// What code in bundles may consist of: a list of what is allowed, so that what nobody has thought of is refused.
///
/// These are the integer instructions that compilers make of code without vectors and floating point, and what else changes nothing but
/// general registers, flags and memory, of which keys decide. Opcodes from SDM volume 2, appendix A.
enum BundledInstruction: Equatable {
  case plain
  /// To a distance that is its last operand, of 1 or 4 bytes.
  case jump(bytes: Int)
  case call
  /// By a register or a word of memory.
  case indirect
  case `return`

  /// Nil for what is not allowed.
  init?(_ encoding: InstructionWalk.Encoding) {
    switch encoding.map {
    case .oneByte: self.init(oneByte: encoding)
    case .twoByte: self.init(twoByte: encoding)
    case .other: return nil
    }
  }

  private init?(oneByte encoding: InstructionWalk.Encoding) {
    let operation = (encoding.modRM ?? 0) >> 3 & 7
    // What prefixes make of a jump differs between vendors: 66H cuts RIP to 16 bits on some.
    let isBare = !encoding.isNarrow && !encoding.isShortAddress && !encoding.isRepeated
    switch encoding.opcode {
    case 0x00...0x3f where encoding.opcode & 7 <= 5: self = .plain
    case 0x50...0x5f, 0x63, 0x68...0x6b, 0x80, 0x81, 0x83...0x8b: self = .plain
    // A segment register is read, and never written.
    case 0x8c: self = .plain
    case 0x8d where (encoding.modRM ?? 0) < 0xc0: self = .plain
    case 0x8f, 0xc6, 0xc7: if operation == 0 { self = .plain } else { return nil }
    case 0x90...0x99, 0x9c, 0x9e, 0x9f, 0xa4...0xbf, 0xc9, 0xcc: self = .plain
    case 0xc0, 0xc1, 0xd0...0xd3: if operation != 6 { self = .plain } else { return nil }
    case 0xf5...0xf9, 0xfc, 0xfd: self = .plain
    case 0xfe: if operation < 2 { self = .plain } else { return nil }
    case 0xff:
      switch operation {
      case 0, 1, 6: self = .plain
      case 2, 4: self = .indirect
      default: return nil
      }
    case 0x70...0x7f, 0xeb: if isBare { self = .jump(bytes: 1) } else { return nil }
    case 0xe9: if isBare { self = .jump(bytes: 4) } else { return nil }
    case 0xe8: if isBare { self = .call } else { return nil }
    case 0xc2, 0xc3: self = .return
    default: return nil
    }
  }

  private init?(twoByte encoding: InstructionWalk.Encoding) {
    let modRM = encoding.modRM ?? 0
    let isMemory = modRM < 0xc0
    let isBare = !encoding.isNarrow && !encoding.isShortAddress && !encoding.isRepeated
    let isAllowed =
      switch encoding.opcode {
      // RDPKRU and RDTSCP.
      case 0x01: isBare && (modRM == 0xee || modRM == 0xf9)
      // UD2, NOP, RDTSC, CMOVcc, SETcc, CPUID.
      case 0x0b, 0x1f, 0x31, 0x40...0x4f, 0x90...0x9f, 0xa2: true
      // Prefetches, MOVNTI.
      case 0x18, 0xc3: isMemory
      // BT, SHLD, BTS, SHRD, IMUL, CMPXCHG, BTR, MOVZX, BTC, BSF, BSR, MOVSX, XADD, BSWAP.
      case 0xa3, 0xa4, 0xa5, 0xab, 0xac, 0xad, 0xaf, 0xb0, 0xb1, 0xb3, 0xb6, 0xb7, 0xbb...0xbf, 0xc0, 0xc1, 0xc8...0xcf:
        true
      case 0xba: modRM >> 3 & 7 >= 4
      // Fences.
      case 0xae: isBare && (modRM == 0xe8 || modRM == 0xf0 || modRM == 0xf8)
      // POPCNT.
      case 0xb8: encoding.isRepeated
      // CMPXCHG8B and CMPXCHG16B.
      case 0xc7: isMemory && modRM >> 3 & 7 == 1
      case 0x80...0x8f: isBare
      default: false
      }
    guard isAllowed else { return nil }
    self = encoding.opcode & 0xf0 == 0x80 ? .jump(bytes: 4) : .plain
  }
}
