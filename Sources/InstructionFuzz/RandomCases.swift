import SeededRandom
import SimCPU

/// Up to eight drawn instructions, biased to prefixes, to opcodes of two and three bytes and to register forms, in a drawn
/// mode and state. The number of a case is its seed.
public struct RandomCases: CaseSource {
  public let count: UInt64
  private let states: [CPUState]

  public init(count: UInt64) {
    self.count = count
    states = InstructionMode.allCases.map { .fuzz($0) }
  }

  public var name: String { "seeds" }

  private static let prefixes: [UInt8] = [
    0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0x48, 0x40, 0x41, 0x4f, 0x49,
  ]
  private static let instructionsMax: UInt64 = 64

  public func make(_ number: UInt64) -> InstructionCase? {
    var draw = CaseGenerator(seed: number)
    let mode = InstructionMode.allCases[draw.below(InstructionMode.allCases.count)]
    let bytes = Self.bytes(&draw)
    var state = states[mode.rawValue]
    Self.vary(&state, mode, &draw)
    var drawn = InstructionCase(mode: mode, bytes: bytes, state: state, instructions: Self.instructionsMax)
    if draw.once(in: 16) {
      let target = draw.once(in: 2) ? FuzzPlace.absent : UInt64(draw.next() & 0x7_ffff)
      drawn.movedHandler = (draw.once(in: 2) ? 14 : UInt8(draw.below(32)), UInt32(target))
    }
    return drawn
  }

  private static func bytes(_ draw: inout CaseGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0...draw.below(8) {
      while draw.once(in: 3) { bytes.append(prefixes[draw.below(prefixes.count)]) }
      switch draw.below(8) {
      case 0...2: bytes.append(0x0f)
      case 3: bytes += [0x0f, draw.once(in: 2) ? 0x38 : 0x3a]
      case 4 where draw.once(in: 4): bytes += [draw.once(in: 2) ? 0xc5 : 0xc4, draw.byte()]
      default: break
      }
      bytes.append(draw.byte())
      bytes.append(draw.once(in: 3) ? draw.byte() : 0xc0 | draw.byte())
      for _ in 0..<draw.below(6) { bytes.append(draw.once(in: 2) ? draw.byte() : UInt8(draw.below(2))) }
    }
    return bytes
  }

  private static func vary(_ s: inout CPUState, _ mode: InstructionMode, _ draw: inout CaseGenerator) {
    for index in 0..<16 {
      switch draw.below(6) {
      case 0: s.general[index] = draw.next()
      case 1: s.general[index] = draw.next() & 0xff
      case 2: s.general[index] = FuzzPlace.device + draw.next() & 0xff8
      case 3: s.general[index] = FuzzPlace.data + draw.next() & 0xffff
      case 4: s.general[index] = draw.next() & 0x7_ffff
      default: break
      }
    }
    if draw.once(in: 4) { s.rflags |= draw.next() & 0x24_0ed5 }
    if draw.once(in: 8) { s.rflags |= 3 << 12 }
    if draw.once(in: 8) { s.rflags |= 1 << 8 }
    if draw.once(in: 8) { s.pkru = UInt32(truncatingIfNeeded: draw.next()) }
    if draw.once(in: 8) { s.cr0 ^= 1 << [1, 2, 3, 5, 16, 18][draw.below(6)] }
    if draw.once(in: 8) { s.cr4 ^= 1 << [2, 3, 9, 10, 16, 22][draw.below(6)] }
    if draw.once(in: 2) { varyFloatingPoint(&s, &draw) }
  }

  private static func varyFloatingPoint(_ s: inout CPUState, _ draw: inout CaseGenerator) {
    s.fsw = UInt16(truncatingIfNeeded: draw.next())
    s.fcw = UInt16(truncatingIfNeeded: draw.next()) & 0xf7f
    s.mxcsr = UInt32(draw.next() & 0xffff)
    for index in 0..<8 {
      s.x87Empty[index] = UInt8(draw.below(2))
      s.x87[index] = (0..<10).map { _ in draw.byte() }
    }
    for index in 0..<16 { s.xmm[index] = (0..<16).map { _ in draw.byte() } }
  }
}

/// What cases are drawn with.
struct CaseGenerator {
  private var generator: SeededGenerator

  /// Seeds that follow one another begin far apart.
  init(seed: UInt64) { generator = SeededGenerator(seed: seed &* 0xd6e8_feb8_6659_fd93) }

  mutating func next() -> UInt64 { generator.next() }
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
  mutating func once(in count: Int) -> Bool { below(count) == 0 }
}
