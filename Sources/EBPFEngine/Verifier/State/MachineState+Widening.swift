extension MachineState {
  /// Lets go of what is known of numbers that are not what they were when the same way came here the last time, as far as
  /// nothing relied on it: rounds of a loop whose number has a limit elsewhere look the same then. What is lost is
  /// knowledge only.
  mutating func widen(from old: MachineState, _ values: inout ValueGraph) {
    guard depth == old.depth, frame.returnIndex == old.frame.returnIndex else { return }
    for index in callers.indices where callers[index].returnIndex != old.callers[index].returnIndex { return }
    var widened: [(old: UInt32, new: UInt32)] = []
    frame.widen(from: old.frame, &values, &widened)
    for index in callers.indices { callers[index].widen(from: old.callers[index], &values, &widened) }
  }
}

extension Frame {
  fileprivate mutating func widen(
    from old: Frame, _ values: inout ValueGraph, _ widened: inout [(old: UInt32, new: UInt32)]
  ) {
    for index in 0..<10 {
      registers[index].widen(from: old.registers[index], size: 8, &values, &widened)
    }
    for index in stack.indices {
      let before = old.slot(index)
      guard stack[index].spillMask != 0 && stack[index].spillMask == before.spillMask else { continue }
      let size = stack[index].spillMask.nonzeroBitCount
      var spill = stack[index].spill
      spill.widen(from: before.spill, size: UInt64(size), &values, &widened)
      guard spill != stack[index].spill else { continue }
      updateSlot(index) {
        $0.spill = spill
        // Its zeros were known by the number.
        $0.zero &= ~$0.spillMask
      }
    }
  }
}

extension RegisterState {
  fileprivate mutating func widen(
    from old: RegisterState, size: UInt64, _ values: inout ValueGraph,
    _ widened: inout [(old: UInt32, new: UInt32)]
  ) {
    guard isScalar && old.isScalar && !values.isPrecise(old.id) && !old.scalar.contains(scalar) else { return }
    let number = id
    // Copies stay copies.
    if let known = widened.first(where: { $0.old == number && number != 0 }) {
      id = known.new
    } else {
      id = values.add()
      widened.append((number, id))
    }
    scalar = size == 8 ? .unknown : Scalar(bytes: size)
    lowHalfOf = 0
  }
}
