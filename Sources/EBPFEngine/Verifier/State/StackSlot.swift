/// Eight aligned bytes of a stack frame. Bit n of the masks is byte n.
struct StackSlot: Equatable, Sendable {
  /// Bytes that were written.
  var initialised: UInt8 = 0
  /// Bytes known to be 0; those of `spillMask` only as far as the number stored there is known.
  var zero: UInt8 = 0
  /// The value in the `ValueGraph` that the zeros outside of `spillMask` are due to.
  private(set) var zeroValue: UInt32 = 0
  /// A register stored here (`spillMask` not 0): its lower bytes are in the bytes of the mask.
  var spillMask: UInt8 = 0
  var spill = RegisterState.uninitialised

  var holdsPointer: Bool { spillMask != 0 && spill.isPointer }

  /// Mask of `size` bytes from byte `first`.
  static func mask(_ first: Int, _ size: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: (1 << UInt32(truncatingIfNeeded: size)) - 1) << UInt8(truncatingIfNeeded: first)
  }

  /// Forgets what the bytes of `mask` held; they are initialised now.
  private mutating func overwrite(_ mask: UInt8) {
    if spillMask & mask != 0 {
      // What is left of an address is nobody's to read.
      if spill.isPointer { initialised &= ~spillMask }
      spillMask = 0
      spill = .uninitialised
    }
    initialised |= mask
    zero &= ~mask
  }

  /// The same for bytes of which any may have been written.
  private mutating func mayOverwrite(_ mask: UInt8) {
    let wasInitialised = holdsPointer && spillMask & mask != 0 ? initialised & ~spillMask : initialised
    overwrite(mask)
    initialised = wasInitialised
  }

  /// Forgets what the bytes of `mask` held, and with them the number that other bytes are of; their zeros stay known.
  mutating func overwrite(_ mask: UInt8, certainly: Bool = true, _ values: inout ValueGraph) {
    if spillMask & mask != 0 && zero & spillMask & ~mask != 0 {
      zeroValue = values.add(spill.value, zeroValue)
    }
    if certainly { overwrite(mask) } else { mayOverwrite(mask) }
  }

  /// Forgets the number stored here; its bytes stay written.
  mutating func forgetNumber() {
    spillMask = 0
    spill = .uninitialised
  }

  /// Stores `value`, which is of `size` bytes, at byte `first`.
  mutating func store(_ value: RegisterState, first: Int, size: Int, _ values: inout ValueGraph) {
    let mask = Self.mask(first, size)
    overwrite(mask, &values)
    if let number = value.scalar.constant, value.isScalar {
      for byte in 0..<size where number >> UInt64(8 * byte) & 0xff == 0 { zero |= 1 << UInt8(first + byte) }
    }
    // A part of a slot is worth remembering only when no other part is already remembered.
    guard spillMask == 0 else {
      if zero & mask != 0 { zeroValue = values.add(value.value, zeroValue) }
      return
    }
    spill = value
    spillMask = mask
  }

  /// The value that decides what is known of the bytes of `mask`, which lie in the stored number or outside of it.
  func source(of mask: UInt8) -> UInt32 { spillMask & mask != 0 ? spill.value : zero & mask != 0 ? zeroValue : 0 }

  /// What a read of `size` bytes from byte `first` gives, zero-extended; all bytes are initialised and no pointer's part.
  /// The value is the stored one only where it is read whole.
  func load(first: Int, size: Int) -> RegisterState {
    let mask = Self.mask(first, size)
    if spillMask == mask { return spill }
    if zero & mask == mask { return RegisterState(Scalar(0)) }
    if spillMask & mask == mask, spill.isScalar {
      let shift = UInt64(8 * (first - spillMask.trailingZeroBitCount))
      let shifted = Scalar.apply(.shiftRight, .bits64, spill.scalar, Scalar(shift))
      return RegisterState(shifted.truncated(toBits: UInt8(size * 8)))
    }
    return RegisterState(Scalar(bytes: UInt64(size)))
  }
}
