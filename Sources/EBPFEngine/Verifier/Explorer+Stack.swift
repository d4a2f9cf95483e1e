extension Explorer {
  /// Bytes of a frame that `size` bytes at `pointer + distance` can be; exactly those when `isExact`.
  func stackRange(
    _ pointer: RegisterState, _ register: Register, _ distance: Int64, _ size: Int
  ) throws(Reason) -> (range: StackRange, isExact: Bool) {
    let offsets = offsets(pointer, distance)
    let (low, high) = (offsets.wide.signed.min, offsets.wide.signed.max)
    let frameSize = AddressSpace.frameSize
    guard low >= Int64(-frameSize) && size <= frameSize && high <= Int64(-size) else {
      throw .outOfBounds(register, .stack, min: low, max: high, size: size, limit: frameSize)
    }
    let first = Int(truncatingIfNeeded: low)
    return (StackRange(first: first, size: Int(truncatingIfNeeded: high) - first + size), low == high)
  }

  mutating func readStack(
    _ pointer: RegisterState, _ base: Register, _ distance: Int64, _ size: Int
  ) throws(Reason) -> RegisterState {
    let (range, isExact) = try stackRange(pointer, base, distance, size)
    guard isExact else {
      try checkReadable(range, frame: pointer.object, base)
      return RegisterState(Scalar(bytes: UInt64(size)))
    }
    var result = RegisterState.uninitialised
    let frame = state.frame(pointer.object)
    var place = 0
    var isWhole = false
    try range.forEachSlot { (index, mask) throws(Reason) in
      let slot = frame.slot(index)
      guard slot.initialised & mask == mask else {
        throw .uninitialisedStack(base, offset: range.first, size: size)
      }
      guard !slot.holdsPointer || slot.spillMask == mask else { throw .corruptsSpill(offset: range.first) }
      result = slot.load(first: mask.trailingZeroBitCount, size: size)
      isWhole = slot.spillMask == mask
      place = index
    }
    // What is learnt of the register holds for the slot that it came from.
    if isWhole && result.isScalar && result.id == 0 && result.scalar.constant == nil {
      let id = newID()
      result.id = id
      state.updateSlot(frame: pointer.object, place) { $0.spill.id = id }
    }
    return result
  }

  mutating func writeStack(
    _ pointer: RegisterState, _ base: Register, _ distance: Int64, _ size: Int, _ value: RegisterState,
    from source: Register
  ) throws(Reason) {
    let (range, isExact) = try stackRange(pointer, base, distance, size)
    if value.isPointer {
      guard size == 8 && isExact else { throw .spillSize(source) }
      // The frame of a caller outlives that of the function.
      guard value.kind != .stack || value.object <= pointer.object else { throw .frameLeak(source) }
    }
    let frame = state.frame(pointer.object)
    try range.forEachSlot { (index, mask) throws(Reason) in
      guard !frame.slot(index).holdsPointer || (isExact && mask == 0xff) else {
        throw .corruptsSpill(offset: range.first)
      }
    }
    range.forEachSlot { index, mask in
      state.updateSlot(frame: pointer.object, index) { slot in
        if isExact {
          slot.store(value, first: mask.trailingZeroBitCount, size: size)
        } else {
          slot.mayOverwrite(mask)
        }
      }
    }
  }

  /// Every byte was written and none is of a pointer.
  func checkReadable(_ range: StackRange, frame number: Int32, _ register: Register) throws(Reason) {
    let frame = state.frame(number)
    try range.forEachSlot { (index, mask) throws(Reason) in
      let slot = frame.slot(index)
      guard slot.initialised & mask == mask else {
        throw .uninitialisedStack(register, offset: range.first, size: range.size)
      }
      guard !slot.holdsPointer else { throw .pointerLeak(register) }
    }
  }

  /// A helper writes the first `size` bytes of a range, and may write the rest.
  mutating func overwrite(_ range: StackRange, frame number: Int32, certainly size: Int) throws(Reason) {
    let frame = state.frame(number)
    try range.forEachSlot { (index, _) throws(Reason) in
      guard !frame.slot(index).holdsPointer else { throw .corruptsSpill(offset: range.first) }
    }
    range.forEachSlot { index, mask in state.updateSlot(frame: number, index) { $0.mayOverwrite(mask) } }
    StackRange(first: range.first, size: size).forEachSlot { index, mask in
      state.updateSlot(frame: number, index) { $0.overwrite(mask) }
    }
  }
}
