/// Registers and stack of one function call.
struct Frame: Equatable, Sendable {
  /// r0 to r10.
  var registers: [RegisterState]
  /// Slot 0 ends at the frame's upper end; slots that are missing are uninitialised.
  private(set) var stack: [StackSlot] = []
  /// Index of the instruction after the call that made this frame; -1 in the first.
  let returnIndex: Int32
  /// Whether a helper called the function: then `returnIndex` is the helper's call, which goes on with the next round, and
  /// the caller keeps r1 to r5 until the last.
  let isCallback: Bool
  /// Records that the program had when the function was called.
  let recordCount: Int

  static var slotCount: Int { AddressSpace.frameSize / 8 }

  init(number: Int32, returnIndex: Int32, isCallback: Bool = false, recordCount: Int = 0) {
    self.isCallback = isCallback
    self.recordCount = recordCount
    registers = .init(repeating: .uninitialised, count: 11)
    registers[10] = RegisterState(.stack, object: number)
    self.returnIndex = returnIndex
  }

  /// Bytes that it takes, two headers of arrays included.
  var byteCount: Int {
    64 + registers.count * MemoryLayout<RegisterState>.stride + stack.count * MemoryLayout<StackSlot>.stride
  }

  subscript(_ register: Register) -> RegisterState {
    get { registers[Int(register.index)] }
    set { registers[Int(register.index)] = newValue }
  }

  func slot(_ index: Int) -> StackSlot { index < stack.count ? stack[index] : StackSlot() }

  mutating func updateSlot(_ index: Int, _ change: (inout StackSlot) -> Void) {
    guard index >= 0 && index < Self.slotCount else { return }
    while stack.count <= index { stack.append(StackSlot()) }
    change(&stack[index])
  }

  /// Applies `change` to every register and every one that is stored in the stack.
  mutating func update(_ change: (inout RegisterState) -> Void) {
    for index in registers.indices { change(&registers[index]) }
    for index in stack.indices where stack[index].spillMask != 0 { change(&stack[index].spill) }
  }

  /// Forgets every pointer that `isGone`. Of one that was stored nothing is left to read, not even as a number.
  mutating func forget(_ isGone: (RegisterState) -> Bool) {
    for index in registers.indices where isGone(registers[index]) { registers[index] = .uninitialised }
    for index in stack.indices where stack[index].spillMask != 0 && isGone(stack[index].spill) {
      stack[index] = StackSlot()
    }
  }

  /// Gives every copy of the value `id` what `change` makes of it.
  mutating func updateCopies(of id: UInt32, _ change: (inout RegisterState) -> Void) {
    for index in registers.indices where registers[index].id == id { change(&registers[index]) }
    for index in stack.indices where stack[index].spillMask != 0 && stack[index].spill.id == id {
      change(&stack[index].spill)
    }
  }

  /// Forgets r1 to r5, as every call does.
  mutating func forgetArguments() {
    for index in 1...5 { registers[index] = .uninitialised }
  }
}

/// Bytes of a stack frame, cut at the slots that they touch. Offsets count from the frame's upper end (-512 to -1).
struct StackRange {
  let first: Int
  let size: Int

  /// Calls `body` with the slot's index and the mask of its bytes.
  func forEachSlot<E: Error>(_ body: (Int, UInt8) throws(E) -> Void) throws(E) {
    var offset = first
    let end = first + size
    while offset < end {
      // Slot n holds offsets -8(n + 1) through -8n - 1.
      let slot = (-offset - 1) / 8
      let start = -8 * (slot + 1)
      let next = min(end, start + 8)
      try body(slot, StackSlot.mask(offset - start, next - offset))
      offset = next
    }
  }
}
