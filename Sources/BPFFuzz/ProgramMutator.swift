import EBPFEngine
import SeededRandom

/// Changes programs by whole instructions and their fields: changes of single bits would hardly ever leave one that
/// decodes.
public enum ProgramMutator {
  private static let slotSize = 8
  /// Opcodes of every class, valid ones most of them.
  private static let opcodes: [UInt8] = (0...255).map { UInt8($0) }.filter { opcode in
    (try? Program(slots: [EncodedSlot(opcode: opcode), EncodedSlot(opcode: 0x95)])) != nil || opcode & 7 < 4
  }
  private static let numbers: [Int32] = [
    0, 1, -1, 7, 8, 16, 31, 32, 63, 64, 112, 119, 120, 127, 128, 255, 256, 512, .max, .min,
    // Kinds of ordered accesses, and helpers.
    0x100, 0x110, 87, 88, 89, 130, 131, 132, 133, 164, 181,
  ]

  /// `bytes` changed in one to three places, at most `maximumSize` bytes long.
  public static func mutate(
    _ bytes: [UInt8], maximumSize: Int, using generator: inout SeededGenerator
  ) -> [UInt8] {
    var bytes = Array(bytes.prefix(bytes.count & ~(slotSize - 1)))
    if bytes.isEmpty { bytes = [0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0] }
    for _ in 0..<Int.random(in: 1...3, using: &generator) { change(&bytes, &generator) }
    return Array(bytes.prefix(min(maximumSize, ProgramCheck.maximumSize) & ~(slotSize - 1)))
  }

  private static func change(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let count = bytes.count / slotSize
    guard count > 0 else { return }
    let start = Int.random(in: 0..<count, using: &generator) * slotSize
    let other = Int.random(in: 0..<count, using: &generator) * slotSize
    let slot = Array(bytes[start..<(start + slotSize)])
    switch Int.random(in: 0..<12, using: &generator) {
    case 0...2: insert(random(&generator), at: start, &bytes)
    case 3: insert(Array(bytes[other..<(other + slotSize)]), at: start, &bytes)
    case 4: if count > 1 { bytes.removeSubrange(start..<(start + slotSize)) }
    case 5: bytes.replaceSubrange(start..<(start + slotSize), with: random(&generator))
    case 6: bytes[start] = opcodes[Int.random(in: 0..<opcodes.count, using: &generator)]
    case 7: bytes[start + 1] = registers(&generator)
    case 8: bytes.replaceSubrange((start + 2)..<(start + 4), with: offset(&generator))
    case 9: bytes.replaceSubrange((start + 4)..<(start + 8), with: number(&generator))
    case 10:
      bytes.replaceSubrange(start..<(start + slotSize), with: bytes[other..<(other + slotSize)])
      bytes.replaceSubrange(other..<(other + slotSize), with: slot)
    default:
      bytes[start + Int.random(in: 0..<slotSize, using: &generator)] ^= 1 << UInt8.random(in: 0...7, using: &generator)
    }
  }

  private static func insert(_ slot: [UInt8], at place: Int, _ bytes: inout [UInt8]) {
    if bytes.count < ProgramCheck.maximumSize { bytes.insert(contentsOf: slot, at: place) }
  }

  private static func random(_ generator: inout SeededGenerator) -> [UInt8] {
    let opcode = opcodes[Int.random(in: 0..<opcodes.count, using: &generator)]
    let isSmall = Bool.random(using: &generator)
    return [opcode, registers(&generator)] + (isSmall ? [0, 0] : offset(&generator)) + number(&generator)
  }

  private static func registers(_ generator: inout SeededGenerator) -> UInt8 {
    UInt8.random(in: 0...10, using: &generator) | UInt8.random(in: 0...10, using: &generator) << 4
  }

  private static func offset(_ generator: inout SeededGenerator) -> [UInt8] {
    let offset = Int16.random(in: -64...127, using: &generator) & (Bool.random(using: &generator) ? ~7 : ~0)
    let bits = UInt16(bitPattern: offset)
    return [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)]
  }

  private static func number(_ generator: inout SeededGenerator) -> [UInt8] {
    let isEdge = Bool.random(using: &generator)
    let number =
      isEdge
      ? numbers[Int.random(in: 0..<numbers.count, using: &generator)] : Int32.random(in: -20...20, using: &generator)
    let bits = UInt32(bitPattern: number)
    return (0..<4).map { UInt8(truncatingIfNeeded: bits >> UInt32(8 * $0)) }
  }
}
