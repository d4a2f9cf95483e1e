/// A decoded program: every instruction valid by itself, every jump and call to the start of an instruction, no way
/// past the end. Whether it is *safe* is the verifier's question or, run by run, the interpreter's.
public struct Program: Equatable, Sendable {
  /// The largest number of 8-byte slots that a program may have.
  public static let maximumSlotCount = 1 << 20

  public let instructions: [Instruction]
  /// Index of the instruction that starts at a slot; -1 for the second half of an `lddw`.
  private let indices: [Int32]

  /// Number of 8-byte slots.
  public var slotCount: Int { indices.count }

  /// Decodes the bytes of a raw program (`.bin` file, ELF section after relocation).
  public init(bytes: [UInt8]) throws(DecodingError) {
    guard bytes.count % 8 == 0 else { throw DecodingError(slot: bytes.count / 8, reason: .partialSlot) }
    guard bytes.count / 8 <= Self.maximumSlotCount else { throw DecodingError(slot: 0, reason: .tooManySlots) }
    var slots: [EncodedSlot] = []
    slots.reserveCapacity(bytes.count / 8)
    var word: UInt64 = 0
    for index in bytes.indices {
      word = word >> 8 | UInt64(bytes[index]) << 56
      if index & 7 == 7 { slots.append(EncodedSlot(littleEndian: word)) }
    }
    try self.init(slots: slots)
  }

  /// Decodes encoded slots.
  public init(slots: [EncodedSlot]) throws(DecodingError) {
    guard !slots.isEmpty else { throw DecodingError(slot: 0, reason: .emptyProgram) }
    guard slots.count <= Self.maximumSlotCount else { throw DecodingError(slot: 0, reason: .tooManySlots) }
    var instructions: [Instruction] = []
    instructions.reserveCapacity(slots.count)
    var indices: [Int32] = []
    indices.reserveCapacity(slots.count)
    var slot = 0
    while slot < slots.count {
      let operation = try Decoder.decode(slots, at: slot)
      let instruction = Instruction(slot: Int32(truncatingIfNeeded: slot), operation: operation)
      indices.append(Int32(truncatingIfNeeded: instructions.count))
      if instruction.slotCount == 2 { indices.append(-1) }
      instructions.append(instruction)
      slot += Int(instruction.slotCount)
    }
    self.instructions = instructions
    self.indices = indices
    try checkFlow()
  }

  /// Targets start an instruction, and the last instruction does not continue.
  private func checkFlow() throws(DecodingError) {
    for instruction in instructions {
      guard let target = instruction.target else { continue }
      guard indices[Int(target)] >= 0 else {
        throw DecodingError(slot: Int(instruction.slot), reason: .targetInsideWide)
      }
    }
    guard let last = instructions.last, !last.continues else {
      throw DecodingError(slot: slotCount - 1, reason: .fallsThrough)
    }
  }

  /// Index in `instructions` of the instruction that starts at `slot`; `nil` outside and inside an `lddw`.
  public func index(ofSlot slot: Int) -> Int? {
    guard slot >= 0 && slot < indices.count, indices[slot] >= 0 else { return nil }
    return Int(indices[slot])
  }

  /// The encoded slots; decoding them gives an equal program.
  public var slots: [EncodedSlot] {
    var slots: [EncodedSlot] = []
    slots.reserveCapacity(slotCount)
    for instruction in instructions {
      guard let (first, second) = instruction.encoded else { continue }
      slots.append(first)
      if let second { slots.append(second) }
    }
    return slots
  }

  /// The program as bytes, eight a slot.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(slotCount * 8)
    for slot in slots { slot.append(to: &bytes) }
    return bytes
  }
}

extension Instruction {
  /// Slot that a jump, branch, local call or code address leads to.
  public var target: Int32? {
    switch operation {
    case .jump(let target, _), .branch(_, _, _, _, let target), .mayGoto(let target), .callLocal(let target),
      .loadWide(_, .code(let target)):
      target
    default: nil
    }
  }

  /// Whether control can go on to the next instruction (a local call does when it returns).
  public var continues: Bool {
    switch operation {
    case .jump, .exit: false
    default: true
    }
  }
}
