import EBPFEngine

/// An independent model of RFC 9669, written from its tables: it works on the raw 64-bit slots, keeps memory as single
/// bytes in a dictionary, and computes with 128-bit integers. Slow and plain on purpose.
struct ReferenceMachine {
  enum End: Equatable {
    case returned(UInt64)
    case badRead(slot: Int, address: UInt64, size: Int)
    case badWrite(slot: Int, address: UInt64, size: Int)
    case budget(slot: Int)
    case depth(slot: Int)
    case badHelper(slot: Int)
  }

  private struct Caller {
    var slot: Int
    var saved: [UInt64]
  }

  let words: [UInt64]
  var memory: [UInt64: UInt8] = [:]
  var readOnly: Range<UInt64> = 0..<0
  var registers = [UInt64](repeating: 0, count: 11)
  let stackTop: UInt64
  var executed = 0
  private var callers: [Caller] = []

  init(words: [UInt64], stackTop: UInt64) {
    self.words = words
    self.stackTop = stackTop
    registers[10] = stackTop
    for index in 1...4096 { memory[stackTop - UInt64(index)] = 0 }
  }

  private func allowed(_ address: UInt64, _ size: Int, write: Bool) -> Bool {
    let depth = callers.count + 1
    for index in 0..<size {
      let (place, wrapped) = address.addingReportingOverflow(UInt64(index))
      if wrapped || memory[place] == nil { return false }
      if place < stackTop && place >= stackTop - 4096 && place < stackTop - UInt64(512 * depth) { return false }
      if write && readOnly.contains(place) { return false }
    }
    return true
  }

  private func get(_ address: UInt64, _ size: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in (0..<size).reversed() { value = value * 256 + UInt64(memory[address + UInt64(index)]!) }
    return value
  }

  private mutating func put(_ address: UInt64, _ size: Int, _ value: UInt64) {
    var rest = value
    for index in 0..<size {
      memory[address + UInt64(index)] = UInt8(rest % 256)
      rest /= 256
    }
  }

  /// Signed value of the low `bits` bits.
  private func signed(_ value: UInt64, _ bits: Int) -> Int128 {
    let modulus = Int128(1) << Int128(bits)
    let low = Int128(value) % modulus
    return low >= modulus / 2 ? low - modulus : low
  }

  private func wrap(_ value: Int128, _ bits: Int) -> UInt64 {
    let modulus = Int128(1) << Int128(bits)
    let rest = value % modulus
    return UInt64(rest < 0 ? rest + modulus : rest)
  }

  mutating func run(budget: Int) -> End {
    var slot = 0
    while true {
      if executed == budget { return .budget(slot: slot) }
      let word = words[slot]
      let opcode = Int(word % 256)
      let d = Int(word / 256 % 16)
      let s = Int(word / 4096 % 16)
      let offset = Int(signed(word >> 16, 16))
      let immediate = signed(word >> 32, 32)
      var next = slot + 1
      switch opcode % 8 {
      case 0:
        registers[d] = UInt64(wrap(immediate, 32)) + (words[slot + 1] >> 32) << 32
        next += 1
      case 1:
        let size = [4, 2, 1, 8][opcode / 8 % 4]
        let address = wrap(Int128(registers[s]) + Int128(offset), 64)
        guard allowed(address, size, write: false) else { return .badRead(slot: slot, address: address, size: size) }
        let value = get(address, size)
        registers[d] = opcode / 32 == 4 ? wrap(signed(value, size * 8), 64) : value
      case 2, 3:
        let size = [4, 2, 1, 8][opcode / 8 % 4]
        let address = wrap(Int128(registers[d]) + Int128(offset), 64)
        guard allowed(address, size, write: true) else { return .badWrite(slot: slot, address: address, size: size) }
        if opcode / 32 == 6 {
          atomic(address, size, Int(immediate), s)
        } else {
          put(address, size, opcode % 8 == 2 ? wrap(immediate, 64) : registers[s])
        }
      case 4, 7: registers[d] = arithmetic(opcode, d, s, offset, immediate)
      default:
        let kind = opcode / 16
        if opcode == 0x95 {
          guard let caller = callers.popLast() else {
            executed += 1
            return .returned(registers[0])
          }
          registers.replaceSubrange(6...9, with: caller.saved)
          registers[10] += 512
          next = caller.slot
        } else if opcode == 0x85 && s == 1 {
          guard callers.count < 7 else { return .depth(slot: slot) }
          callers.append(Caller(slot: next, saved: Array(registers[6...9])))
          registers[10] -= 512
          next += Int(immediate)
        } else if opcode == 0x85 || opcode == 0x8d {
          let number = opcode == 0x85 ? immediate : signed(registers[d], 64)
          guard number == 5 else { return .badHelper(slot: slot) }
          registers[0] = registers[1] &+ registers[2]
        } else if kind == 0 {
          next += opcode % 8 == 6 ? Int(immediate) : offset
        } else if holds(opcode, registers[d], opcode & 8 != 0 ? registers[s] : wrap(immediate, 64)) {
          next += offset
        }
      }
      executed += 1
      slot = next
    }
  }

  private mutating func atomic(_ address: UInt64, _ size: Int, _ code: Int, _ s: Int) {
    let bits = size * 8
    let old = get(address, size)
    let operand = wrap(Int128(registers[s]), bits)
    switch code & 0xf0 {
    case 0x00: put(address, size, wrap(Int128(old) + Int128(operand), bits))
    case 0x40: put(address, size, old | operand)
    case 0x50: put(address, size, old & operand)
    case 0xa0: put(address, size, old ^ operand)
    case 0xe0: put(address, size, operand)
    default:
      if old == wrap(Int128(registers[0]), bits) { put(address, size, operand) }
      registers[0] = old
      return
    }
    if code & 1 == 1 { registers[s] = old }
  }

  private func holds(_ opcode: Int, _ left: UInt64, _ right: UInt64) -> Bool {
    let bits = opcode % 8 == 6 ? 32 : 64
    let a = wrap(Int128(left), bits)
    let b = wrap(Int128(right), bits)
    let (sa, sb) = (signed(a, bits), signed(b, bits))
    switch opcode / 16 {
    case 1: return a == b
    case 2: return a > b
    case 3: return a >= b
    case 4: return a & b != 0
    case 5: return a != b
    case 6: return sa > sb
    case 7: return sa >= sb
    case 10: return a < b
    case 11: return a <= b
    case 12: return sa < sb
    default: return sa <= sb
    }
  }

  private func arithmetic(_ opcode: Int, _ d: Int, _ s: Int, _ offset: Int, _ immediate: Int128) -> UInt64 {
    let bits = opcode % 8 == 4 ? 32 : 64
    let byRegister = opcode & 8 != 0
    let a = wrap(Int128(registers[d]), bits)
    let b = byRegister ? wrap(Int128(registers[s]), bits) : wrap(immediate, bits)
    let (sa, sb) = (signed(a, bits), signed(b, bits))
    let count = Int128(b % UInt64(bits))
    switch opcode / 16 {
    case 0: return wrap(Int128(a) + Int128(b), bits)
    case 1: return wrap(Int128(a) - Int128(b), bits)
    case 2:
      return wrap(
        Int128(wrap(Int128(a % 4_294_967_296) * Int128(b), bits)) + (Int128(a >> 32) * Int128(b % 4_294_967_296))
          % (1 << 32) * (1 << 32),
        bits)
    case 3 where offset == 1: return b == 0 ? 0 : wrap(sa / sb, bits)
    case 3: return b == 0 ? 0 : a / b
    case 4: return a | b
    case 5: return a & b
    case 6: return count == 0 ? a : wrap(Int128(a % (UInt64(1) << (UInt64(bits) - UInt64(count)))) << count, bits)
    case 7: return a >> UInt64(count)
    case 8: return wrap(-Int128(a), bits)
    case 9 where offset == 1: return b == 0 ? a : wrap(sa % sb, bits)
    case 9: return b == 0 ? a : a % b
    case 10: return a ^ b
    case 11: return offset == 0 ? b : wrap(signed(registers[s], offset), bits)
    case 12: return wrap(sa >> count, bits)
    default:
      let width = Int(immediate)
      let value = wrap(Int128(registers[d]), width)
      if bits == 32 && !byRegister { return value }
      return (0..<(width / 8)).reduce(UInt64(0)) { $0 << 8 | (value >> UInt64($1 * 8)) & 0xff }
    }
  }
}
