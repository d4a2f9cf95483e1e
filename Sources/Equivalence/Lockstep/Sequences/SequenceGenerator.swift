import SimMachine

/// Makes random programs over the integer instruction set, well-formed in that they always come to their end: branches go
/// forward, and a fault skips its slot.
///
/// The same seed and index give the same program in every version that has the same families of instructions.
public struct SequenceGenerator: RandomDraws {
  var random: RandomStream
  private(set) var privilege: UInt8 = 0

  /// Registers that a program may write: not RSP, not R14 and R15, which point at its memory.
  static let writable: [UInt8] = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13]

  public init(seed: UInt64, index: UInt64) {
    random = RandomStream(seed: seed, name: "sequence \(index)")
  }

  /// The program.
  ///
  /// - Parameter length: the number of slots.
  public mutating func sequence(length: Int) -> Sequence {
    privilege = chance(30) ? 3 : 0
    let seed = random.next()
    let registers = (0..<16).map { _ in value() }
    let flags = random.next() & Flag.status | (chance(10) ? 1 << 10 : 0) | 2
    var slots: [Sequence.Slot] = []
    while slots.count < length {
      var encoder = Encoder()
      let name = Self.families[weighted()].make(&self, &encoder)
      if encoder.bytes.count <= Sequence.codeMax { slots.append(.init(code: encoder.bytes, name: name)) }
    }
    return Sequence(memorySeed: seed, privilege: privilege, registers: registers, flags: flags, slots: slots)
  }

  // MARK: Draws

  mutating func register() -> UInt8 { pick(Self.writable) }
  mutating func size() -> Encoder.Size { pick(Encoder.Size.allCases) }
  /// Not a byte.
  mutating func wideSize() -> Encoder.Size { pick([.word, .double, .quad]) }

  /// A register, or memory: mostly ordinary, sometimes a page with rights of its own, rarely whatever a register holds.
  mutating func operand() -> Encoder.Operand {
    switch below(20) {
    case 0..<10: .register(register())
    case 10..<16: data()
    case 16..<19: testPage()
    default: .memory(base: pick([0, 1, 2, 3, 5, 6, 7, 8, 13]), displacement: Int32(below(0x10000)) - 0x8000)
    }
  }

  mutating func data() -> Encoder.Operand {
    .memory(base: 15, displacement: Int32(below(0xf00)) - 0x780)
  }

  mutating func testPage() -> Encoder.Operand {
    .memory(base: 14, displacement: Int32(below(SequenceBench.testPages) * 0x1000 + below(0xff0)))
  }

  /// Like ``operand()``, and sometimes over the edge of a test page: for loads. A store there KVM's emulator does by halves.
  mutating func movedOperand() -> Encoder.Operand {
    guard chance(10) else { return operand() }
    return .memory(base: 14, displacement: Int32(below(SequenceBench.testPages) * 0x1000 + 0xff9 + below(7)))
  }

  private mutating func weighted() -> Int {
    var left = below(Self.families.reduce(0) { $0 + $1.weight })
    for (index, family) in Self.families.enumerated() {
      left -= family.weight
      if left < 0 { return index }
    }
    return 0
  }

  /// Adds what clears the flags that the last instruction leaves undefined.
  ///
  /// - Parameter cl: the count register, if it is known.
  func define(_ encoder: inout Encoder, cl: UInt8? = nil) {
    let form = InstructionForm(encoder.bytes)
    encoder.clearFlags(form.undefinedFlags(cl: cl ?? 2))
  }
}
