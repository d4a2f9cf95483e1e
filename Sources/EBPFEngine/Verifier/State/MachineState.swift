/// What is known of all registers and stacks before an instruction.
struct MachineState: Equatable, Sendable {
  /// The running function's frame.
  var frame: Frame
  /// Those of its callers, the program's first.
  var callers: [Frame] = []
  /// The `id` of each record that the program has to give away before it ends, in the order in which it got them.
  var records: [UInt32] = []

  /// Bytes that it takes, where it shares nothing with others.
  var byteCount: Int { callers.reduce(frame.byteCount) { $0 + $1.byteCount } }

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

  /// Stores `value`, of `size` bytes, at a range of a frame: there, or (not `isExact`) somewhere in it.
  mutating func write(
    _ value: RegisterState, _ size: Int, to range: StackRange, frame number: Int32, isExact: Bool,
    _ values: inout ValueGraph
  ) {
    guard isExact else { return overwrite(range, frame: number, certainly: false, &values) }
    range.forEachSlot { index, mask in
      updateSlot(frame: number, index) {
        $0.store(value, first: mask.trailingZeroBitCount, size: size, &values)
      }
    }
  }

  /// Something is written to all bytes of a range of a frame, or (not `certainly`) to any of them.
  mutating func overwrite(
    _ range: StackRange, frame number: Int32, certainly: Bool, _ values: inout ValueGraph
  ) {
    range.forEachSlot { index, mask in
      updateSlot(frame: number, index) { $0.overwrite(mask, certainly: certainly, &values) }
    }
  }

  /// Forgets every pointer to a record, or into the packet, that `isGone`: registers and stored ones.
  mutating func forget(_ isGone: (RegisterState) -> Bool) {
    frame.forget(isGone)
    for index in callers.indices { callers[index].forget(isGone) }
  }

  /// The packet has the bytes before a place, and `more` behind it.
  mutating func extendReach(of place: RegisterState, by more: Int) {
    guard let offset = place.scalar.constant, offset <= UInt64(Explorer.maximumPacketSize),
      Int(place.object) + Int(offset) <= Explorer.maximumPacketSize
    else { return }
    let reach = Int(offset) + more
    update { register in
      guard register.kind == place.kind && register.id == place.id else { return }
      register.reach = max(register.reach, reach)
    }
  }

  /// Applies `change` to every register and every one that is stored in a stack.
  mutating func update(_ change: (inout RegisterState) -> Void) {
    frame.update(change)
    for index in callers.indices { callers[index].update(change) }
  }

  mutating func updateCopies(of id: UInt32, _ change: (inout RegisterState) -> Void) {
    frame.updateCopies(of: id, change)
    for index in callers.indices { callers[index].updateCopies(of: id, change) }
  }
}
