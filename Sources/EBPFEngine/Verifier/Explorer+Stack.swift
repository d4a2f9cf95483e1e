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
      return newNumber(Scalar(bytes: UInt64(size)))
    }
    var result = RegisterState.uninitialised
    let frame = state.frame(pointer.object)
    try range.forEachSlot { (index, mask) throws(Reason) in
      let slot = frame.slot(index)
      guard slot.initialised & mask == mask else {
        throw .uninitialisedStack(base, offset: range.first, size: size)
      }
      guard !slot.holdsPointer || slot.spillMask == mask || environment.allowsLeaks else {
        throw .corruptsSpill(offset: range.first)
      }
      result = slot.load(first: mask.trailingZeroBitCount, size: size)
      guard slot.spillMask != mask else { return }
      result = RegisterState(result.scalar, id: values.add(slot.source(of: mask)))
    }
    return result
  }

  mutating func writeStack(
    _ pointer: RegisterState, _ base: Register, _ distance: Int64, _ size: Int, _ value: RegisterState,
    from source: Register
  ) throws(Reason) {
    let (range, isExact) = try stackRange(pointer, base, distance, size)
    var value = value
    if value.isPointer && (size != 8 || !isExact) && environment.allowsLeaks { value = newNumber(.unknown) }
    if value.isPointer {
      guard size == 8 && isExact else { throw .spillSize(source) }
      // The frame of a caller outlives that of the function.
      guard value.kind != .stack || value.object <= pointer.object else { throw .frameLeak(source) }
    }
    let frame = state.frame(pointer.object)
    try range.forEachSlot { (index, mask) throws(Reason) in
      let slot = frame.slot(index)
      guard !slot.holdsPointer || (isExact && mask == 0xff) || environment.overwritesPointers else {
        throw .corruptsSpill(offset: range.first)
      }
    }
    if size != 8 && !value.isPointer { value = part(value, size) }
    state.write(value, size, to: range, frame: pointer.object, isExact: isExact, &values)
  }

  /// The lower `size` bytes of a number, which are the number itself where it has no others.
  private mutating func part(_ value: RegisterState, _ size: Int) -> RegisterState {
    if size == 4 { return lowHalf(value) }
    let low = value.scalar.truncated(toBits: UInt8(size * 8))
    return low == value.scalar ? value : newNumber(low, of: value)
  }

  /// Every byte was written and none is of a pointer.
  func checkReadable(_ range: StackRange, frame number: Int32, _ register: Register) throws(Reason) {
    let frame = state.frame(number)
    try range.forEachSlot { (index, mask) throws(Reason) in
      let slot = frame.slot(index)
      guard slot.initialised & mask == mask else {
        throw .uninitialisedStack(register, offset: range.first, size: range.size)
      }
      guard !slot.holdsPointer || environment.allowsLeaks else { throw .pointerLeak(register) }
    }
  }

  /// A helper writes the first `size` bytes of a range, and may write the rest.
  mutating func overwrite(_ range: StackRange, frame number: Int32, certainly size: Int) throws(Reason) {
    let frame = state.frame(number)
    try range.forEachSlot { (index, _) throws(Reason) in
      guard !frame.slot(index).holdsPointer || environment.overwritesPointers else {
        throw .corruptsSpill(offset: range.first)
      }
    }
    state.overwrite(range, frame: number, certainly: false, &values)
    state.overwrite(StackRange(first: range.first, size: size), frame: number, certainly: true, &values)
  }
}
