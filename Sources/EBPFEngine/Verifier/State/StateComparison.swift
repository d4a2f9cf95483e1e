/// Decides whether what is known now is covered by what was known when the same place was explored before: then
/// nothing new can happen from here.
struct StateComparison {
  enum Mode { case covered, same }

  let mode: Mode
  let flow: ControlFlow
  /// Pairs of value numbers: copies in the old state have to be copies in the new one.
  private var ids: [(old: UInt32, new: UInt32)] = []

  init(_ mode: Mode, _ flow: ControlFlow) {
    self.mode = mode
    self.flow = flow
  }

  /// Whether `new` at instruction `index` is covered by, or the same as, `old`.
  mutating func compare(_ old: MachineState, _ new: MachineState, at index: Int) -> Bool {
    guard old.depth == new.depth, compare(old.frame, new.frame, at: index, isCaller: false) else { return false }
    var inner = old.frame
    for number in stride(from: old.callers.count - 1, through: 0, by: -1) {
      let frame = old.callers[number]
      guard compare(frame, new.callers[number], at: Int(inner.returnIndex), isCaller: true) else { return false }
      inner = frame
    }
    return true
  }

  private mutating func compare(_ old: Frame, _ new: Frame, at index: Int, isCaller: Bool) -> Bool {
    guard old.returnIndex == new.returnIndex else { return false }
    // A caller gets r0 from its callee, and r1 to r5 are gone.
    let kept: UInt16 = isCaller ? 0x3c0 : 0x3ff
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
    if old.kind == .uninitialised { return mode == .covered || new.kind == .uninitialised }
    guard old.kind == new.kind && old.object == new.object else { return false }
    if isRelevant {
      guard mode == .covered ? old.scalar.contains(new.scalar) : old.scalar == new.scalar else { return false }
    }
    return isRelevant || old.kind == .mapValueOrNull ? match(old.id, new.id) : true
  }

  private mutating func compare(_ old: StackSlot, _ new: StackSlot) -> Bool {
    if mode == .same && old.initialised != new.initialised { return false }
    guard old.initialised & ~new.initialised == 0 && old.zero & ~new.zero == 0 else { return false }
    if old.spillMask == 0 || (old.spill.isScalar && old.spill.scalar.isUnknown && old.spill.id == 0) {
      // Plain bytes: anything but a pointer will do, where they can be read at all.
      return old.initialised == 0 || !new.holdsPointer
    }
    return old.spillMask == new.spillMask && compare(old.spill, new.spill, true)
  }

  private mutating func match(_ old: UInt32, _ new: UInt32) -> Bool {
    guard old != 0 else { return true }
    for pair in ids where pair.old == old { return pair.new == new && new != 0 }
    ids.append((old, new))
    return true
  }
}
