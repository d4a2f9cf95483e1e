@testable import EBPFEngine

/// What the verifier says of a program at each of its instructions, and whether a run bears it out.
struct Claims {
  let report: VerificationReport
  private let flow: EBPFEngine.ControlFlow
  private let values: ValueGraph
  private let states: [[MachineState]]

  /// - Parameter isExact: whether the bounds of all numbers count, not only of those that matter.
  init(_ program: Program, _ environment: VerifierEnvironment, isExact: Bool) throws(Refusal) {
    var states = [[MachineState]](repeating: [], count: program.instructions.count)
    let flow = EBPFEngine.ControlFlow(program, helpers: environment.helpers)
    var explorer = Explorer(program, environment, flow)
    explorer.values.requiresAll = isExact
    explorer.observer = { states[$0].append($1) }
    explorer.restarted = { for index in states.indices { states[index] = [] } }
    report = try explorer.explore()
    self.flow = flow
    self.states = states
    values = explorer.values
  }

  /// Whether one of the states at the instruction tells of this one.
  func cover(_ step: SteppedRun.Step, _ places: CheckedRun.Places) -> Bool {
    states[step.index].contains { cover($0, step, places) }
  }

  private func cover(_ state: MachineState, _ step: SteppedRun.Step, _ places: CheckedRun.Places) -> Bool {
    guard state.callers.count == step.callers.count else { return false }
    var index = step.index
    var frame = state.frame
    for depth in stride(from: state.callers.count, through: 0, by: -1) {
      let isCaller = depth < state.callers.count
      let live = flow.live[index] & (isCaller ? 0x3c0 : 0x3ff)
      for register in 0..<10 where live & 1 << UInt16(register) != 0 {
        // Where a pointer leads that nothing follows, the verifier does not compare.
        if frame.registers[register].isPointer && flow.relevant[index] & 1 << UInt16(register) == 0 { continue }
        let number = isCaller ? step.callers[depth].saved[register - 6] : step.registers[register]
        guard holds(frame.registers[register], number, step, places) else { return false }
      }
      let top = step.space.stackTop - UInt64(depth * AddressSpace.frameSize)
      for slot in frame.stack.indices where !holds(frame.stack[slot], top - UInt64(8 * slot + 8), step, places) {
        return false
      }
      guard depth > 0 else { break }
      guard Int(frame.returnIndex) == step.callers[depth - 1].returnIndex else { return false }
      index = step.callers[depth - 1].returnIndex
      frame = state.callers[depth - 1]
    }
    return true
  }

  private func holds(
    _ slot: StackSlot, _ address: UInt64, _ step: SteppedRun.Step, _ places: CheckedRun.Places
  ) -> Bool {
    let top = step.space.stackTop
    let storage = step.space.stack + AddressSpace.stackSize - Int(top - address)
    let bytes = storage.loadUnaligned(as: UInt64.self)
    let zero = values.isPrecise(slot.zeroValue) ? slot.zero & ~slot.spillMask : 0
    for byte in 0..<UInt64(8) where zero & 1 << UInt8(byte) != 0 && bytes >> (8 * byte) & 0xff != 0 { return false }
    guard slot.spillMask != 0 else { return true }
    let (first, count) = (UInt64(slot.spillMask.trailingZeroBitCount), UInt64(slot.spillMask.nonzeroBitCount))
    let number = bytes >> (8 * first) & (count == 8 ? .max : 1 << (8 * count) - 1)
    return holds(slot.spill, number, step, places)
  }

  private func holds(
    _ register: RegisterState, _ number: UInt64, _ step: SteppedRun.Step, _ places: CheckedRun.Places
  ) -> Bool {
    func isAt(_ base: UInt64) -> Bool { register.scalar.contains(number &- base) }
    let object = Int(register.object)
    switch register.kind {
    case .uninitialised: return true
    case .scalar: return !values.isPrecise(register.id) || register.scalar.contains(number)
    case .context: return isAt(places.context)
    case .stack: return isAt(step.space.stackTop - UInt64(object * AddressSpace.frameSize))
    case .map: return number == places.mapHandle + UInt64(object)
    case .mapValueOrNull: return number == 0 || places.values[object].contains(where: isAt)
    case .mapValue: return places.values[object].contains(where: isAt)
    case .region: return isAt(places.region)
    // The programs that are drawn here have none of these.
    case .recordOrNull, .record, .mapKey, .mapOrNull, .function, .packet, .packetMeta, .packetEnd: return true
    }
  }
}
