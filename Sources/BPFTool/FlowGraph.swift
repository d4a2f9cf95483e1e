import EBPFEngine

/// The control flow of a program: blocks of instructions that are always executed together, and what leads where.
struct FlowGraph {
  private let program: Program
  /// Indices of the instructions that blocks begin with, in order.
  private let starts: [Int]

  init(_ program: Program) {
    self.program = program
    var isStart = [Bool](repeating: false, count: program.instructions.count)
    if !isStart.isEmpty { isStart[0] = true }
    for (index, instruction) in program.instructions.enumerated() {
      guard let target = instruction.jumpTarget else {
        if !instruction.continues && index + 1 < isStart.count { isStart[index + 1] = true }
        continue
      }
      if let place = program.index(ofSlot: target) { isStart[place] = true }
      if case .callLocal = instruction.operation { continue }
      if index + 1 < isStart.count { isStart[index + 1] = true }
    }
    starts = isStart.indices.filter { isStart[$0] }
  }

  /// In the language of Graphviz: a box for each block with its instructions, an edge for each way on. Edges of branches
  /// say whether the condition holds; calls of the program's own functions are dashed.
  var dot: String {
    var text = "digraph program {\n  node [shape=box, fontname=\"monospace\"];\n"
    for (number, start) in starts.enumerated() {
      let end = number + 1 < starts.count ? starts[number + 1] : program.instructions.count
      let lines = program.instructions[start..<end].map { "\($0.slot): \(Self.text($0))\\l" }
      text += "  b\(program.instructions[start].slot) [label=\"\(lines.joined())\"];\n"
      for index in start..<end { text += edges(from: start, at: index, isLast: index + 1 == end) }
    }
    return text + "}\n"
  }

  private func edges(from start: Int, at index: Int, isLast: Bool) -> String {
    let instruction = program.instructions[index]
    let block = program.instructions[start].slot
    var text = ""
    func edge(_ slot: some BinaryInteger, _ attributes: String) {
      text += "  b\(block) -> b\(slot)\(attributes.isEmpty ? "" : " [\(attributes)]");\n"
    }
    var isBranch = false
    if let target = instruction.jumpTarget {
      switch instruction.operation {
      case .callLocal: edge(target, "style=dashed, label=\"call\"")
      case .branch:
        isBranch = true
        edge(target, "label=\"true\"")
      default: edge(target, "")
      }
    }
    if isLast && instruction.continues && index + 1 < program.instructions.count {
      edge(program.instructions[index + 1].slot, isBranch ? "label=\"false\"" : "")
    }
    return text
  }

  private static func text(_ instruction: Instruction) -> String {
    var text = TextWriter()
    Disassembler.write(instruction, to: &text)
    return text.string
  }
}

extension Instruction {
  /// Slot that control may go to; not that of an address of code.
  fileprivate var jumpTarget: Int? {
    if case .loadWide = operation { return nil }
    return target.map { Int($0) }
  }
}
