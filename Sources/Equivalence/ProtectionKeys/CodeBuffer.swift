/// Machine code under construction: instructions by name (SDM volume 2), jumps to labels.
struct CodeBuffer {
  enum Register: UInt8 {
    case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
  }

  struct Label: Hashable {
    var name: String
    init(_ name: String) { self.name = name }
  }

  let base: UInt64
  private(set) var bytes: [UInt8] = []
  private(set) var labels: [Label: UInt64] = [:]
  private var fixups: [(offset: Int, target: Label)] = []

  init(at base: UInt64) { self.base = base }

  var here: UInt64 { base + UInt64(bytes.count) }

  mutating func emit(_ code: [UInt8]) { bytes += code }
  mutating func label(_ name: String) { labels[Label(name)] = here }
  func address(_ name: String) -> UInt64 {
    guard let address = labels[Label(name)] else { preconditionFailure("there is no label \(name)") }
    return address
  }

  /// Fills in the jumps; all labels must be there.
  mutating func resolve() {
    for (offset, target) in fixups {
      let distance = Int64(address(target.name)) - Int64(base) - Int64(offset) - 4
      bytes.replaceSubrange(offset..<offset + 4, with: Self.little(UInt32(truncatingIfNeeded: distance)))
    }
    fixups = []
  }

  static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  // MARK: Instructions

  mutating func jump(_ name: String) { near([0xe9], name) }
  mutating func jumpIfZero(_ name: String) { near([0x0f, 0x84], name) }
  mutating func jumpIfNotZero(_ name: String) { near([0x0f, 0x85], name) }

  private mutating func near(_ opcode: [UInt8], _ name: String) {
    bytes += opcode
    fixups.append((bytes.count, Label(name)))
    bytes += [0, 0, 0, 0]
  }

  /// MOV r64, imm64.
  mutating func move(_ r: Register, _ value: UInt64) {
    emit([0x48 | r.rawValue >> 3, 0xb8 | r.rawValue & 7] + Self.little(value))
  }

  /// MOV r64, r64.
  mutating func move(_ to: Register, _ from: Register) { emit(pair(0x89, to, from)) }
  /// CMP r64, r64.
  mutating func compare(_ one: Register, _ other: Register) { emit(pair(0x39, one, other)) }
  /// ADD r64, r64.
  mutating func add(_ to: Register, _ from: Register) { emit(pair(0x01, to, from)) }
  /// TEST r64, r64.
  mutating func test(_ r: Register) { emit(pair(0x85, r, r)) }

  private func pair(_ opcode: UInt8, _ to: Register, _ from: Register) -> [UInt8] {
    [0x48 | (from.rawValue >> 3) << 2 | to.rawValue >> 3, opcode, 0xc0 | (from.rawValue & 7) << 3 | to.rawValue & 7]
  }

  /// LEA r64, [RIP + distance], measured from the end of this instruction.
  mutating func leaRelative(_ r: Register, _ distance: UInt32) {
    emit([0x48 | (r.rawValue >> 3) << 2, 0x8d, (r.rawValue & 7) << 3 | 5] + Self.little(distance))
  }

  /// MOV to or from CRn; RAX only.
  mutating func toControl(_ number: UInt8) { emit([0x0f, 0x22, 0xc0 | number << 3]) }
  mutating func fromControl(_ number: UInt8, to r: Register = .rax) {
    emit((r.rawValue >= 8 ? [0x41] : []) + [0x0f, 0x20, 0xc0 | number << 3 | r.rawValue & 7])
  }

  /// MOV EAX, [RBX + offset]: zero-extended.
  mutating func loadField(_ offset: UInt8) { emit([0x8b, 0x43, offset]) }
  /// MOVZX EAX, word [RBX + offset].
  mutating func loadWordField(_ offset: UInt8) { emit([0x0f, 0xb7, 0x43, offset]) }
  /// MOV [address], RAX; the address is below 2 GiB.
  mutating func storeRAX(_ address: UInt64) {
    emit([0x48, 0x89, 0x04, 0x25] + Self.little(UInt32(truncatingIfNeeded: address)))
  }
  /// MOV AL, [address] or MOV [address], AL: 7 bytes.
  mutating func loadByte(_ address: UInt64) {
    emit([0x8a, 0x04, 0x25] + Self.little(UInt32(truncatingIfNeeded: address)))
  }
  mutating func storeByte(_ address: UInt64) {
    emit([0x88, 0x04, 0x25] + Self.little(UInt32(truncatingIfNeeded: address)))
  }
  /// MOV byte [R15], imm8.
  mutating func result(_ value: UInt8) { emit([0x41, 0xc6, 0x07, value]) }
  /// MOV [R15], AL.
  mutating func resultAL() { emit([0x41, 0x88, 0x07]) }
}
