/// A state at the head of a loop that stands for all rounds from there on: of what changes from round to round, only
/// limits are known. A way that comes back in a state that this one includes ends, as long as the loop's counter has
/// moved: rounds end since the counter moves in one direction only, between limits.
struct LoopSummary {
  /// Number of the counter in the summary's state.
  let root: UInt32
  /// Whether the counter counts up.
  let isRising: Bool
  /// Rounds that the counter's limits allow.
  let rounds: UInt64
}

/// Where a frame holds a number.
enum NumberPlace: Equatable {
  case register(Int)
  case slot(Int)

  func number(in frame: Frame) -> RegisterState? {
    switch self {
    case .register(let index): frame.registers[index].isScalar ? frame.registers[index] : nil
    case .slot(let index):
      frame.slot(index).spillMask != 0 && frame.slot(index).spill.isScalar ? frame.slot(index).spill : nil
    }
  }
}

/// A number that a loop counts by, before the next round.
struct LoopCounter {
  let place: NumberPlace
  /// How far it moves in a round.
  let step: Int64
  /// All that it can be, from the next round to the last.
  let range: Scalar
  /// Rounds to come.
  let rounds: UInt64
}

extension MachineState {
  /// Makes this state, which comes `after` another one a round earlier, stand for the rounds that follow. What changed
  /// in the round is forgotten, but for limits: those of the counters, and, of numbers that something relied on, those of
  /// their bits as long as `keepsBits`.
  ///
  /// - Parameter earlierRoots: the counters of earlier summaries at this place; no number follows from them any more, so
  ///   that no way leads back there.
  /// - Returns: the values of the counters, in their order; `nil`, and a state that is of no use, where a pointer moved.
  mutating func generalise(
    after old: MachineState, live: UInt16, counters: [LoopCounter], keepsBits: Bool, earlierRoots: [UInt32],
    _ values: inout ValueGraph
  ) -> [UInt32]? {
    guard depth == old.depth, frame.returnIndex == old.frame.returnIndex, records.count == old.records.count else {
      return nil
    }
    for index in callers.indices where callers[index].returnIndex != old.callers[index].returnIndex { return nil }
    var renaming = Renaming(keepsBits: keepsBits, earlierRoots: earlierRoots)
    var roots: [UInt32] = []
    for counter in counters {
      guard let number = counter.place.number(in: frame) else { return nil }
      // Its limits hold for what it is now because of what was known of it.
      let root = values.add(number.id)
      renaming.numbers.append((number.id, root, counter.range))
      roots.append(root)
    }
    guard frame.generalise(after: old.frame, live: live, &renaming, &values) else { return nil }
    for index in callers.indices {
      guard callers[index].generalise(after: old.callers[index], live: 0x3ff, &renaming, &values) else { return nil }
    }
    return roots
  }
}

/// New values of the numbers that were forgotten; copies stay copies.
private struct Renaming {
  let keepsBits: Bool
  let earlierRoots: [UInt32]
  var numbers: [(old: UInt32, new: UInt32, scalar: Scalar)] = []
}

extension Frame {
  fileprivate mutating func generalise(
    after old: Frame, live: UInt16, _ renaming: inout Renaming, _ values: inout ValueGraph
  ) -> Bool {
    for index in 0..<10 where live & 1 << UInt16(index) != 0 {
      guard registers[index].generalise(after: old.registers[index], size: 8, &renaming, &values) else { return false }
    }
    for index in stack.indices {
      var slot = stack[index]
      slot.generalise(after: old.slot(index), &renaming, &values)
      updateSlot(index) { $0 = slot }
    }
    return true
  }
}

extension StackSlot {
  fileprivate mutating func generalise(
    after old: StackSlot, _ renaming: inout Renaming, _ values: inout ValueGraph
  ) {
    guard self != old else { return }
    guard initialised == old.initialised && spillMask == old.spillMask && holdsPointer == old.holdsPointer else {
      if holdsPointer || old.holdsPointer {
        self = StackSlot()
      } else {
        initialised &= old.initialised
        forgetNumber()
        zero = 0
      }
      return
    }
    zero &= old.zero | spillMask
    guard spillMask != 0 else { return }
    let before = spill
    guard spill.generalise(after: old.spill, size: UInt64(spillMask.nonzeroBitCount), &renaming, &values) else {
      self = StackSlot()
      return
    }
    // Zeros of a number were known by the number.
    if spill != before { zero &= ~spillMask }
  }
}

extension RegisterState {
  /// `false` where a pointer is not what it was.
  fileprivate mutating func generalise(
    after old: RegisterState, size: UInt64, _ renaming: inout Renaming, _ values: inout ValueGraph
  ) -> Bool {
    guard isScalar && old.isScalar else {
      if kind == .uninitialised || old.kind == .uninitialised {
        self = .uninitialised
        return true
      }
      return kind == old.kind && object == old.object && old.scalar.contains(scalar) && reach == old.reach
        && (id == 0) == (old.id == 0)
    }
    let number = id
    if number != 0, let known = renaming.numbers.first(where: { $0.old == number }) {
      id = known.new
      scalar = known.scalar
      lowHalfOf = 0
      return true
    }
    guard !old.scalar.contains(scalar) else {
      guard renaming.earlierRoots.contains(where: { values.distance(of: number, from: $0) != nil }) else { return true }
      id = values.add(number)
      lowHalfOf = 0
      renaming.numbers.append((number, id, scalar))
      return true
    }
    let all = size == 8 ? .unknown : Scalar(bytes: size)
    scalar = values.isPrecise(number) ? limits(after: old, all, keepsBits: renaming.keepsBits) : all
    id = scalar == all ? values.add() : values.add(number)
    lowHalfOf = 0
    renaming.numbers.append((number, id, scalar))
    return true
  }

  /// Limits that a number which changes may keep to: the bits that its numbers have needed.
  private func limits(after old: RegisterState, _ all: Scalar, keepsBits: Bool) -> Scalar {
    let most = max(scalar.wide.unsigned.max, old.scalar.wide.unsigned.max)
    if keepsBits && most < 1 << 16 { return Scalar(from: 0, through: (1 << UInt64(64 - most.leadingZeroBitCount)) - 1) }
    return most <= UInt64(UInt32.max) ? Scalar(bytes: 4) : all
  }
}
