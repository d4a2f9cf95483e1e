import SimCPU

/// Every opcode of one, two and three bytes with every ModRM byte, behind every prefix of a list, and the same behind VEX
/// and EVEX prefixes, in one mode: one instruction a case.
public struct ScanCases: CaseSource {
  public let mode: InstructionMode
  /// Only one memory form of each kind and register; all register forms.
  public let isReduced: Bool
  private let state: CPUState

  public init(mode: InstructionMode, isReduced: Bool) {
    self.mode = mode
    self.isReduced = isReduced
    state = .fuzz(mode)
  }

  public var name: String { "scan, \(mode)" }
  public var count: UInt64 { UInt64(Self.leads.count) << 16 }

  /// What stands before opcode and ModRM.
  static let leads: [[UInt8]] = {
    let prefixes: [[UInt8]] = [
      [], [0x66], [0xf2], [0xf3], [0xf0], [0x67], [0x48], [0x4f], [0x66, 0xf0], [0xf0, 0x48], [0xf2, 0x66],
      [0xf3, 0x66],
      [0x66, 0x48], [0xf3, 0x48], [0xf2, 0x48], [0xf0, 0xf2], [0xf0, 0xf3], [0x66, 0x67], [0x64], [0x36], [0x40],
      [0x45],
      [0x67, 0xf0], [0xf0, 0x66, 0x67], [0xf2, 0xf3], [0xf3, 0xf2], [0x48, 0x66], [0xf0, 0x66, 0x41], [0x67, 0xf3],
    ]
    let maps: [[UInt8]] = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]]
    // C5: R vvvv L pp. C4: RXB map, W vvvv L pp. 62: EVEX. 8F: XOP. D5: REX2.
    let extended: [[UInt8]] = [
      [0xc5, 0xf8], [0xc5, 0xf9], [0xc5, 0xfa], [0xc5, 0xff], [0xc5, 0x7d], [0xc4, 0xe1, 0x78], [0xc4, 0xe2, 0x78],
      [0xc4, 0xe2, 0xf9], [0xc4, 0xe2, 0x7a], [0xc4, 0xe2, 0x7b], [0xc4, 0xe3, 0x79], [0xc4, 0xe3, 0xfb],
      [0xc4, 0x42, 0x7d], [0x8f, 0xe8, 0x78], [0x62, 0xf1, 0x7c, 0x48], [0x62, 0xf2, 0xfd, 0x08],
      [0x62, 0x11, 0x7c, 0x48], [0xd5], [0xd5, 0x80], [0x0f, 0x0f], [0x66, 0xc5], [0xf0, 0xc4], [0xf0, 0xc5, 0xf8],
      [0xf2, 0xc5, 0xf8], [0x48, 0xc5, 0xf8],
    ]
    return prefixes.flatMap { prefix in maps.map { prefix + $0 } } + extended
  }()

  public func make(_ number: UInt64) -> InstructionCase? {
    let modRM = UInt8(truncatingIfNeeded: number)
    if isReduced && !Self.isKept(modRM) { return nil }
    var mixed = (number &+ 1) &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 31) &* 0xbf58_476d_1ce4_e5b9
    mixed ^= mixed >> 29
    var bytes = Self.leads[Int(number >> 16)] + [UInt8(truncatingIfNeeded: number >> 8), modRM]
    // A SIB byte, a displacement that leads somewhere as a rule, and an immediate.
    bytes.append(mixed & 1 == 0 ? UInt8(truncatingIfNeeded: mixed >> 8) : 0x24)
    let displacement = mixed & 2 == 0 ? mixed & 4 == 0 ? mixed >> 16 : 0x100ff : 0x10
    for word in [displacement, mixed] { for byte in 0..<UInt64(4) { bytes.append(UInt8(word >> (8 * byte) & 0xff)) } }
    return InstructionCase(mode: mode, bytes: bytes, address: FuzzPlace.singleCode, state: state, instructions: 1)
  }

  private static func isKept(_ modRM: UInt8) -> Bool {
    switch (modRM >> 6, modRM & 7) {
    case (3, _), (0, 0), (0, 4), (0, 5), (1, 3), (2, 4): true
    default: false
    }
  }
}
