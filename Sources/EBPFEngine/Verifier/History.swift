/// The states that were met at the joins of a program, and which of them are explored to the end.
///
/// Every remembered state is a node; its parent is the one before it on the same way. A node is open while a way that
/// passed it still goes on. Ways are followed depth first, so the open nodes are those on the way here.
struct History {
  enum Visit {
    case new
    /// An explored state covers this one: nothing new can happen.
    case covered
    /// This way was here before in the same state: it can go on for ever.
    case repeated
  }

  private struct Node {
    var parent: Int32
    var openWays: Int32
  }

  private struct Remembered {
    var state: MachineState
    var node: Int32
    var hits = 0
    var loop: LoopSummary?
    /// Instructions explored until then.
    var time: Int
  }

  /// A state of the way here.
  struct OpenState {
    let state: MachineState
    let loop: LoopSummary?
    let time: Int
  }

  private let flow: ControlFlow
  private let limits: VerifierEnvironment.Limits
  private var nodes = [Node(parent: -1, openWays: 1)]
  /// Index in `remembered` of each join.
  private var joinNumbers: [Int32]
  private var remembered: [[Remembered]]
  private var current: Int32 = 0
  /// Summaries whose loops are still being explored, the innermost last: index of the head, node, root.
  private var openLoops: [(index: Int, node: Int32, root: UInt32)] = []
  private(set) var rememberedCount = 0
  private var rememberedBytes = 0

  init(_ flow: ControlFlow, _ limits: VerifierEnvironment.Limits) {
    self.flow = flow
    self.limits = limits
    joinNumbers = .init(repeating: -1, count: flow.isJoin.count)
    var count: Int32 = 0
    for index in flow.isJoin.indices where flow.isJoin[index] {
      joinNumbers[index] = count
      count += 1
    }
    remembered = .init(repeating: [], count: Int(count))
  }

  /// Another way starts from here.
  mutating func fork() -> Int32 {
    nodes[Int(current)].openWays += 1
    return current
  }

  mutating func resume(_ node: Int32) { current = node }

  /// The current way has come to its end.
  mutating func closePath() {
    var node = current
    while node >= 0 {
      nodes[Int(node)].openWays -= 1
      guard nodes[Int(node)].openWays == 0 else { break }
      node = nodes[Int(node)].parent
    }
    // Open nodes lie on one way, so the innermost ends first.
    while let last = openLoops.last, nodes[Int(last.node)].openWays == 0 { openLoops.removeLast() }
  }

  /// Heads of the loops whose summary the way here goes through.
  var openLoopHeads: [Int] { openLoops.map { $0.index } }

  /// Counters of the summaries at a head that the way here goes through.
  func openRoots(at index: Int) -> [UInt32] { openLoops.filter { $0.index == index }.map { $0.root } }

  /// The states that the way here had at a join, the latest first, with the summaries that they are.
  func openStates(at index: Int, limit: Int) -> [OpenState] {
    var found: [OpenState] = []
    for entry in remembered[Int(joinNumbers[index])].reversed() where nodes[Int(entry.node)].openWays > 0 {
      found.append(OpenState(state: entry.state, loop: entry.loop, time: entry.time))
      if found.count == limit { break }
    }
    return found
  }

  /// Compares a state with those remembered at the same join. A new one is to be remembered.
  ///
  /// - Parameter values: where the numbers of all states come from; they matter from now on where those of the state
  ///   that covers this one do.
  mutating func visit(_ state: MachineState, at index: Int, _ values: inout ValueGraph) -> Visit {
    let join = Int(joinNumbers[index])
    // The latest first: a loop meets its last round, a join the way just left.
    for number in stride(from: remembered[join].count - 1, through: 0, by: -1) {
      let isOpen = nodes[Int(remembered[join][number].node)].openWays > 0
      // Where something else limits the rounds, coming back is no danger.
      let isLoop = isOpen && !flow.isBounded[index]
      if !isLoop || remembered[join][number].loop != nil {
        let found = compare(remembered[join][number], state, at: index, isOpen ? .included : .covered, values)
        if let demands = found {
          remembered[join][number].hits += 1
          for value in demands { values.require(value) }
          return .covered
        }
      }
      if isLoop && compare(remembered[join][number], state, at: index, .same, values) != nil { return .repeated }
    }
    return .new
  }

  /// The values that matter from now on if `old` covers `new`, or is the same; else `nil`. A function of its own, so that
  /// the comparison has let go of the graph of values when that changes: it would be copied.
  private func compare(
    _ old: Remembered, _ new: MachineState, at index: Int, _ mode: StateComparison.Mode, _ values: ValueGraph
  ) -> [UInt32]? {
    let isBack = mode == .included && !flow.isBounded[index]
    var comparison = StateComparison(
      mode, flow, values, loop: isBack ? old.loop : nil, openRoots: mode == .same ? [] : openLoops.map { $0.root })
    return comparison.compare(old.state, new, at: index) ? comparison.demands : nil
  }

  /// - Parameter loop: the summary that the state is, if it is one.
  mutating func remember(_ state: MachineState, at index: Int, time: Int, loop: LoopSummary? = nil) {
    let join = Int(joinNumbers[index])
    let size = state.byteCount
    while remembered[join].count >= limits.statesPerJoin || rememberedCount >= limits.states
      || rememberedBytes + size > limits.stateBytes
    {
      guard let least = leastUseful(remembered[join]) else { return }
      rememberedBytes -= remembered[join].remove(at: least).state.byteCount
      rememberedCount -= 1
    }
    rememberedBytes += size
    nodes.append(Node(parent: current, openWays: 1))
    current = Int32(truncatingIfNeeded: nodes.count - 1)
    remembered[join].append(Remembered(state: state, node: current, loop: loop, time: time))
    if let loop { openLoops.append((index, current, loop.root)) }
    rememberedCount += 1
  }

  /// The oldest of those that covered the fewest; `nil` where none can go.
  private func leastUseful(_ states: [Remembered]) -> Int? {
    var least: Int?
    for index in states.indices {
      // A loop that is being explored needs its summary.
      if states[index].loop != nil && nodes[Int(states[index].node)].openWays > 0 { continue }
      if let found = least, states[found].hits <= states[index].hits { continue }
      least = index
    }
    return least
  }
}

#if !hasFeature(Embedded)
  extension History {
    /// Whether nodes, open ways and remembered states fit together. For tests; costs as much as all that is remembered.
    func _checkInvariants() -> Bool {
      guard nodes.indices.contains(Int(current)), rememberedCount == remembered.reduce(0, { $0 + $1.count }),
        rememberedCount <= max(limits.states, 1), remembered.allSatisfy({ $0.count <= max(limits.statesPerJoin, 1) })
      else { return false }
      for (index, node) in nodes.enumerated() {
        // Made after its parent, which is open as long as it is.
        guard node.parent < index, node.parent >= -1, node.openWays >= 0 else { return false }
        guard node.openWays == 0 || node.parent < 0 || nodes[Int(node.parent)].openWays > 0 else { return false }
      }
      // A node is remembered at one join, once.
      let numbers = remembered.flatMap { $0.map(\.node) }
      return Set(numbers).count == numbers.count && numbers.allSatisfy { $0 > 0 && Int($0) < nodes.count }
    }
  }
#endif
