/// Encodes integer instructions (SDM volume 2, 2.1 and 2.2).
struct Encoder {
  enum Operand: Equatable {
    case register(UInt8)
    /// [base + displacement]
    case memory(base: UInt8, displacement: Int32)
  }

  enum Size: Int, CaseIterable {
    case byte = 1
    case word = 2
    case double = 4
    case quad = 8
  }

  private(set) var bytes: [UInt8] = []

  mutating func raw(_ more: UInt8...) { bytes += more }
  mutating func raw(_ more: [UInt8]) { bytes += more }

  mutating func immediate(_ value: UInt64, bytes count: Int) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }

  /// Prefixes, opcode, ModRM with `selector` or register in its middle.
  ///
  /// - Parameter isByteRegister: `register` names an 8-bit register.
  mutating func instruction(
    _ opcode: [UInt8], size: Size, register: UInt8, operand: Operand, prefix: [UInt8] = []
  ) {
    bytes += prefix
    if size == .word { bytes.append(0x66) }
    let base: UInt8
    switch operand {
    case .register(let number), .memory(let number, _): base = number
    }
    let rex: UInt8 = 0x40 | (size == .quad ? 8 : 0) | (register >= 8 ? 4 : 0) | (base >= 8 ? 1 : 0)
    if rex != 0x40 { bytes.append(rex) }
    bytes += opcode
    switch operand {
    case .register(let number): bytes.append(0xc0 | (register & 7) << 3 | number & 7)
    case .memory(let number, let displacement):
      bytes.append(0x80 | (register & 7) << 3 | number & 7)
      if number & 7 == 4 { bytes.append(0x24) }
      immediate(UInt64(truncatingIfNeeded: Int64(displacement)), bytes: 4)
    }
  }

  /// mov register, value (64 bits).
  mutating func load(_ register: UInt8, _ value: UInt64) {
    raw(0x48 | (register >= 8 ? 1 : 0), 0xb8 | register & 7)
    immediate(value, bytes: 8)
  }

  /// mov ecx, value
  mutating func loadCount(_ value: UInt32) {
    raw(0xb9)
    immediate(UInt64(value), bytes: 4)
  }

  /// lea register, [base + displacement]
  mutating func address(_ register: UInt8, base: UInt8, _ displacement: Int32) {
    instruction([0x8d], size: .quad, register: register, operand: .memory(base: base, displacement: displacement))
  }

  /// Clears flags by way of the stack; the others stay.
  mutating func clearFlags(_ flags: UInt64) {
    guard flags != 0 else { return }
    raw(0x9c, 0x81, 0x24, 0x24)  // pushfq; and dword [rsp], imm32
    immediate(~flags, bytes: 4)
    raw(0x9d)  // popfq
  }
}
