/// Decides whether what is known now is covered by what was known when the same place was explored before: then
/// nothing new can happen from here.
struct StateComparison {
  enum Mode {
    /// Bounds of numbers count where something that was proved from the old state relied on them.
    case covered
    /// Bounds of all numbers count: the old state is still being explored, and what relies on it is not known.
    case included
    /// The program would do the same again: all numbers count that it may look at.
    case same
  }

  let mode: Mode
  let flow: ControlFlow
  let values: ValueGraph
  /// The summary that the old state is, where the new one comes back to it: the loop's counter has to have moved.
  private let loop: LoopSummary?
  /// Counters of the loops that are being explored by summaries. What follows from the old state moves them on by so much
  /// from what they are there, so they have to be as far along in the new one.
  private let openRoots: [UInt32]
  /// Values of the new state whose bounds matter from now on, since those of the old one do.
  private(set) var demands: [UInt32] = []
  /// Pairs of values: copies in the old state have to be copies in the new one.
  private var ids: [(old: UInt32, new: UInt32)] = []

  init(
    _ mode: Mode, _ flow: ControlFlow, _ values: ValueGraph, loop: LoopSummary? = nil, openRoots: [UInt32] = []
  ) {
    self.mode = mode
    self.loop = loop
    self.openRoots = openRoots
    self.flow = flow
    self.values = values
  }

  /// Whether `new` at instruction `index` is covered by, or the same as, `old`.
  mutating func compare(_ old: MachineState, _ new: MachineState, at index: Int) -> Bool {
    guard old.depth == new.depth, old.records.count == new.records.count else { return false }
    for number in old.records.indices where !match(old.records[number], new.records[number]) { return false }
    guard compare(old.frame, new.frame, at: index, calledBy: nil) else { return false }
    var inner = old.frame
    for number in stride(from: old.callers.count - 1, through: 0, by: -1) {
      let frame = old.callers[number]
      guard compare(frame, new.callers[number], at: Int(inner.returnIndex), calledBy: inner) else { return false }
      inner = frame
    }
    return true
  }

  private mutating func compare(_ old: Frame, _ new: Frame, at index: Int, calledBy callee: Frame?) -> Bool {
    guard old.returnIndex == new.returnIndex && old.isCallback == new.isCallback else { return false }
    // A caller gets r0 from its callee, and r1 to r5 are gone, unless a helper called the callee.
    let kept: UInt16 = callee.map { $0.isCallback ? 0x3fe : 0x3c0 } ?? 0x3ff
    let live = flow.live[index] & kept
    let relevant = flow.relevant[index] & kept
    for register in 0..<10 where live & 1 << UInt16(register) != 0 {
      let isRelevant = relevant & 1 << UInt16(register) != 0
      guard compare(old.registers[register], new.registers[register], isRelevant) else { return false }
    }
    for slot in old.stack.indices where !compare(old.stack[slot], new.slot(slot)) { return false }
    if mode == .same && new.stack.count > old.stack.count {
      for slot in old.stack.count..<new.stack.count where new.stack[slot].initialised != 0 { return false }
    }
    return true
  }

  private mutating func compare(_ old: RegisterState, _ new: RegisterState, _ isRelevant: Bool) -> Bool {
    if old.kind == .uninitialised { return mode != .same || new.kind == .uninitialised }
    guard old.kind == new.kind && old.object == new.object else { return false }
    if old.kind.isPacket {
      guard mode == .same ? old.reach == new.reach : old.reach <= new.reach, (old.id == 0) == (new.id == 0) else {
        return false
      }
    }
    if old.isScalar { return compareNumbers(old, new, isRelevant) }
    if isRelevant {
      guard mode != .same ? old.scalar.contains(new.scalar) : old.scalar == new.scalar else { return false }
    }
    return old.kind.hasIdentity ? match(old.id, new.id) : true
  }

  /// Whether the counters of open loops are where they have to be.
  private func compareCounters(_ old: UInt32, _ new: UInt32) -> Bool {
    for root in openRoots {
      guard let before = values.distance(of: old, from: root) else { continue }
      guard let now = values.distance(of: new, from: root) else { return false }
      if let loop, loop.root == root, old == root {
        guard loop.isRising ? now > 0 : now < 0 else { return false }
      } else {
        guard now == before else { return false }
      }
    }
    return true
  }

  private mutating func compareNumbers(_ old: RegisterState, _ new: RegisterState, _ isRelevant: Bool) -> Bool {
    guard compareCounters(old.id, new.id) else { return false }
    switch mode {
    case .same:
      guard isRelevant else { return true }
      return old.scalar == new.scalar && (old.scalar.constant != nil || match(old.id, new.id))
    case .covered, .included:
      guard isPrecise(old.id) else { return true }
      guard old.scalar.contains(new.scalar) else { return false }
      // What holds for every number is known without a look at where it comes from.
      if !old.scalar.isUnknown { demands.append(new.id) }
      guard old.scalar.constant == nil else { return true }
      guard old.lowHalfOf == 0 || !isPrecise(old.lowHalfOf) || match(old.lowHalfOf, new.lowHalfOf) else {
        return false
      }
      return match(old.id, new.id)
    }
  }

  private mutating func compare(_ old: StackSlot, _ new: StackSlot) -> Bool {
    if mode == .same && old.initialised != new.initialised { return false }
    guard old.initialised & ~new.initialised == 0 else { return false }
    // Zeros of a stored number count as far as the number does.
    let zero = old.zero & ~old.spillMask
    if zero != 0 && (mode == .same || isPrecise(old.zeroValue)) {
      guard zero & ~new.zero == 0 else { return false }
      if zero & new.spillMask != 0 { demands.append(new.spill.value) }
      if zero & ~new.spillMask != 0 { demands.append(new.zeroValue) }
    }
    guard old.spillMask != 0, !old.spill.isScalar || mode == .same || isPrecise(old.spill.id) || isCounter(old.spill.id)
    else {
      // Anything but a pointer will do, where it can be read at all.
      return old.initialised == 0 || !new.holdsPointer
    }
    return old.spillMask == new.spillMask && compare(old.spill, new.spill, true)
  }

  /// Whether something may rely on what is known of a value of the old state.
  private func isPrecise(_ value: UInt32) -> Bool { mode == .included || values.isPrecise(value) }

  private func isCounter(_ value: UInt32) -> Bool {
    openRoots.contains { values.distance(of: value, from: $0) != nil }
  }

  private mutating func match(_ old: UInt32, _ new: UInt32) -> Bool {
    guard old != 0 else { return true }
    for pair in ids where pair.old == old { return pair.new == new && new != 0 }
    ids.append((old, new))
    return true
  }
}
