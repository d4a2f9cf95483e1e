@testable import EBPFEngine

extension Program {
  /// The program without one instruction; what led to it leads to the next. `nil` when that is no program.
  func removing(_ index: Int) -> Program? {
    let removed = instructions[index]
    let shift = { (slot: Int32) in slot > removed.slot ? slot - removed.slotCount : slot }
    var rest = instructions
    rest.remove(at: index)
    return Program.encoding(rest.map { $0.moved(shift) })
  }

  /// The program with `operation` before an instruction; targets stay with their instructions, or also lead to it.
  func inserting(_ operation: EBPFEngine.Operation, before index: Int) -> Program? {
    let place = instructions[index].slot
    let inserted = Instruction(slot: place, operation: operation)
    let shift = { (slot: Int32) in slot >= place ? slot + inserted.slotCount : slot }
    var all = instructions.map { $0.moved(shift) }
    all.insert(inserted, at: index)
    return Program.encoding(all)
  }

  func replacing(_ index: Int, with operation: EBPFEngine.Operation) -> Program? {
    guard Instruction(slot: 0, operation: operation).slotCount == instructions[index].slotCount else { return nil }
    var all = instructions
    all[index] = Instruction(slot: all[index].slot, operation: operation)
    return Program.encoding(all)
  }

  static func encoding(_ instructions: [Instruction]) -> Program? {
    var slots: [EncodedSlot] = []
    for instruction in instructions {
      guard let (first, second) = instruction.encoded else { return nil }
      slots.append(first)
      if let second { slots.append(second) }
    }
    return try? Program(slots: slots)
  }

  var text: String { String(decoding: Disassembler.disassemble(self), as: UTF8.self) }
}

extension Instruction {
  fileprivate func moved(_ shift: (Int32) -> Int32) -> Instruction {
    let operation: EBPFEngine.Operation =
      switch operation {
      case .jump(let target, let wide): .jump(target: shift(target), wide: wide)
      case .branch(let condition, let width, let register, let operand, let target):
        .branch(condition, width, register, operand, target: shift(target))
      case .callLocal(let target): .callLocal(target: shift(target))
      case .loadWide(let register, .code(let target)): .loadWide(register, .code(slot: shift(target)))
      default: operation
      }
    return Instruction(slot: shift(slot), operation: operation)
  }
}
