/// What comparison must know of an instruction: enough of its encoding to look it up in the table of known differences
/// (SDM volume 2, chapter 2). 64-bit mode is assumed; elsewhere REX prefixes are INC and DEC, which the table has not.
struct InstructionForm: Equatable {
  enum Map: Equatable {
    /// One-byte opcodes.
    case primary
    /// 0F xx.
    case secondary
    /// VEX.0F38: the bit manipulation instructions.
    case vector38
    /// 0F 38 xx, 0F 3A xx and the other maps of VEX: nothing that leaves flags undefined.
    case other
  }

  var map = Map.primary
  var opcode: UInt8 = 0
  /// F2 or F3, the last one before the opcode.
  var repeatPrefix: UInt8?
  var hasOperandSizePrefix = false
  var hasWidePrefix = false
  /// VEX.pp: 0 none, 1 66, 2 F3, 3 F2.
  var vectorPrefix: UInt8 = 0
  var modRM: UInt8?
  /// The byte behind ModRM if that is a register form: the immediate of shifts.
  var immediate: UInt8?

  /// - Parameter bytes: at the instruction pointer, up to 15; fewer if they end at something unmapped.
  init(_ bytes: [UInt8]) {
    var at = 0
    func peek() -> UInt8? { at < bytes.count ? bytes[at] : nil }
    scan: while let byte = peek() {
      switch byte {
      case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x67, 0xf0: hasWidePrefix = false
      case 0x66: (hasOperandSizePrefix, hasWidePrefix) = (true, false)
      case 0xf2, 0xf3: (repeatPrefix, hasWidePrefix) = (byte, false)
      // REX counts only where nothing but the opcode follows (SDM volume 2, 2.2.1).
      case 0x40...0x4f: hasWidePrefix = byte & 8 != 0
      default: break scan
      }
      at += 1
    }
    if peek() == 0xc4, at + 2 < bytes.count {
      // VEX: RXB and the map, then W, the register of the third operand, L and the mandatory prefix.
      map = bytes[at + 1] & 0x1f == 2 ? .vector38 : .other
      hasWidePrefix = bytes[at + 2] & 0x80 != 0
      vectorPrefix = bytes[at + 2] & 3
      at += 3
    } else if peek() == 0x0f {
      at += 1
      map = .secondary
      if let byte = peek(), byte == 0x38 || byte == 0x3a {
        at += 1
        map = .other
      }
    }
    opcode = peek() ?? 0
    at += 1
    modRM = peek()
    if let modRM, modRM >= 0xc0, at + 1 < bytes.count { immediate = bytes[at + 1] }
  }

  /// What an emulator has or has not: opcode, and where it selects among a group, ModRM's middle.
  struct Key: Equatable {
    var map: Map
    var opcode: UInt8
    var selector: UInt8?
    var repeatPrefix: UInt8?
  }

  var key: Key {
    let isGroup =
      map == .primary
      ? [0x80, 0x81, 0x83, 0xf6, 0xf7, 0xfe, 0xff].contains(opcode) : [0x00, 0x01, 0xba, 0xc7].contains(opcode)
    return Key(map: map, opcode: opcode, selector: isGroup ? selector : nil, repeatPrefix: repeatPrefix)
  }

  /// Bits 5…3 of ModRM, which select among the instructions of a group.
  var selector: UInt8 { (modRM ?? 0) >> 3 & 7 }

  /// A string instruction that repeats: all of its iterations are compared as one.
  var isRepeatedString: Bool {
    guard repeatPrefix != nil, map == .primary else { return false }
    return switch opcode {
    case 0x6c...0x6f, 0xa4...0xa7, 0xaa...0xaf: true
    default: false
    }
  }
}
