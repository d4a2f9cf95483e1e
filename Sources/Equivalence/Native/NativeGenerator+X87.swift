/// The x87 unit: everything but what every processor rounds in its own way (FSIN, FYL2X and their like).
extension NativeFamily {
  /// Encodings that no instruction has, and the transcendental ones, by opcode and ModRM.
  private static let leftOut: Set<UInt16> = {
    let ranges: [(UInt16, ClosedRange<UInt16>)] = [
      (0xd9, 0xd1...0xd7), (0xd9, 0xe2...0xe3), (0xd9, 0xe6...0xe7), (0xd9, 0xef...0xef), (0xd9, 0xf0...0xf3),
      (0xd9, 0xf9...0xf9), (0xd9, 0xfb...0xfb), (0xd9, 0xfe...0xff), (0xda, 0xe0...0xe8), (0xda, 0xea...0xff),
      (0xdb, 0xe5...0xe7), (0xdb, 0xf8...0xff), (0xdd, 0xf0...0xff), (0xde, 0xd8...0xd8), (0xde, 0xda...0xdf),
      (0xdf, 0xe1...0xe7), (0xdf, 0xf8...0xff),
    ]
    return Set(ranges.flatMap { opcode, modRMs in modRMs.map { opcode << 8 | $0 } })
  }()
  /// In memory: no instruction, or an environment or state as a whole, which have families of their own.
  private static let memoryLeftOut: Set<UInt16> = [
    0xd901, 0xd904, 0xd905, 0xd906, 0xdb04, 0xdb06, 0xdd04, 0xdd05, 0xdd06,
  ]

  static let x87: [NativeFamily] = [
    NativeFamily(name: "x87", weight: 60) { g, c in
      while true {
        let opcode = UInt8(0xd8 + g.below(8))
        if g.chance(60) {
          let modRM = 0xc0 | UInt8(g.below(64))
          if leftOut.contains(UInt16(opcode) << 8 | UInt16(modRM)) { continue }
          c.raw(opcode, modRM)
          return "x87"
        }
        let selector = g.below(8)
        if memoryLeftOut.contains(UInt16(opcode) << 8 | UInt16(selector)) { continue }
        let operand = g.place(10, &c)
        c.instruction(opcode, register: selector, operand)
        return "x87 with memory"
      }
    },
    NativeFamily(name: "x87 constants", weight: 6) { g, c in
      c.raw(0xd9, 0xe8 + UInt8(g.below(7)))
      return "fld1 and other constants"
    },
    NativeFamily(name: "x87 numbers", weight: 14) { g, c in
      // Fresh values: mov r11, value; push r11; fld qword [rsp]; lea rsp, [rsp + 8].
      c.load(11, g.number())
      c.raw(0x41, 0x53)
      c.raw(g.chance(70) ? [0xdd, 0x04, 0x24] : [0xdf, 0x2c, 0x24])
      c.raw(0x48, 0x8d, 0x64, 0x24, 0x08)
      return "fld or fild of a number"
    },
    NativeFamily(name: "x87 control", weight: 5) { g, c in
      // mov word [rsp - 8], value; fldcw [rsp - 8]
      var control = 0x7f | UInt64(g.pick([0, 2, 3, 3, 3])) << 8 | UInt64(g.below(4)) << 10
      if g.rarely(30) { control &= ~(g.random.next() & 0x3f) }
      c.raw(0x66, 0xc7, 0x44, 0x24, 0xf8)
      c.immediate(control, bytes: 2)
      c.raw(0xd9, 0x6c, 0x24, 0xf8)
      return "fldcw"
    },
    NativeFamily(name: "x87 free", weight: 8) { g, c in
      c.raw(
        g.pick([
          [0xdb, 0xe3], [0xdb, 0xe2], [0x0f, 0x77], [0xd9, 0xf6], [0xd9, 0xf7], [0xdd, 0xc0 | UInt8(g.below(8))],
          [0xdf, 0xe0], [0x9b],
        ]))
      return "fninit, fnclex, emms, fincstp, fdecstp, ffree, fnstsw, fwait"
    },
    NativeFamily(name: "x87 environment", weight: 3) { g, c in
      // FNSTENV or FNSAVE to [R15 + n], the pointers in it made 0, which processors keep differently, and back again.
      let isShort = g.chance(20)
      let isWhole = g.chance(40)
      let offset = UInt8(g.below(2) * 64)
      let prefix: [UInt8] = isShort ? [0x66, 0x41] : [0x41]
      let opcode: UInt8 = isWhole ? 0xdd : 0xd9
      c.raw(prefix + [opcode, 0x77, offset])
      // mov dword [r15 + n], 0, or words: aligned, as EFLAGS.AC may be set.
      for place in isShort ? [6, 8, 10, 12] : [12, 16, 20, 24] as [UInt8] {
        c.raw((isShort ? [0x66, 0x41] : [0x41]) + [0xc7, 0x47, offset + place, 0, 0] + (isShort ? [] : [0, 0]))
      }
      if g.chance(80) { c.raw(prefix + [opcode, 0x67, offset]) }
      return isWhole ? "fnsave, frstor" : "fnstenv, fldenv"
    },
    NativeFamily(name: "fxsave", weight: 2) { g, c in
      // The same with FXSAVE and FXRSTOR, and the mask of MXCSR, which differs by processor.
      let wide: UInt8 = g.chance(50) ? 0x49 : 0x41
      c.raw(wide, 0x0f, 0xae, 0x07)  // fxsave [r15]
      for place in [8, 16] as [UInt8] { c.raw(0x49, 0xc7, 0x47, place, 0, 0, 0, 0) }  // mov qword [r15 + n], 0
      c.raw(0x66, 0x41, 0xc7, 0x47, 6, 0, 0, 0x41, 0xc7, 0x47, 28, 0, 0, 0, 0)
      if g.chance(80) { c.raw(wide, 0x0f, 0xae, 0x0f) }
      return "fxsave, fxrstor"
    },
  ]
}
