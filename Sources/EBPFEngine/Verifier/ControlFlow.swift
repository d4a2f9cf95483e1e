/// What the shape of a program tells before it is explored: where ways meet, what is never reached, and which registers
/// matter at each instruction. Bit n of a register mask is `rn`.
struct ControlFlow {
  /// Instructions that a jump, a branch or a local call leads to: states are compared there, so every loop has one.
  private(set) var isJoin: [Bool]
  /// Those joins at which the number of rounds has a limit that the verifier need not find.
  private(set) var isBounded: [Bool]
  /// Registers that may be read before they are written.
  private(set) var live: [UInt16]
  /// Registers whose number, not only its type, can decide whether the program is safe: it may reach an address, a
  /// size, a condition or the stack.
  private(set) var relevant: [UInt16]
  /// Index of the first instruction that no way leads to.
  private(set) var unreachable: Int?
  /// Whether an instruction can belong to a function that the program calls.
  let isInCallee: [Bool]
  let program: Program
  private let helpers: HelperTable

  init(_ program: Program, helpers: HelperTable) {
    let count = program.instructions.count
    self.program = program
    self.helpers = helpers
    isJoin = .init(repeating: false, count: count)
    isBounded = isJoin
    live = .init(repeating: 0, count: count)
    relevant = live
    var entries: [Int] = []
    for (index, instruction) in program.instructions.enumerated() {
      if Self.hasLimit(instruction, helpers) {
        isJoin[index] = true
        isBounded[index] = true
      }
      if case .loadWide(_, .code(let slot)) = instruction.operation, let entry = program.index(ofSlot: Int(slot)) {
        isJoin[entry] = true
        entries.append(entry)
      }
      guard let target = Self.target(instruction, program) else { continue }
      isJoin[target] = true
      if case .callLocal = instruction.operation { entries.append(target) }
    }
    isInCallee = Self.reachable(from: entries, program)
    let isReached = Self.reachable(from: [0], program)
    unreachable = (0..<count).first { !isReached[$0] && !isInCallee[$0] }
    propagate()
  }

  /// Index of the instruction that a jump, branch or local call leads to.
  static func target(_ instruction: Instruction, _ program: Program) -> Int? {
    if case .loadWide = instruction.operation { return nil }
    return instruction.target.flatMap { program.index(ofSlot: Int($0)) }
  }

  /// Whether an instruction that control comes back to ends that by itself.
  private static func hasLimit(_ instruction: Instruction, _ helpers: HelperTable) -> Bool {
    switch instruction.operation {
    case .mayGoto: return true
    case .callHelper(let number):
      let effect = helpers[number]?.effect
      return effect == .callsRounds || effect == .callsVisits
    default: return false
    }
  }

  /// Calls return, so that the instruction after one is reached like any other.
  private static func reachable(from entries: [Int], _ program: Program) -> [Bool] {
    var isReached = [Bool](repeating: false, count: program.instructions.count)
    var pending = entries
    while let start = pending.popLast() {
      var index = start
      while index < isReached.count && !isReached[index] {
        isReached[index] = true
        let instruction = program.instructions[index]
        if let target = target(instruction, program) { pending.append(target) }
        guard instruction.continues else { break }
        index += 1
      }
    }
    return isReached
  }

  /// Works backwards until nothing changes. Masks only grow, so every instruction is taken up a bounded number of times.
  private mutating func propagate() {
    let count = live.count
    let sources = JumpSources(program.instructions.map { Self.target($0, program).map { Int32($0) } ?? -1 })
    var pending = [Int32](0..<Int32(truncatingIfNeeded: count))
    var isPending = [Bool](repeating: true, count: count)
    while let next = pending.popLast() {
      let index = Int(next)
      isPending[index] = false
      guard update(index) else { continue }
      if index > 0 && program.instructions[index - 1].continues && !isPending[index - 1] {
        isPending[index - 1] = true
        pending.append(next - 1)
      }
      for source in sources.leading(to: index) where !isPending[Int(source)] {
        isPending[Int(source)] = true
        pending.append(source)
      }
    }
  }

  private mutating func update(_ index: Int) -> Bool {
    let instruction = program.instructions[index]
    var after = RegisterUse.Masks()
    if instruction.continues && index + 1 < live.count {
      after = RegisterUse.Masks(live: live[index + 1], relevant: relevant[index + 1])
    }
    var target = RegisterUse.Masks()
    if let index = Self.target(instruction, program) {
      target = RegisterUse.Masks(live: live[index], relevant: relevant[index])
    }
    let before = RegisterUse.before(
      instruction.operation, after, target: target, isInCallee: isInCallee[index], helpers)
    guard before.live != live[index] || before.relevant != relevant[index] else { return false }
    live[index] = before.live
    relevant[index] = before.relevant
    return true
  }
}

/// The instructions that jump, branch or call to each instruction.
private struct JumpSources {
  /// `sources[starts[n]..<starts[n + 1]]` lead to instruction n.
  private var starts: [Int]
  private var sources: [Int32]

  /// From the target of every instruction, -1 for none.
  init(_ targets: [Int32]) {
    starts = .init(repeating: 0, count: targets.count + 1)
    for target in targets where target >= 0 { starts[Int(target) + 1] += 1 }
    for index in targets.indices { starts[index + 1] += starts[index] }
    sources = .init(repeating: 0, count: starts[targets.count])
    var next = starts
    for index in targets.indices where targets[index] >= 0 {
      sources[next[Int(targets[index])]] = Int32(truncatingIfNeeded: index)
      next[Int(targets[index])] += 1
    }
  }

  func leading(to index: Int) -> ArraySlice<Int32> { sources[starts[index]..<starts[index + 1]] }
}
