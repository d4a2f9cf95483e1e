import CSilicon
import SimMachine

/// Makes random programs for user mode over everything that the simulated processor announces.
///
/// The same seed and index give the same program in every version that has the same families and the same features.
struct NativeGenerator: RandomDraws {
  var random: RandomStream
  let features: NativeFeatures

  /// Registers that a program may write: not RSP, RBP, R14 and R15, which point at its memory.
  static let writable = [0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13]
  static let startsMax = 8

  init(seed: UInt64, index: UInt64, features: NativeFeatures) {
    random = RandomStream(seed: seed, name: "native \(index)")
    self.features = features
  }

  /// The program.
  ///
  /// - Parameters:
  ///   - families: what it is made of.
  ///   - length: the number of instructions, at most; groups of them are not split.
  mutating func program(of families: [NativeFamily], length: Int) -> NativeProgram {
    let memorySeed = random.next()
    let weights = families.reduce(0) { $0 + $1.weight }
    var groups: [NativeProgram.Group] = []
    var bytes = 0
    for _ in 0..<length {
      var left = below(weights)
      guard
        let family = families.first(where: {
          left -= $0.weight
          return left < 0
        })
      else { break }
      var code = NativeCode()
      let name = family.make(&self, &code)
      bytes += code.bytes.count
      if bytes > NativeProgram.bytesMax { break }
      groups.append(.init(code: code.bytes, name: name, relative: code.relative))
    }
    return NativeProgram(memorySeed: memorySeed, groups: groups, starts: (0..<Self.startsMax).map { start($0) })
  }

  // MARK: Draws

  /// One in a thousand counts 1.
  mutating func rarely(_ perMille: Int) -> Bool { below(1000) < perMille }
  mutating func register() -> Int { pick(Self.writable) }
  /// Also registers that hold addresses.
  mutating func source() -> Int { chance(90) ? register() : below(16) }
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: random.next()) }

  // MARK: Operands

  /// Somewhere in memory where `count` bytes can be read and written; now and then where they can't be, or not without
  /// alignment, or not with this PKRU.
  mutating func place(_ count: Int, aligned: Int = 1, _ code: inout NativeCode) -> NativeCode.Operand {
    if rarely(6) { return refused(count, &code) }
    var offset = Int32(below(0xf00 - count)) - 0x780
    let boundary = Int32(aligned)
    if aligned > 1, !rarely(4) { offset -= (offset % boundary + boundary) % boundary }
    var address = NativeCode.Address(base: 15, displacement: offset)
    switch below(100) {
    case 0..<8: address = .init(base: 5, displacement: (offset / 4) / boundary * boundary)
    case 8..<15: address = .init(displacement: Int32(truncatingIfNeeded: Int64(NativePlace.middle) + Int64(offset)))
    case 15..<20: address.target = NativePlace.middle &+ UInt64(bitPattern: Int64(offset))
    case 20..<24: address.base = 14
    case 24..<28:
      address = .init(displacement: abs(offset) / boundary * boundary, prefixes: [chance(50) ? 0x64 : 0x65])
    case 28..<31: address.prefixes = [0x67]
    case 31..<38:
      let scale = below(4)
      let factor = below(16) * 16
      code.loadHalf(11, UInt32(factor))
      address.index = 11
      address.scale = scale
      address.displacement -= Int32(factor << scale)
    // Over the edge of two pages that are both there.
    case 38..<40 where aligned == 1: address.displacement = -Int32(below(max(count, 2)))
    default: break
    }
    return .memory(address)
  }

  private mutating func refused(_ count: Int, _ code: inout NativeCode) -> NativeCode.Operand {
    func at(_ target: UInt64) -> NativeCode.Operand {
      .memory(.init(base: 15, displacement: Int32(truncatingIfNeeded: Int64(bitPattern: target &- NativePlace.middle))))
    }
    let inside = UInt64(below(0x100) * 16)
    switch below(9) {
    case 0: return at(SILICON_READ_ONLY + inside)
    case 1: return at(SILICON_ABSENT + inside)
    case 2: return at(SILICON_READ_ONLY - UInt64(below(16)))
    case 3: return at(SILICON_ABSENT - UInt64(below(16)))
    case 4: return at(SILICON_KEYED_READ_ONLY + inside)
    case 5: return .memory(.init(displacement: Int32(truncatingIfNeeded: 0xffff_8000_0000 | Int64(below(0x1000_0000)))))
    case 6: return at(SILICON_CODE + inside)
    case 7:
      code.load(11, 0x0000_8000_0000_0000 | random.next() >> 1)
      return .memory(.init(base: 11, displacement: 0))
    default:
      // Relative to SS. The register's own value is lost, as the program ends here.
      code.load(5, 0x0000_8000_0000_0000 | random.next() >> 1)
      return .memory(.init(base: 5, displacement: Int32(below(0x1000))))
    }
  }

  /// A general register, or memory.
  mutating func operand(_ count: Int, _ code: inout NativeCode) -> NativeCode.Operand {
    chance(55) ? .register(register()) : place(count, &code)
  }

  /// Adds what clears the flags that the last instruction leaves undefined.
  ///
  /// - Parameter count: the count register, if it is known.
  func define(_ code: inout NativeCode, _ instruction: [UInt8], cl: UInt8? = nil) {
    code.clearFlags(InstructionForm(instruction).undefinedFlags(cl: cl ?? 2))
  }
}
