/// The kinds of instructions that programs are made of, each with how often it is drawn.
extension SequenceGenerator {
  struct Family: Sendable {
    var name: String
    var weight: Int
    /// Adds an instruction, and returns what it is.
    var make: @Sendable (inout SequenceGenerator, inout Encoder) -> String
  }

  static let families: [Family] =
    arithmetic + movement + flow + strings + system

  private static let aluNames = ["add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"]
  private static let shiftNames = ["rol", "ror", "rcl", "rcr", "shl", "shr", "sal", "sar"]
  private static let group3Names = ["test", "test", "not", "neg", "mul", "imul", "div", "idiv"]

  // MARK: Arithmetic

  private static let arithmetic: [Family] = [
    Family(name: "alu", weight: 24) { g, e in
      let (kind, size) = (UInt8(g.below(8)), g.size())
      let wide: UInt8 = size == .byte ? 0 : 1
      switch g.below(3) {
      case 0: e.instruction([kind << 3 | wide], size: size, register: g.register(), operand: g.operand())
      case 1: e.instruction([kind << 3 | 2 | wide], size: size, register: g.register(), operand: g.operand())
      default:
        let isShort = size != .byte && g.chance(40)
        e.instruction([isShort ? 0x83 : 0x80 | wide], size: size, register: kind, operand: g.operand())
        e.immediate(g.value(), bytes: isShort ? 1 : min(size.rawValue, 4))
      }
      g.define(&e)
      return aluNames[Int(kind)]
    },
    Family(name: "increment", weight: 4) { g, e in
      let (kind, size) = (UInt8(g.below(2)), g.size())
      e.instruction([size == .byte ? 0xfe : 0xff], size: size, register: kind, operand: g.operand())
      return kind == 0 ? "inc" : "dec"
    },
    Family(name: "group3", weight: 9) { g, e in
      // 1 is reserved: processors take it for TEST, the simulator for no instruction.
      let (kind, size) = (g.pick([0, 2, 3, 4, 5, 6, 7] as [UInt8]), g.size())
      e.instruction([size == .byte ? 0xf6 : 0xf7], size: size, register: kind, operand: g.operand())
      if kind == 0 { e.immediate(g.value(), bytes: min(size.rawValue, 4)) }
      g.define(&e)
      return group3Names[Int(kind)]
    },
    Family(name: "imul", weight: 4) { g, e in
      let size = g.wideSize()
      if g.chance(50) {
        e.instruction([0x0f, 0xaf], size: size, register: g.register(), operand: g.operand())
      } else {
        e.instruction([0x69], size: size, register: g.register(), operand: g.operand())
        e.immediate(g.value(), bytes: min(size.rawValue, 4))
      }
      g.define(&e)
      return "imul"
    },
    Family(name: "shift", weight: 10) { g, e in
      let (kind, size) = (UInt8(g.below(8)), g.size())
      let wide: UInt8 = size == .byte ? 0 : 1
      // RCL and RCR of memory that may not be written: the simulator has changed the flags when it finds out.
      let operand = kind == 2 || kind == 3 ? .register(g.register()) : g.operand()
      var count: UInt8?
      switch g.below(3) {
      case 0: e.instruction([0xd0 | wide], size: size, register: kind, operand: operand)
      case 1:
        e.instruction([0xc0 | wide], size: size, register: kind, operand: .register(g.register()))
        e.raw(UInt8(g.below(70)))
      default:
        count = UInt8(g.below(70))
        var shift = Encoder()
        shift.instruction([0xd2 | wide], size: size, register: kind, operand: operand)
        let undefined = InstructionForm(shift.bytes).undefinedFlags(cl: count ?? 0)
        e.loadCount(UInt32(count ?? 0))
        e.raw(shift.bytes)
        e.clearFlags(undefined)
        return shiftNames[Int(kind)] + " by cl"
      }
      g.define(&e)
      return shiftNames[Int(kind)]
    },
    Family(name: "doubleShift", weight: 3) { g, e in
      let size = g.wideSize()
      // Beyond the operand's 16 bits even the result is undefined.
      let count = UInt8(g.below(size == .word ? 16 : 64))
      let opcode: UInt8 = g.chance(50) ? 0xa4 : 0xac
      e.instruction([0x0f, opcode], size: size, register: g.register(), operand: g.operand())
      e.raw(count)
      e.clearFlags(count & (size == .quad ? 0x3f : 0x1f) == 0 ? 0 : Flag.adjust | Flag.overflow)
      return opcode == 0xa4 ? "shld" : "shrd"
    },
    Family(name: "bits", weight: 5) { g, e in
      let size = g.wideSize()
      let kind = UInt8(4 + g.below(4))
      if g.chance(50) {
        e.instruction([0x0f, 0xba], size: size, register: kind, operand: g.operand())
        e.raw(UInt8(g.below(256)))
      } else {
        e.instruction(
          [0x0f, 0x83 | kind << 3], size: size, register: g.register(), operand: .register(g.register()))
      }
      g.define(&e)
      return ["bt", "bts", "btr", "btc"][Int(kind) - 4]
    },
    Family(name: "scan", weight: 3) { g, e in
      let opcode: UInt8 = g.chance(50) ? 0xbc : 0xbd
      // The result for 0 is undefined: one bit is set first.
      let source = g.register()
      e.instruction([0x0f, 0xba], size: .quad, register: 5, operand: .register(source))
      e.raw(UInt8(g.below(16)))
      var scan = Encoder()
      scan.instruction([0x0f, opcode], size: g.wideSize(), register: g.register(), operand: .register(source))
      e.raw(scan.bytes)
      e.clearFlags(InstructionForm(scan.bytes).undefinedFlags(cl: 0))
      return opcode == 0xbc ? "bsf" : "bsr"
    },
  ]

  // MARK: Movement

  private static let movement: [Family] = [
    Family(name: "mov", weight: 10) { g, e in
      let size = g.size()
      let wide: UInt8 = size == .byte ? 0 : 1
      switch g.below(4) {
      case 0: e.load(g.register(), g.value())
      case 1:
        e.instruction([0xc6 | wide], size: size, register: 0, operand: g.operand())
        e.immediate(g.value(), bytes: min(size.rawValue, 4))
      case 2: e.instruction([0x88 | wide], size: size, register: g.register(), operand: g.operand())
      default: e.instruction([0x8a | wide], size: size, register: g.register(), operand: g.movedOperand())
      }
      return "mov"
    },
    Family(name: "extend", weight: 5) { g, e in
      let opcodes: [UInt8] = [0xb6, 0xb7, 0xbe, 0xbf]
      if g.chance(20) {
        e.instruction([0x63], size: .quad, register: g.register(), operand: g.movedOperand())
        return "movsxd"
      }
      e.instruction([0x0f, g.pick(opcodes)], size: g.wideSize(), register: g.register(), operand: g.movedOperand())
      return "movzx or movsx"
    },
    Family(name: "exchange", weight: 5) { g, e in
      let size = g.size()
      let wide: UInt8 = size == .byte ? 0 : 1
      let opcodes: [[UInt8]] = [[0x86 | wide], [0x0f, 0xb0 | wide], [0x0f, 0xc0 | wide]]
      let kind = g.below(3)
      var operand = g.operand()
      // A 32-bit register that CMPXCHG does not write keeps its upper half; the simulator clears it.
      if kind == 1, size == .double, case .register = operand { operand = g.data() }
      var prefix: [UInt8] = []
      if case .memory = operand, g.chance(50) { prefix = [0xf0] }
      e.instruction(opcodes[kind], size: size, register: g.register(), operand: operand, prefix: prefix)
      return ["xchg", "cmpxchg", "xadd"][kind]
    },
    Family(name: "wideExchange", weight: 2) { g, e in
      let isWide = g.chance(40)
      let place = Int32(g.below(0x70)) * 16
      e.instruction(
        [0x0f, 0xc7], size: isWide ? .quad : .double, register: 1, operand: .memory(base: 15, displacement: place),
        prefix: g.chance(50) ? [0xf0] : [])
      return isWide ? "cmpxchg16b" : "cmpxchg8b"
    },
    Family(name: "conditional", weight: 6) { g, e in
      let condition = UInt8(g.below(16))
      if g.chance(50) {
        e.instruction([0x0f, 0x40 | condition], size: g.wideSize(), register: g.register(), operand: g.operand())
        return "cmov"
      }
      // Only where no fault can be: the simulator has lost the flags when it finds one.
      let operand = g.chance(50) ? g.data() : .register(g.register())
      e.instruction([0x0f, 0x90 | condition], size: .byte, register: 0, operand: operand)
      return "set"
    },
    Family(name: "convert", weight: 3) { g, e in
      switch g.below(3) {
      case 0: e.raw(g.pick([[0x66, 0x98], [0x98], [0x48, 0x98], [0x66, 0x99], [0x99], [0x48, 0x99]]))
      case 1:
        let register = g.register()
        e.raw((g.chance(50) ? 0x48 : 0x40) | (register >= 8 ? 1 : 0), 0x0f, 0xc8 | register & 7)
      default: e.raw(g.pick([[0x9f], [0x9e]]))
      }
      return "convert, bswap, lahf or sahf"
    },
    Family(name: "address", weight: 3) { g, e in
      e.instruction(
        [0x8d], size: g.wideSize(), register: g.register(),
        operand: .memory(base: g.register(), displacement: Int32(truncatingIfNeeded: g.value())))
      return "lea"
    },
    Family(name: "translate", weight: 1) { g, e in
      e.address(3, base: 15, Int32(g.below(0x100)))
      e.raw(0xd7)
      return "xlat"
    },
  ]

  // MARK: Flow and stack

  private static let flow: [Family] = [
    Family(name: "branch", weight: 6) { g, e in
      // Over one instruction, within the slot.
      var skipped = Encoder()
      skipped.instruction([0x03], size: .quad, register: g.register(), operand: .register(g.register()))
      let count = UInt8(skipped.bytes.count)
      switch g.below(4) {
      case 0: e.raw(UInt8(0xe0 + g.below(4)), count)  // loopne loope loop jrcxz
      default: e.raw(0x70 | UInt8(g.below(16)), count)
      }
      e.raw(skipped.bytes)
      return "branch"
    },
    Family(name: "call", weight: 2) { g, e in
      e.raw(0xe8, 0, 0, 0, 0)
      let register = g.register()
      if register >= 8 { e.raw(0x41) }
      e.raw(0x58 | register & 7)
      return "call, pop"
    },
    Family(name: "return", weight: 2) { g, e in
      e.raw(0x48, 0x8d, 0x05, 2, 0, 0, 0, 0x50, 0xc3)  // lea rax,[rip+2]; push rax; ret
      return "lea, push, ret"
    },
    Family(name: "stack", weight: 5) { g, e in
      let (from, to) = (g.register(), g.register())
      switch g.below(3) {
      case 0: e.raw(from >= 8 ? [0x41, 0x50 | from & 7] : [0x50 | from])
      case 1:
        e.raw(0x68)
        e.immediate(g.value(), bytes: 4)
      default: e.instruction([0xff], size: .double, register: 6, operand: g.data())
      }
      e.raw(to >= 8 ? [0x41, 0x58 | to & 7] : [0x58 | to])
      return "push, pop"
    },
    Family(name: "frame", weight: 1) { g, e in
      e.raw(0xc8)
      e.immediate(UInt64(g.below(64)), bytes: 2)
      e.raw(0)
      e.raw(0xc9)
      return "enter, leave"
    },
    Family(name: "flags", weight: 5) { g, e in
      switch g.below(3) {
      case 0: e.raw(g.pick([0xf8, 0xf9, 0xf5, 0xfc, 0xfd]))
      case 1:
        e.raw(0x68)
        // Neither TF nor NT, IOPL or AC.
        e.immediate(g.value() & (Flag.status | 1 << 10), bytes: 4)
        e.raw(0x9d)
      default:
        let register = g.register()
        e.raw(0x9c)
        e.raw(register >= 8 ? [0x41, 0x58 | register & 7] : [0x58 | register])
      }
      return "flags"
    },
  ]
}
