/// What is known of all registers and stacks before an instruction.
struct MachineState: Equatable, Sendable {
  /// The running function's frame.
  var frame: Frame
  /// Those of its callers, the program's first.
  var callers: [Frame] = []

  var depth: Int { callers.count + 1 }
  var frameNumber: Int32 { Int32(truncatingIfNeeded: callers.count) }

  func frame(_ number: Int32) -> Frame {
    number >= 0 && Int(number) < callers.count ? callers[Int(number)] : frame
  }

  mutating func updateSlot(frame number: Int32, _ slot: Int, _ change: (inout StackSlot) -> Void) {
    if number >= 0 && Int(number) < callers.count {
      callers[Int(number)].updateSlot(slot, change)
    } else {
      frame.updateSlot(slot, change)
    }
  }

  mutating func updateCopies(of id: UInt32, _ change: (inout RegisterState) -> Void) {
    frame.updateCopies(of: id, change)
    for index in callers.indices { callers[index].updateCopies(of: id, change) }
  }
}
