/// What user mode has of the system: keys, bases, refused instructions.
extension NativeFamily {
  static let system: [NativeFamily] = [
    NativeFamily(name: "wrpkru", weight: 4, needs: .keys) { g, c in
      // mov eax, value; xor ecx, ecx; mov edx, ecx; wrpkru, and rdpkru. Key 0 stays open.
      let value = UInt32(truncatingIfNeeded: g.random.next()) & (g.chance(50) ? 0xffff_fffc : 0x0000_00fc)
      c.loadHalf(0, g.chance(80) ? 0 : value)
      c.loadHalf(1, g.rarely(5) ? 1 : 0)
      c.loadHalf(2, g.rarely(5) ? 1 : 0)
      c.raw(0x0f, 0x01, 0xef)
      if g.chance(50) {
        c.loadHalf(1, g.rarely(5) ? 1 : 0)
        c.raw(0x0f, 0x01, 0xee)
      }
      return "wrpkru, rdpkru"
    },
    NativeFamily(name: "keyed page", weight: 4, needs: .keys) { g, c in
      let displacement = Int32(g.below(0x1f00)) - 0x800
      let wide = g.chance(50)
      c.instruction(
        g.pick([0x8b, 0x89, 0x03]), isWide: wide, register: g.register(),
        .memory(.init(base: 14, displacement: displacement)))
      return "access to a keyed page"
    },
    NativeFamily(name: "keyed fetch", weight: 1, needs: .keys) { g, c in
      // A RET is written to a keyed page that may be executed, then called, whatever PKRU says of reads.
      c.raw(0x41, 0xc6, 0x06, 0xc3, 0x41, 0xff, 0xd6)  // mov byte [r14], 0xc3; call r14
      return "call into a keyed page"
    },
    NativeFamily(name: "bases", weight: 2, needs: .fsgsbase) { g, c in
      // rdfsbase, rdgsbase, and wrfsbase, wrgsbase of what was there.
      let isGS: UInt8 = g.chance(50) ? 1 : 0
      c.raw(0xf3, 0x49, 0x0f, 0xae, 0xc3 | isGS << 3)
      if g.chance(50) { c.raw(0xf3, 0x49, 0x0f, 0xae, 0xd3 | isGS << 3) }
      return "rdfsbase, wrfsbase"
    },
    NativeFamily(name: "refused", weight: 1) { g, c in
      if g.rarely(150) {
        c.raw(
          g.pick([
            [0xf4], [0xfa], [0xfb], [0xec], [0xee], [0x6c], [0x0f, 0x0b], [0x0f, 0x06], [0x0f, 0x08], [0x0f, 0x09],
            [0x0f, 0x20, 0xc0], [0x0f, 0x22, 0xd8], [0x0f, 0x23, 0xc0], [0x0f, 0x32], [0x0f, 0x30], [0x0f, 0x00, 0xd0],
            [0x0f, 0x01, 0x17], [0x0f, 0x01, 0xf8], [0xcd, 0x21], [0xcd, 0x0e], [0xcd, 0x03], [0xcc], [0x06], [0x27],
            [0x0f, 0x04], [0x0f, 0xff], [0xd6], [0xea], [0x9a],
          ]))
        return "refused instruction"
      }
      c.raw(0x90)
      return "nop"
    },
    NativeFamily(name: "fence", weight: 1) { g, c in
      c.raw(0x0f, 0xae, g.pick([0xe8, 0xf0, 0xf8]))
      return "lfence, mfence, sfence"
    },
    NativeFamily(name: "cache line", weight: 1) { g, c in
      let operand = g.place(1, &c)
      c.instruction(.secondary, 0xae, prefixes: g.chance(50) ? [0x66] : [], register: 7, operand)
      return "clflush, clflushopt"
    },
    NativeFamily(name: "write-back", weight: 1, needs: .clwb) { g, c in
      let operand = g.place(1, &c)
      c.instruction(.secondary, 0xae, prefixes: [0x66], register: 6, operand)
      return "clwb"
    },
  ]
}
