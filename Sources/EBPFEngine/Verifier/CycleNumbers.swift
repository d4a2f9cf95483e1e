/// Which instructions can follow each other in both directions: instructions of one number lie on common cycles. What a
/// run does more than once because of a loop has the number of the loop's head.
struct CycleNumbers {
  private(set) var numbers: [Int32]

  /// - Parameter successors: of each instruction, those that may follow it.
  init(count: Int, successors: (Int) -> [Int]) {
    numbers = .init(repeating: -1, count: count)
    // Tarjan's algorithm (SIAM Journal on Computing 1(2), 1972) without recursion.
    var order = [Int32](repeating: -1, count: count)
    var lowest = order
    var open: [Int] = []
    var next: Int32 = 0
    var calls: [(node: Int, successors: [Int], position: Int)] = []
    for start in 0..<count where order[start] < 0 {
      calls.append((start, successors(start), 0))
      while let (node, following, position) = calls.last {
        if position == 0 && order[node] < 0 {
          order[node] = next
          lowest[node] = next
          next += 1
          open.append(node)
        }
        if position < following.count {
          calls[calls.count - 1].position += 1
          let other = following[position]
          if order[other] < 0 {
            calls.append((other, successors(other), 0))
          } else if numbers[other] < 0 {
            lowest[node] = min(lowest[node], order[other])
          }
          continue
        }
        calls.removeLast()
        if let caller = calls.last?.node { lowest[caller] = min(lowest[caller], lowest[node]) }
        guard lowest[node] == order[node] else { continue }
        while let member = open.popLast() {
          numbers[member] = order[node]
          if member == node { break }
        }
      }
    }
  }
}

extension ControlFlow {
  /// Of a program with functions any return may lead behind any call: which call it was is not looked at.
  func cycleNumbers() -> CycleNumbers {
    let count = program.instructions.count
    // Two more places, that all returns lead to and that all helpers call functions from.
    let (returns, callbacks) = (count, count + 1)
    var afterCalls: [Int] = []
    var entries: [Int] = []
    for (index, instruction) in program.instructions.enumerated() {
      switch instruction.operation {
      case .callLocal: afterCalls.append(index + 1)
      case .loadWide(_, .code(let slot)): entries += program.index(ofSlot: Int(slot)).map { [$0] } ?? []
      case .callHelper where isBounded[index]: afterCalls.append(index)
      default: break
      }
    }
    return CycleNumbers(count: count + 2) { index in
      if index == returns { return afterCalls }
      if index == callbacks { return entries }
      let instruction = program.instructions[index]
      var successors: [Int] = []
      if let target = Self.target(instruction, program) { successors.append(target) }
      if case .exit = instruction.operation { return isInCallee[index] ? [returns] : [] }
      if case .callHelper = instruction.operation, isBounded[index] { successors.append(callbacks) }
      if case .callLocal = instruction.operation { return successors }
      if instruction.continues && index + 1 < count { successors.append(index + 1) }
      return successors
    }
  }
}
