/// Encodes instructions of all maps with every kind of operand (SDM volume 2, chapter 2).
struct NativeCode {
  enum Operand: Equatable {
    case register(Int)
    case memory(Address)
  }

  /// [base + index * scale + displacement], or with neither [displacement], or relative to the instruction pointer.
  struct Address: Equatable {
    var base: Int?
    var index: Int?
    /// 0…3: the index counts once, twice, four, eight times.
    var scale = 0
    var displacement: Int32 = 0
    /// An address to be reached relative to the instruction pointer; the rest is ignored then.
    var target: UInt64?
    /// A segment override prefix, or an address-size prefix.
    var prefixes: [UInt8] = []
  }

  enum Map: Equatable {
    case primary, secondary, secondary38, secondary3A
    /// VEX.0F38 and VEX.0F3A with the register of its third operand; L is 0.
    case vector38(Int)
    case vector3A(Int)

    var bytes: [UInt8] {
      switch self {
      case .primary: []
      case .secondary: [0x0f]
      case .secondary38: [0x0f, 0x38]
      case .secondary3A: [0x0f, 0x3a]
      case .vector38, .vector3A: []
      }
    }
  }

  private(set) var bytes: [UInt8] = []
  private(set) var relative: (at: Int, end: Int, target: UInt64)?

  mutating func raw(_ more: UInt8...) { bytes += more }
  mutating func raw(_ more: [UInt8]) { bytes += more }

  mutating func immediate(_ value: UInt64, bytes count: Int) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }

  /// An instruction with a ModRM byte.
  ///
  /// - Parameters:
  ///   - prefixes: 66, F2, F3 and LOCK, in the order given; for VEX at most one, which goes into the prefix.
  ///   - register: ModRM's middle.
  ///   - needsREX: 8-bit registers 4…7 are SPL, BPL, SIL and DIL.
  ///   - immediate: bytes behind it.
  mutating func instruction(
    _ map: Map, _ opcode: UInt8, prefixes: [UInt8] = [], isWide: Bool = false, register: Int,
    _ operand: Operand, needsREX: Bool = false, immediate: [UInt8] = []
  ) {
    var rex: UInt8 = isWide ? 8 : 0
    if register >= 8 { rex |= 4 }
    switch operand {
    case .register(let number): rex |= number >= 8 ? 1 : 0
    case .memory(let address):
      bytes += address.prefixes
      if address.target == nil {
        rex |= (address.index ?? 0) >= 8 ? 2 : 0
        rex |= (address.base ?? 0) >= 8 ? 1 : 0
      }
    }
    switch map {
    case .vector38(let third), .vector3A(let third): vector(map, third, prefixes, rex)
    default:
      bytes += prefixes
      if rex != 0 || needsREX { bytes.append(0x40 | rex) }
    }
    bytes += map.bytes + [opcode]
    modRM(UInt8(register & 7), operand, immediateBytes: immediate.count)
    bytes += immediate
  }

  /// The same in the one-byte map.
  mutating func instruction(
    _ opcode: UInt8, prefixes: [UInt8] = [], isWide: Bool = false, register: Int, _ operand: Operand,
    immediate: [UInt8] = []
  ) {
    instruction(
      .primary, opcode, prefixes: prefixes, isWide: isWide, register: register, operand, immediate: immediate)
  }

  private mutating func vector(_ map: Map, _ third: Int, _ prefixes: [UInt8], _ rex: UInt8) {
    let mandatory: [UInt8: UInt8] = [0x66: 1, 0xf3: 2, 0xf2: 3]
    var number: UInt8 = 2
    if case .vector3A = map { number = 3 }
    bytes.append(0xc4)
    bytes.append((~rex & 7) << 5 | number)
    bytes.append((rex >> 3) << 7 | (~UInt8(third) & 15) << 3 | (prefixes.first.flatMap { mandatory[$0] } ?? 0))
  }

  private mutating func modRM(_ middle: UInt8, _ operand: Operand, immediateBytes: Int) {
    switch operand {
    case .register(let number): bytes.append(0xc0 | middle << 3 | UInt8(number & 7))
    case .memory(let address):
      if let target = address.target {
        bytes.append(middle << 3 | 5)
        relative = (bytes.count, bytes.count + 4 + immediateBytes, target)
        immediate(0, bytes: 4)
        return
      }
      guard let base = address.base else {
        // SIB without a base: a displacement of 32 bits follows.
        let index = UInt8((address.index ?? 4) & 7)
        bytes += [middle << 3 | 4, UInt8(address.scale) << 6 | index << 3 | 5]
        immediate(UInt64(bitPattern: Int64(address.displacement)), bytes: 4)
        return
      }
      let isShort = Int32(Int8(truncatingIfNeeded: address.displacement)) == address.displacement
      let mode: UInt8 = isShort ? 0x40 : 0x80
      if address.index != nil || base & 7 == 4 {
        let index = UInt8((address.index ?? 4) & 7)
        bytes += [mode | middle << 3 | 4, UInt8(address.scale) << 6 | index << 3 | UInt8(base & 7)]
      } else {
        bytes.append(mode | middle << 3 | UInt8(base & 7))
      }
      immediate(UInt64(bitPattern: Int64(address.displacement)), bytes: isShort ? 1 : 4)
    }
  }

  /// mov register, value
  mutating func load(_ register: Int, _ value: UInt64) {
    raw(0x48 | (register >= 8 ? 1 : 0), 0xb8 | UInt8(register & 7))
    immediate(value, bytes: 8)
  }

  /// mov of the lower half; the upper becomes 0.
  mutating func loadHalf(_ register: Int, _ value: UInt32) {
    if register >= 8 { raw(0x41) }
    raw(0xb8 | UInt8(register & 7))
    immediate(UInt64(value), bytes: 4)
  }

  /// Clears flags by way of the stack; the others stay.
  mutating func clearFlags(_ flags: UInt64) {
    guard flags != 0 else { return }
    raw(0x9c, 0x81, 0x24, 0x24)  // pushfq; and dword [rsp], imm32
    immediate(~flags, bytes: 4)
    raw(0x9d)  // popfq
  }
}
