/// Branches, the stack, strings, flags.
extension NativeFamily {
  static let flow: [NativeFamily] = [
    NativeFamily(name: "branch", weight: 5) { g, c in
      // Over one instruction.
      var skipped = NativeCode()
      skipped.instruction(0x03, isWide: true, register: g.register(), .register(g.register()))
      let count = UInt8(skipped.bytes.count)
      switch g.below(6) {
      case 0: c.raw(0xe0 + UInt8(g.below(4)), count)  // loopne loope loop jrcxz
      case 1:
        c.raw(0x0f, 0x80 | UInt8(g.below(16)))
        c.immediate(UInt64(count), bytes: 4)
      default: c.raw(0x70 | UInt8(g.below(16)), count)
      }
      c.raw(skipped.bytes)
      return "branch"
    },
    NativeFamily(name: "loop", weight: 2) { g, c in
      c.loadHalf(1, UInt32(1 + g.below(6)))
      let (destination, source) = (g.pick([0, 2, 3, 8, 9, 10]), g.register())
      var body = NativeCode()
      body.instruction(g.pick([0x03, 0x13, 0x33]), isWide: true, register: destination, .register(source))
      c.raw(body.bytes)
      // XOR leaves AF undefined.
      c.raw(0xe2, UInt8(truncatingIfNeeded: -(body.bytes.count + 2)))
      c.clearFlags(Flag.adjust)
      return "loop"
    },
    NativeFamily(name: "call", weight: 2) { g, c in
      let register = g.register()
      switch g.below(3) {
      case 0:
        c.raw(0xe8, 0, 0, 0, 0)
        c.raw(register >= 8 ? [0x41, 0x58 | UInt8(register & 7)] : [0x58 | UInt8(register)])
        return "call, pop"
      case 1:
        c.raw(0x48, 0x8d, 0x05, 2, 0, 0, 0, 0x50, 0xc3)  // lea rax, [rip + 2]; push rax; ret
        return "lea, push, ret"
      default:
        // lea rax, [rip + 5]; call rax; jmp over it; ret
        c.raw(0x48, 0x8d, 0x05, 4, 0, 0, 0, 0xff, 0xd0, 0xeb, 0x01, 0xc3)
        return "lea, call, ret"
      }
    },
    NativeFamily(name: "stack", weight: 5) { g, c in
      let (from, to) = (g.source(), g.register())
      switch g.below(5) {
      case 0: c.raw(from >= 8 ? [0x41, 0x50 | UInt8(from & 7)] : [0x50 | UInt8(from)])
      case 1:
        c.raw(0x68)
        c.immediate(g.value(), bytes: 4)
      case 2: c.raw(0x6a, g.byte())
      case 3: c.raw(0xff, 0x34, 0x24)  // push qword [rsp]
      default:
        let operand = g.place(8, &c)
        c.instruction(0xff, register: 6, operand)
      }
      if g.chance(20) {
        let operand = g.place(8, &c)
        c.instruction(0x8f, register: 0, operand)
      } else {
        c.raw(to >= 8 ? [0x41, 0x58 | UInt8(to & 7)] : [0x58 | UInt8(to)])
      }
      return "push, pop"
    },
    NativeFamily(name: "word stack", weight: 1) { g, c in
      c.raw(0x66, 0x50 | UInt8(g.pick([0, 1, 2, 3])), 0x66, 0x58 | UInt8(g.pick([0, 1, 2, 3])))
      return "push, pop of words"
    },
    NativeFamily(name: "frame", weight: 1) { g, c in
      c.raw(0xc8)
      c.immediate(UInt64(g.below(64)), bytes: 2)
      c.raw(UInt8(g.pick([0, 0, 0, 1, 2, 3])))
      c.raw(0xc9)
      return "enter, leave"
    },
    NativeFamily(name: "flags", weight: 4) { g, c in
      switch g.below(4) {
      case 0: c.raw(g.pick([0xf8, 0xf9, 0xf5, 0xfc, 0xfd]))
      case 1:
        // Not TF; user mode keeps IF and IOPL as they are.
        c.raw(0x68)
        var kept = Flag.status | 1 << 10 | 1 << 21
        if g.chance(10) { kept |= 1 << 18 }
        c.immediate(g.value() & kept, bytes: 4)
        c.raw(0x9d)
      case 2:
        c.raw(0x66, 0x68)
        c.immediate(g.value() & (Flag.status | 1 << 10), bytes: 2)
        c.raw(0x66, 0x9d)
      default:
        let register = g.register()
        c.raw(0x9c)
        c.raw(register >= 8 ? [0x41, 0x58 | UInt8(register & 7)] : [0x58 | UInt8(register)])
      }
      return "flags"
    },
    NativeFamily(name: "string", weight: 6) { g, c in
      let middle = NativePlace.middle
      for register in [6, 7] {
        let target =
          g.rarely(15) ? NativePlace.readOnly &- UInt64(g.below(64)) : middle &+ UInt64(g.below(0x600)) &- 0x300
        c.load(register, target)
      }
      c.loadHalf(1, UInt32(g.below(24)))
      let opcode = g.pick([0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf] as [UInt8])
      var prefixes: [UInt8] = g.chance(60) ? [g.pick([0xf2, 0xf3])] : []
      if g.chance(20) { prefixes.append(0x66) }
      if g.chance(5) { prefixes.append(0x67) }
      if g.chance(4) { prefixes.append(0x64) }
      if g.chance(50) { prefixes.append(0x48) }
      c.raw(prefixes + [opcode])
      return "string instruction"
    },
    NativeFamily(name: "translate", weight: 1) { g, c in
      c.load(3, NativePlace.middle &+ UInt64(g.below(0x100)))
      c.raw(0xd7)
      return "xlat"
    },
    NativeFamily(name: "nothing", weight: 2) { g, c in
      c.raw(
        g.pick([
          [0x90], [0x66, 0x90], [0xf3, 0x90], [0x0f, 0x1f, 0x00 | 0xc0], [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
          [0xf3, 0x0f, 0x1e, 0xfa], [0x0f, 0x18, 0xc0], [0x2e, 0x90], [0x48, 0x90], [0x41, 0x90],
        ]))
      return "nop, pause, endbr64"
    },
    NativeFamily(name: "odd prefixes", weight: 2) { g, c in
      // Prefixes in any order and number, REX not last among them.
      for _ in 0...g.below(4) { c.raw(g.pick([0x66, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x67, 0x48, 0x44, 0x41])) }
      let before = c.bytes.count
      c.raw(g.pick([0x01, 0x03, 0x89, 0x8b, 0x39, 0x85, 0x87]), 0xc0 | UInt8(g.below(4)) << 3 | UInt8(g.below(4)))
      g.define(&c, Array(c.bytes[before...]))
      return "odd prefixes"
    },
  ]
}
