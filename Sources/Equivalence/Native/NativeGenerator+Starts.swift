/// The states that programs start from: plain ones, and those that meet every special value.
extension NativeGenerator {
  mutating func start(_ number: Int) -> NativeStart {
    var registers = (0..<16).map { _ in value() }
    (registers[4], registers[5]) = (NativePlace.stack, NativePlace.frame)
    (registers[14], registers[15]) = (NativePlace.keyedMiddle, NativePlace.middle)
    var flags = random.next() & Flag.status
    if chance(10) { flags |= 1 << 10 }
    if chance(4) { flags |= 1 << 18 }
    var fx = NativeStart.plainFX
    fillX87(&fx, isPlain: number < 3)
    fillVectors(&fx, isPlain: number == 0)
    fillControl(&fx, isPlain: number < 2)
    let pkru = number < 6 || !features.contains(.keys) ? 0 : UInt32(truncatingIfNeeded: random.next()) & 0xffff_fffc
    return NativeStart(registers: registers, flags: flags, pkru: pkru, fx: fx)
  }

  private static let doubles: [UInt64] = [
    0, 0x8000_0000_0000_0000, 0x3ff0_0000_0000_0000, 0xbff0_0000_0000_0000, 0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000, 0x7ff8_0000_0000_0000, 0xfff8_0000_0000_1234, 0x7ff0_0000_0000_0001,
    0xfff4_0000_0000_0000, 1, 0x800f_ffff_ffff_ffff, 0x0010_0000_0000_0000, 0x7fef_ffff_ffff_ffff,
    0x3fd5_5555_5555_5555, 0x4340_0000_0000_0001, 0x41df_ffff_ffe0_0000, 0xc1e0_0000_0000_0000,
    0x43e0_0000_0000_0000, 0x36a0_0000_0000_0000, 0x47ef_ffff_e000_0000, 0x380f_ffff_ffff_ffff,
    0x3fe0_0000_0000_0000, 0x4004_0000_0000_0000,
  ]
  private static let floats: [UInt64] = [
    0, 0x8000_0000, 0x3f80_0000, 0xbf80_0000, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0xffc0_0123, 0x7f80_0001,
    0xffa0_0000, 1, 0x807f_ffff, 0x0080_0000, 0x7f7f_ffff, 0x3eaa_aaab, 0x4b00_0001, 0x4f00_0000, 0xcf00_0000,
    0x5f00_0000, 0x3f00_0000, 0x4020_0000, 0x4060_0000,
  ]

  /// Eight bytes for whoever takes them for numbers: one double or two floats, special or ordinary, or anything.
  mutating func number() -> UInt64 {
    switch below(6) {
    case 0: return pick(Self.doubles)
    case 1: return pick(Self.floats) | pick(Self.floats) << 32
    case 2:
      let divisor = Double(UInt64(1) << UInt64(below(63)))
      return (Double(Int64(truncatingIfNeeded: random.next())) / divisor).bitPattern
    case 3:
      // Two ordinary floats.
      let pair = [UInt64](unsafeUninitializedCapacity: 2) { place, count in
        for index in 0..<2 {
          place[index] = UInt64((Float(below(20_000) - 10_000) / Float(1 + below(64))).bitPattern)
        }
        count = 2
      }
      return pair[0] | pair[1] << 32
    default: return random.next()
    }
  }

  private func store(_ value: UInt64, _ count: Int, _ fx: inout [UInt8], _ at: Int) {
    for index in 0..<count { fx[at + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }

  private mutating func fillVectors(_ fx: inout [UInt8], isPlain: Bool) {
    for at in stride(from: 160, to: 416, by: 8) { store(isPlain ? random.next() : number(), 8, &fx, at) }
  }

  /// Rounding, FTZ, DAZ, sometimes unmasked exceptions and exceptions that happened before (SDM volume 1, 10.2.3).
  private mutating func fillControl(_ fx: inout [UInt8], isPlain: Bool) {
    guard !isPlain else { return }
    var mxcsr = 0x1f80 | random.next() & 0xe040
    if chance(50) { mxcsr |= random.next() & 0x3f }
    if chance(8) { mxcsr &= ~(random.next() & 0x1f80) }
    store(mxcsr, 4, &fx, 24)
  }

  /// x87: empty, or anything in any state; an exception is pending only if its summary bit says so (SDM volume 1, 8.1).
  private mutating func fillX87(_ fx: inout [UInt8], isPlain: Bool) {
    let top = UInt64(below(8))
    var status = top << 11
    var control: UInt64 = 0x37f
    if isPlain {
      // Half of the stack in use.
      fx[4] = (4..<8).reduce(0) { $0 | 1 << UInt8((Int(top) + $1) & 7) }
    } else {
      fx[4] = byte()
      status |= random.next() & 0x477f
      control = 0x7f | pick([0, 2, 3]) << 8 | UInt64(below(4)) << 10
      if chance(8) { control &= ~(random.next() & 0x3f) }
      if status & ~control & 0x3f != 0 { status |= 0x8080 }
      if status & 0x8080 != 0, chance(90) { (status, control) = (status & ~0x80ff, control | 0x3f) }
    }
    store(control, 2, &fx, 0)
    store(status, 2, &fx, 2)
    for index in 0..<8 {
      let (significand, sign) = extended()
      store(significand, 8, &fx, 32 + 16 * index)
      store(sign, 2, &fx, 40 + 16 * index)
    }
  }

  /// A significand, and the sign with the exponent: ordinary, zero, infinite, NaN, denormal, unsupported (SDM volume 1,
  /// 4.2.2 and 8.2.2).
  private mutating func extended() -> (UInt64, UInt64) {
    let one: UInt64 = 1 << 63
    let sign = (random.next() & 1) << 15
    switch below(12) {
    case 0: return (0, sign)
    case 1: return (one, sign | 0x7fff)
    case 2: return (one | random.next(), sign | 0x7fff)
    case 3: return (random.next() & ~one >> UInt64(below(60)), sign)
    case 4: return (random.next() | one, sign | random.next() & 0x7fff)
    case 5: return (random.next(), random.next() & 0xffff)
    default: return (random.next() & ~0 << UInt64(below(64)) | one, sign | (0x3fff - 8 + UInt64(below(72))))
    }
  }
}
