import EBPFEngine
import TestSupport

/// Draws programs that decode: all instructions of the standard, mostly on the stack and the context, with loops,
/// local calls and now and then a wild pointer.
struct ProgramGenerator {
  var generator: SeededGenerator

  mutating func program(length: Int) -> Program {
    while true {
      var slots: [EncodedSlot] = []
      while slots.count < length { slots += instruction(at: slots.count, length: length) }
      slots.append(EncodedSlot(opcode: 0x95))
      repairTargets(&slots)
      if let program = try? Program(slots: slots) { return program }
    }
  }

  /// Moves targets off the second halves of wide loads.
  private func repairTargets(_ slots: inout [EncodedSlot]) {
    for index in slots.indices {
      let slot = slots[index]
      let isLocalCall = slot.opcode == 0x85 && slot.source == 1
      guard [5, 6].contains(slot.opcode & 7), isLocalCall || ![0x85, 0x8d, 0x95].contains(slot.opcode) else { continue }
      let isLong = isLocalCall || slot.opcode == 0x06
      let target = index + 1 + Int(isLong ? slot.immediate : Int32(slot.offset))
      if target > 0 && slots[target].opcode == 0 && slots[target - 1].opcode == 0x18 {
        if isLong { slots[index].immediate += 1 } else { slots[index].offset += 1 }
      }
    }
  }

  private mutating func any<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &generator)] }

  private mutating func immediate() -> Int32 {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: any([0, 1, -1, .min, .max, 2, 31, 32, 63, 64, 0x7fff, -0x8000])
    case 1: Int32.random(in: -16...16, using: &generator)
    default: Int32.random(in: .min ... .max, using: &generator)
    }
  }

  private mutating func instruction(at index: Int, length: Int) -> [EncodedSlot] {
    let d = UInt8.random(in: 0...9, using: &generator)
    let s = UInt8.random(in: 0...10, using: &generator)
    func slot(_ opcode: UInt8, _ d: UInt8 = 0, _ s: UInt8 = 0, _ offset: Int16 = 0, _ i: Int32 = 0) -> [EncodedSlot] {
      [EncodedSlot(opcode: opcode, destination: d, source: s, offset: offset, immediate: i)]
    }
    let base: UInt8 = any([1, 1, 10, 10, 10, 10, 10, s])
    let offset =
      base == 10 ? Int16.random(in: -525...(-1), using: &generator) : Int16.random(in: -2...66, using: &generator)
    let target = Int16(
      truncatingIfNeeded: Int.random(in: max(0, index - 12)...min(length, index + 12), using: &generator) - index - 1)
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<45:
      let code = UInt8.random(in: 0...12, using: &generator) << 4
      let low: UInt8 = any([4, 7])
      let destination = any([d, d, d, UInt8(2)])
      if code == 0x80 { return slot(code | low, destination) }
      let signed: Int16 = code == 0x30 || code == 0x90 ? any([0, 1]) : 0
      if Bool.random(using: &generator) { return slot(code | low, destination, 0, signed, immediate()) }
      let width: Int16 = code == 0xb0 ? any([0, 0, 8, 16, low == 7 ? 32 : 0]) : signed
      return slot(code | low | 8, destination, s, width)
    case 45..<50: return slot(any([0xd4, 0xdc, 0xd7]), d, 0, 0, any([16, 32, 64]))
    case 50..<56:
      let low = UInt64.random(in: 0...UInt64.max, using: &generator)
      return slot(0x18, d, 0, 0, Int32(truncatingIfNeeded: low))
        + slot(0, 0, 0, 0, any([0, Int32(truncatingIfNeeded: low >> 32)]))
    case 56..<66: return slot(any([0x61, 0x69, 0x71, 0x79, 0x81, 0x89, 0x91]), any([0, 3, 4, d]), base, offset)
    case 66..<72: return slot(any([0x62, 0x6a, 0x72, 0x7a]), base, 0, offset, immediate())
    case 72..<78: return slot(any([0x63, 0x6b, 0x73, 0x7b]), base, s, offset)
    case 78..<83:
      let code = any([0x00, 0x40, 0x50, 0xa0, 0x01, 0x41, 0x51, 0xa1, 0xe1, 0xf1] as [Int32])
      return slot(any([0xc3, 0xdb]), base, any([2, 3, 4, 5]), offset, code)
    case 83..<94:
      let code = any([1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13] as [UInt8]) << 4
      let low: UInt8 = any([5, 6])
      if Bool.random(using: &generator) { return slot(code | low, d, 0, target, immediate()) }
      return slot(code | low | 8, d, s, target)
    case 94: return slot(0x05, 0, 0, target)
    case 95: return slot(0x06, 0, 0, 0, Int32(target))
    case 96: return slot(0x85, 0, 1, 0, Int32(target))
    case 97: return slot(0x85, 0, 0, 0, any([5, 5, 5, 6]))
    case 98: return slot(0xb7, 2, 0, 0, 5) + slot(0x8d, 2)
    default: return slot(0x95)
    }
  }
}
