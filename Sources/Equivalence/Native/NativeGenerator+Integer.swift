/// The integer instruction set.
extension NativeFamily {
  /// 1, 2, 4, 8 bytes.
  private struct Size {
    var bytes: Int
    var prefixes: [UInt8] { bytes == 2 ? [0x66] : [] }
    var isWide: Bool { bytes == 8 }
    /// The opcode's lowest bit.
    var bit: UInt8 { bytes == 1 ? 0 : 1 }
  }

  private static let sizes = [Size(bytes: 1), Size(bytes: 2), Size(bytes: 4), Size(bytes: 8)]
  private static let wideSizes = Array(sizes.dropFirst())
  private static let aluNames = ["add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"]
  private static let shiftNames = ["rol", "ror", "rcl", "rcr", "shl", "shr", "sal", "sar"]
  private static let group3Names = ["test", "test", "not", "neg", "mul", "imul", "div", "idiv"]

  private static func immediate(_ g: inout NativeGenerator, _ count: Int) -> [UInt8] {
    let value = g.value()
    return (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  /// LOCK where it is allowed: in front of memory.
  private static func locked(_ g: inout NativeGenerator, _ operand: NativeCode.Operand) -> [UInt8] {
    if case .memory = operand, g.chance(25) { return [0xf0] }
    return g.rarely(1) ? [0xf0] : []
  }

  /// Emits an instruction whose undefined flags are cleared behind it.
  private static func emit(
    _ g: inout NativeGenerator, _ code: inout NativeCode, _ map: NativeCode.Map, _ opcode: UInt8, _ size: Size,
    prefixes: [UInt8] = [], register: Int, _ operand: NativeCode.Operand, immediate: [UInt8] = [], cl: UInt8? = nil
  ) {
    let before = code.bytes.count
    code.instruction(
      map, opcode, prefixes: prefixes + size.prefixes, isWide: size.isWide, register: register, operand,
      needsREX: size.bytes == 1 && g.chance(50), immediate: immediate)
    g.define(&code, Array(code.bytes[before...]), cl: cl)
  }

  static let integer: [NativeFamily] = [
    NativeFamily(name: "alu", weight: 24) { g, c in
      let (kind, size) = (g.below(8), g.pick(sizes))
      let operand = g.operand(size.bytes, &c)
      let lock = kind == 7 ? [] : locked(&g, operand)
      switch g.below(3) {
      case 0: emit(&g, &c, .primary, UInt8(kind) << 3 | size.bit, size, prefixes: lock, register: g.register(), operand)
      case 1: emit(&g, &c, .primary, UInt8(kind) << 3 | 2 | size.bit, size, register: g.register(), operand)
      default:
        let isShort = size.bytes > 1 && g.chance(40)
        emit(
          &g, &c, .primary, isShort ? 0x83 : 0x80 | size.bit, size, prefixes: lock, register: kind, operand,
          immediate: immediate(&g, isShort ? 1 : min(size.bytes, 4)))
      }
      return aluNames[kind]
    },
    NativeFamily(name: "increment", weight: 4) { g, c in
      let (kind, size) = (g.below(2), g.pick(sizes))
      let operand = g.operand(size.bytes, &c)
      emit(&g, &c, .primary, size.bit | 0xfe, size, prefixes: locked(&g, operand), register: kind, operand)
      return kind == 0 ? "inc" : "dec"
    },
    NativeFamily(name: "test", weight: 2) { g, c in
      let size = g.pick(sizes)
      let operand = g.operand(size.bytes, &c)
      emit(&g, &c, .primary, 0x84 | size.bit, size, register: g.register(), operand)
      return "test"
    },
    NativeFamily(name: "group3", weight: 8) { g, c in
      let (kind, size) = (g.below(6), g.pick(sizes))
      let operand = g.operand(size.bytes, &c)
      let lock = kind == 2 || kind == 3 ? locked(&g, operand) : []
      emit(
        &g, &c, .primary, 0xf6 | size.bit, size, prefixes: lock, register: kind, operand,
        immediate: kind < 2 ? immediate(&g, min(size.bytes, 4)) : [])
      return group3Names[kind]
    },
    NativeFamily(name: "divide", weight: 2) { g, c in
      // A dividend whose quotient fits: its upper half is 0 or the sign; the divisor is odd.
      let size = g.pick(wideSizes)
      let isSigned = g.chance(50)
      let divisor = g.pick([3, 6, 7, 8, 9, 10, 12, 13])
      c.instruction(0x83, isWide: true, register: 1, .register(divisor), immediate: [1])
      if isSigned {
        c.raw(size.prefixes + (size.isWide ? [0x48, 0x99] : [0x99]))
      } else {
        c.raw(0x31, 0xd2)
      }
      emit(&g, &c, .primary, 0xf7, size, register: isSigned ? 7 : 6, .register(divisor))
      return isSigned ? "idiv" : "div"
    },
    NativeFamily(name: "multiply", weight: 3) { g, c in
      let size = g.pick(wideSizes)
      let operand = g.operand(size.bytes, &c)
      switch g.below(3) {
      case 0: emit(&g, &c, .secondary, 0xaf, size, register: g.register(), operand)
      case 1: emit(&g, &c, .primary, 0x6b, size, register: g.register(), operand, immediate: immediate(&g, 1))
      default:
        emit(
          &g, &c, .primary, 0x69, size, register: g.register(), operand, immediate: immediate(&g, min(size.bytes, 4)))
      }
      return "imul"
    },
    NativeFamily(name: "shift", weight: 10) { g, c in
      let (kind, size) = (g.below(8), g.pick(sizes))
      let operand = g.operand(size.bytes, &c)
      switch g.below(3) {
      case 0: emit(&g, &c, .primary, 0xd0 | size.bit, size, register: kind, operand)
      case 1:
        let count = g.byte()
        let before = c.bytes.count
        c.instruction(
          0xc0 | size.bit, prefixes: size.prefixes, isWide: size.isWide, register: kind, operand, immediate: [count])
        // The table looks at a register form's immediate only.
        var form = NativeCode()
        form.instruction(
          0xc0 | size.bit, prefixes: size.prefixes, isWide: size.isWide, register: kind, .register(1),
          immediate: [count])
        _ = before
        g.define(&c, form.bytes)
      default:
        let count = g.byte()
        c.raw(0xb1, count)  // mov cl, count
        emit(&g, &c, .primary, 0xd2 | size.bit, size, register: kind, operand, cl: count)
      }
      return shiftNames[kind]
    },
    NativeFamily(name: "double shift", weight: 3) { g, c in
      let size = g.pick(wideSizes)
      // Beyond the operand's 16 bits even the result is undefined.
      let count = size.bytes == 2 ? UInt8(g.below(16)) : g.byte()
      let opcode: UInt8 = g.chance(50) ? 0xa4 : 0xac
      let operand = g.operand(size.bytes, &c)
      if g.chance(50) {
        c.instruction(
          .secondary, opcode, prefixes: size.prefixes, isWide: size.isWide, register: g.register(), operand,
          immediate: [count])
      } else {
        c.raw(0xb1, count)
        c.instruction(
          .secondary, opcode | 1, prefixes: size.prefixes, isWide: size.isWide, register: g.register(), operand)
      }
      c.clearFlags(count & (size.isWide ? 0x3f : 0x1f) == 0 ? 0 : Flag.adjust | Flag.overflow)
      return opcode == 0xa4 ? "shld" : "shrd"
    },
    NativeFamily(name: "bits", weight: 5) { g, c in
      let (kind, size) = (4 + g.below(4), g.pick(wideSizes))
      let operand = g.operand(size.bytes, &c)
      let lock = kind == 4 ? [] : locked(&g, operand)
      if g.chance(60) {
        emit(&g, &c, .secondary, 0xba, size, prefixes: lock, register: kind, operand, immediate: [g.byte()])
      } else if case .memory = operand, g.chance(50) {
        // The register's number of bits reaches beyond the operand.
        c.loadHalf(9, UInt32(g.below(2048)))
        emit(&g, &c, .secondary, 0x83 | UInt8(kind) << 3, size, prefixes: lock, register: 9, operand)
      } else {
        emit(&g, &c, .secondary, 0x83 | UInt8(kind) << 3, size, register: g.register(), .register(g.register()))
      }
      return ["bt", "bts", "btr", "btc"][kind - 4]
    },
    NativeFamily(name: "scan", weight: 3) { g, c in
      let size = g.pick(wideSizes)
      // The result for 0 is undefined: one bit is set first.
      let source = g.register()
      c.instruction(.secondary, 0xba, isWide: true, register: 5, .register(source), immediate: [UInt8(g.below(16))])
      emit(&g, &c, .secondary, g.chance(50) ? 0xbc : 0xbd, size, register: g.register(), .register(source))
      return "bsf or bsr"
    },
    NativeFamily(name: "count zeros", weight: 3, needs: [.bmi1, .lzcnt]) { g, c in
      let size = g.pick(wideSizes)
      let operand = g.operand(size.bytes, &c)
      emit(&g, &c, .secondary, g.chance(50) ? 0xbc : 0xbd, size, prefixes: [0xf3], register: g.register(), operand)
      return "tzcnt or lzcnt"
    },
    NativeFamily(name: "popcnt", weight: 2, needs: .popcnt) { g, c in
      let size = g.pick(wideSizes)
      let operand = g.operand(size.bytes, &c)
      emit(&g, &c, .secondary, 0xb8, size, prefixes: [0xf3], register: g.register(), operand)
      return "popcnt"
    },
    NativeFamily(name: "movbe", weight: 2, needs: .movbe) { g, c in
      let size = g.pick(wideSizes)
      let operand = g.place(size.bytes, &c)
      emit(&g, &c, .secondary38, g.chance(50) ? 0xf0 : 0xf1, size, register: g.register(), operand)
      return "movbe"
    },
    NativeFamily(name: "crc32", weight: 2, needs: .sse42) { g, c in
      let size = g.pick(sizes)
      let operand = g.operand(size.bytes, &c)
      emit(&g, &c, .secondary38, 0xf0 | size.bit, size, prefixes: [0xf2], register: g.register(), operand)
      return "crc32"
    },
    NativeFamily(name: "adx", weight: 3, needs: .adx) { g, c in
      let size = g.pick([Size(bytes: 4), Size(bytes: 8)])
      let operand = g.operand(size.bytes, &c)
      let prefix: UInt8 = g.chance(50) ? 0x66 : 0xf3
      emit(&g, &c, .secondary38, 0xf6, size, prefixes: [prefix], register: g.register(), operand)
      return prefix == 0x66 ? "adcx" : "adox"
    },
    NativeFamily(name: "bmi1", weight: 5, needs: .bmi1) { g, c in
      let size = g.pick([Size(bytes: 4), Size(bytes: 8)])
      let operand = g.operand(size.bytes, &c)
      switch g.below(3) {
      case 0: emit(&g, &c, .vector38(g.source()), 0xf2, size, register: g.register(), operand)
      case 1: emit(&g, &c, .vector38(g.register()), 0xf3, size, register: 1 + g.below(3), operand)
      default: emit(&g, &c, .vector38(g.source()), 0xf7, size, register: g.register(), operand)
      }
      return "andn, blsr, blsmsk, blsi or bextr"
    },
    NativeFamily(name: "bmi2", weight: 6, needs: .bmi2) { g, c in
      let size = g.pick([Size(bytes: 4), Size(bytes: 8)])
      let operand = g.operand(size.bytes, &c)
      let third = g.source()
      switch g.below(5) {
      case 0: emit(&g, &c, .vector38(third), 0xf5, size, register: g.register(), operand)
      case 1:
        emit(
          &g, &c, .vector38(third), 0xf5, size, prefixes: [g.chance(50) ? 0xf2 : 0xf3], register: g.register(), operand)
      case 2: emit(&g, &c, .vector38(g.register()), 0xf6, size, prefixes: [0xf2], register: g.register(), operand)
      case 3:
        emit(
          &g, &c, .vector38(third), 0xf7, size, prefixes: [g.pick([0x66, 0xf2, 0xf3])], register: g.register(), operand)
      default:
        emit(
          &g, &c, .vector3A(0), 0xf0, size, prefixes: [0xf2], register: g.register(), operand, immediate: [g.byte()])
      }
      return "bzhi, pdep, pext, mulx, sarx, shlx, shrx or rorx"
    },
    NativeFamily(name: "mov", weight: 10) { g, c in
      let size = g.pick(sizes)
      let operand = g.operand(size.bytes, &c)
      switch g.below(4) {
      case 0: c.load(g.register(), g.value())
      case 1:
        emit(
          &g, &c, .primary, 0xc6 | size.bit, size, register: 0, operand, immediate: immediate(&g, min(size.bytes, 4)))
      case 2: emit(&g, &c, .primary, 0x88 | size.bit, size, register: g.source(), operand)
      default: emit(&g, &c, .primary, 0x8a | size.bit, size, register: g.register(), operand)
      }
      return "mov"
    },
    NativeFamily(name: "extend", weight: 5) { g, c in
      let (opcode, size) = (g.pick([0xb6, 0xb7, 0xbe, 0xbf] as [UInt8]), g.pick(wideSizes))
      let operand = g.operand(2, &c)
      if g.chance(20) {
        emit(&g, &c, .primary, 0x63, size, register: g.register(), operand)
        return "movsxd"
      }
      emit(&g, &c, .secondary, opcode, size, register: g.register(), operand)
      return "movzx or movsx"
    },
    NativeFamily(name: "exchange", weight: 6) { g, c in
      let size = g.pick(sizes)
      let operand = g.operand(size.bytes, &c)
      let lock = locked(&g, operand)
      switch g.below(3) {
      case 0: emit(&g, &c, .primary, 0x86 | size.bit, size, prefixes: lock, register: g.register(), operand)
      case 1: emit(&g, &c, .secondary, 0xb0 | size.bit, size, prefixes: lock, register: g.register(), operand)
      default: emit(&g, &c, .secondary, 0xc0 | size.bit, size, prefixes: lock, register: g.register(), operand)
      }
      return "xchg, cmpxchg or xadd"
    },
    NativeFamily(name: "wide exchange", weight: 2, needs: .cx16) { g, c in
      let isWide = g.chance(50)
      let operand = g.place(isWide ? 16 : 8, aligned: isWide ? 16 : 1, &c)
      let lock: [UInt8] = g.chance(50) ? [0xf0] : []
      emit(&g, &c, .secondary, 0xc7, Size(bytes: isWide ? 8 : 4), prefixes: lock, register: 1, operand)
      return isWide ? "cmpxchg16b" : "cmpxchg8b"
    },
    NativeFamily(name: "conditional", weight: 6) { g, c in
      let condition = UInt8(g.below(16))
      if g.chance(60) {
        let size = g.pick(wideSizes)
        let operand = g.operand(size.bytes, &c)
        emit(&g, &c, .secondary, 0x40 | condition, size, register: g.register(), operand)
        return "cmov"
      }
      let operand = g.operand(1, &c)
      emit(&g, &c, .secondary, 0x90 | condition, Size(bytes: 1), register: g.below(8), operand)
      return "set"
    },
    NativeFamily(name: "convert", weight: 3, needs: .lahf) { g, c in
      switch g.below(3) {
      case 0: c.raw(g.pick([[0x66, 0x98], [0x98], [0x48, 0x98], [0x66, 0x99], [0x99], [0x48, 0x99]]))
      case 1:
        let register = g.register()
        c.raw((g.chance(50) ? 0x48 : 0x40) | (register >= 8 ? 1 : 0), 0x0f, 0xc8 | UInt8(register & 7))
      default: c.raw(g.pick([[0x9f], [0x9e]]))
      }
      return "cbw, cwd, bswap, lahf or sahf"
    },
    NativeFamily(name: "address", weight: 3) { g, c in
      let size = g.pick(wideSizes)
      let address = NativeCode.Address(
        base: g.source(), index: g.pick([0, 1, 9, 12]), scale: g.below(4),
        displacement: Int32(truncatingIfNeeded: g.value()), prefixes: g.chance(20) ? [0x67] : [])
      emit(&g, &c, .primary, 0x8d, size, register: g.register(), .memory(address))
      return "lea"
    },
    NativeFamily(name: "high bytes", weight: 2) { g, c in
      // AH, CH, DH, BH: no REX prefix.
      let kind = UInt8(g.below(8))
      let before = c.bytes.count
      c.raw(kind << 3 | (g.chance(50) ? 0 : 2), 0xc0 | UInt8(g.below(4) + 4) << 3 | UInt8(g.pick([0, 1, 2, 3, 6, 7])))
      g.define(&c, Array(c.bytes[before...]))
      return aluNames[Int(kind)] + " of a high byte"
    },
  ]
}
