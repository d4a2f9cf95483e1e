/// MMX, SSE to SSE4.2.
struct VectorForm: Sendable {
  enum Operand: Sendable {
    /// An XMM or MMX register in ModRM's middle, or one of them or memory at its end.
    case vector
    /// A general register there.
    case general
    case memory, register
  }

  /// 0, 66, F2 or F3.
  var prefix: UInt8
  var map: NativeCode.Map = .secondary
  var opcode: UInt8
  var middle = Operand.vector
  var end = Operand.vector
  var hasImmediate = false
  /// ModRM's middle selects among the instructions of a group.
  var selector: Int?
  var needs: NativeFeatures = []
  /// Bytes of an operand in memory, and whether it must be aligned.
  var bytes = 16
  /// REX.W makes a general register 64 bits wide.
  var mayBeWide = false
}

extension VectorForm {
  /// Every form but those whose result is an approximation (RCPPS, RSQRTPS and their scalars).
  static let all: [VectorForm] = arithmetic + conversions + moves + integers + ssse3 + sse41 + sse42

  private static func forms(_ prefixes: [UInt8], _ opcodes: [UInt8], _ change: (inout VectorForm) -> Void = { _ in })
    -> [VectorForm]
  {
    prefixes.flatMap { prefix in
      opcodes.map { opcode in
        var form = VectorForm(prefix: prefix, opcode: opcode)
        change(&form)
        return form
      }
    }
  }

  private static let arithmetic: [VectorForm] =
    // SQRT ADD MUL SUB MIN DIV MAX
    forms([0, 0x66, 0xf2, 0xf3], [0x51, 0x58, 0x59, 0x5c, 0x5d, 0x5e, 0x5f])
    // UNPCKL UNPCKH AND ANDN OR XOR UCOMI COMI
    + forms([0, 0x66], [0x14, 0x15, 0x54, 0x55, 0x56, 0x57, 0x2e, 0x2f])
    // CMP SHUF
    + forms([0, 0x66, 0xf2, 0xf3], [0xc2]) { $0.hasImmediate = true }
    + forms([0, 0x66], [0xc6]) { $0.hasImmediate = true }
    // HADD HSUB ADDSUB
    + forms([0x66, 0xf2], [0x7c, 0x7d, 0xd0]) { $0.needs = .sse3 }

  private static let conversions: [VectorForm] =
    forms([0, 0x66, 0xf2, 0xf3], [0x5a]) + forms([0, 0x66, 0xf3], [0x5b]) + forms([0x66, 0xf2, 0xf3], [0xe6])
    // CVTPI2PS and the like: an MMX register at the one end.
    + forms([0, 0x66], [0x2a, 0x2c, 0x2d])
    + forms([0xf2, 0xf3], [0x2a]) {
      $0.end = .general
      $0.mayBeWide = true
    }
    + forms([0xf2, 0xf3], [0x2c, 0x2d]) {
      $0.middle = .general
      $0.mayBeWide = true
    }

  private static let moves: [VectorForm] =
    forms([0, 0x66, 0xf2, 0xf3], [0x10, 0x11]) + forms([0, 0x66], [0x28, 0x29])
    + forms([0], [0x12, 0x16]) + forms([0x66], [0x12, 0x16]) { $0.end = .memory }
    + forms([0, 0x66], [0x13, 0x17, 0x2b]) { $0.end = .memory }
    + forms([0xf3], [0x12, 0x16]) { $0.needs = .sse3 } + forms([0xf2], [0x12]) { $0.needs = .sse3 }
    + forms([0xf2], [0xf0]) {
      $0.needs = .sse3
      $0.end = .memory
    }
    + forms([0, 0x66, 0xf3], [0x6f, 0x7f]) + forms([0xf3], [0x7e]) + forms([0x66], [0xd6])
    + forms([0xf2, 0xf3], [0xd6]) { $0.end = .register }
    + forms([0, 0x66], [0xe7]) { $0.end = .memory }
    + forms([0, 0x66], [0x6e, 0x7e]) {
      $0.end = .general
      $0.mayBeWide = true
    }
    + forms([0, 0x66], [0x50, 0xd7]) { ($0.middle, $0.end) = (.general, .register) }
    + forms([0, 0x66], [0xc4]) { ($0.end, $0.hasImmediate) = (.general, true) }
    + forms([0, 0x66], [0xc5]) { ($0.middle, $0.end, $0.hasImmediate) = (.general, .register, true) }
    + forms([0], [0xc3]) {
      ($0.middle, $0.end) = (.general, .memory)
      $0.mayBeWide = true
    }

  private static let integers: [VectorForm] =
    forms(
      [0, 0x66],
      [
        0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x74, 0x75, 0x76, 0xd1, 0xd2, 0xd3,
        0xd4,
        0xd5, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe8, 0xe9, 0xea,
        0xeb,
        0xec, 0xed, 0xee, 0xef, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe,
      ])
    + forms([0x66], [0x6c, 0x6d]) + forms([0, 0x66, 0xf2, 0xf3], [0x70]) { $0.hasImmediate = true }
    + [(0x71, [2, 4, 6]), (0x72, [2, 4, 6]), (0x73, [2, 6]), (0x73, [3, 7])].flatMap { opcode, selectors in
      selectors.flatMap { selector in
        forms(selector & 1 == 0 ? [0, 0x66] : [0x66], [opcode]) {
          ($0.selector, $0.end, $0.hasImmediate) = (selector, .register, true)
        }
      }
    }

  private static let ssse3: [VectorForm] =
    forms([0, 0x66], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0x1c, 0x1d, 0x1e]) {
      ($0.map, $0.needs) = (.secondary38, .ssse3)
    }
    + forms([0, 0x66], [0x0f]) { ($0.map, $0.needs, $0.hasImmediate) = (.secondary3A, .ssse3, true) }

  private static let sse41: [VectorForm] =
    forms(
      [0x66],
      [
        0x10, 0x14, 0x15, 0x17, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x28, 0x29, 0x2b, 0x30, 0x31, 0x32, 0x33, 0x34,
        0x35,
        0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x41,
      ]
    ) { ($0.map, $0.needs) = (.secondary38, .sse41) }
    + forms([0x66], [0x2a]) { ($0.map, $0.needs, $0.end) = (.secondary38, .sse41, .memory) }
    + forms([0x66], [0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x21, 0x40, 0x41, 0x42]) {
      ($0.map, $0.needs, $0.hasImmediate) = (.secondary3A, .sse41, true)
    }
    + forms([0x66], [0x14, 0x15, 0x16, 0x17, 0x20, 0x22]) {
      ($0.map, $0.needs, $0.hasImmediate, $0.end) = (.secondary3A, .sse41, true, .general)
      $0.mayBeWide = $0.opcode == 0x16 || $0.opcode == 0x22
    }

  private static let sse42: [VectorForm] =
    forms([0x66], [0x37]) { ($0.map, $0.needs) = (.secondary38, .sse42) }
    // PCMPESTRM PCMPESTRI PCMPISTRM PCMPISTRI, as often as many others.
    + forms([0x66, 0x66, 0x66], [0x60, 0x61, 0x62, 0x63]) {
      ($0.map, $0.needs, $0.hasImmediate) = (.secondary3A, .sse42, true)
    }
}

extension NativeFamily {
  private static func emit(_ form: VectorForm, _ g: inout NativeGenerator, _ code: inout NativeCode) {
    func register(_ g: inout NativeGenerator, _ kind: VectorForm.Operand) -> Int {
      if case .general = kind { return g.register() }
      return g.below(16)
    }
    let middle = form.selector ?? register(&g, form.middle)
    let operand: NativeCode.Operand
    switch form.end {
    case .memory: operand = g.place(form.bytes, aligned: 16, &code)
    case .register: operand = .register(g.below(16))
    case .vector, .general:
      operand =
        g.chance(65) ? .register(register(&g, form.end)) : g.place(form.bytes, aligned: g.rarely(5) ? 1 : 16, &code)
    }
    code.instruction(
      form.map, form.opcode, prefixes: form.prefix == 0 ? [] : [form.prefix],
      isWide: form.mayBeWide && g.chance(50), register: middle, operand, immediate: form.hasImmediate ? [g.byte()] : [])
  }

  private static func family(_ name: String, _ weight: Int, _ choose: @Sendable @escaping (VectorForm) -> Bool)
    -> NativeFamily
  {
    let all = VectorForm.all.filter(choose)
    return NativeFamily(name: name, weight: weight) { g, c in
      let features = g.features
      let form = g.pick(all.filter { features.isSuperset(of: $0.needs) })
      emit(form, &g, &c)
      return name
    }
  }

  static let vector: [NativeFamily] = [
    family("SSE arithmetic", 30) { isArithmetic($0) },
    family("MMX and SSE, integers and moves", 30) { !isArithmetic($0) && $0.map == .secondary },
    family("SSSE3 to SSE4.2", 20) { $0.map != .secondary },
    NativeFamily(name: "masked move", weight: 1) { g, c in
      c.load(7, NativePlace.middle &+ UInt64(g.below(0x300)))
      if g.chance(50) { c.raw(0x66) }
      c.raw(0x0f, 0xf7, 0xc0 | UInt8(g.below(64)))
      return "maskmovdqu"
    },
    NativeFamily(name: "load mxcsr", weight: 3) { g, c in
      // sub rsp, 8; mov dword [rsp], value; ldmxcsr [rsp]; stmxcsr [rsp]; add rsp, 8, without flags: lea.
      var mxcsr = 0x1f80 | g.random.next() & 0xe07f
      if g.rarely(5) { mxcsr &= ~(g.random.next() & 0x1f80) }
      if g.rarely(2) { mxcsr |= 1 << UInt64(18 + g.below(14)) }  // AMD has bit 17
      c.raw(0x48, 0x8d, 0x64, 0x24, 0xf8, 0xc7, 0x04, 0x24)
      c.immediate(mxcsr, bytes: 4)
      c.raw(0x0f, 0xae, 0x14, 0x24, 0x0f, 0xae, 0x1c, 0x24, 0x48, 0x8d, 0x64, 0x24, 0x08)
      return "ldmxcsr, stmxcsr"
    },
    NativeFamily(name: "numbers", weight: 8) { g, c in
      // Fresh values, so that not everything becomes a NaN.
      c.load(11, g.number())
      let register = g.below(16)
      c.raw(0x66, register >= 8 ? 0x4d : 0x49, 0x0f, 0x6e, 0xc0 | UInt8(register & 7) << 3 | 3)
      if g.chance(50) {
        c.raw(register >= 8 ? [0x66, 0x45, 0x0f, 0x6c] : [0x66, 0x0f, 0x6c])
        c.raw(0xc0 | UInt8(register & 7) * 9)
      }
      return "movq of a number"
    },
  ]

  private static func isArithmetic(_ form: VectorForm) -> Bool {
    guard form.map == .secondary else { return false }
    return switch form.opcode {
    case 0x51...0x5f, 0x2a...0x2f, 0xc2, 0x7c, 0x7d, 0xd0, 0xe6: form.opcode != 0x2b
    default: false
    }
  }
}
