/// The few instructions that the tests are written in, as bytes (SDM volume 2). Absolute addresses are below 2 GiB.
typealias Code = [UInt8]

/// General registers by their number in an instruction.
enum Register: UInt8 {
  case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
}

enum Asm {
  static let nop: Code = [0x90]
  static let hlt: Code = [0xf4]
  static let ud2: Code = [0x0f, 0x0b]
  static let int3: Code = [0xcc]
  static let cli: Code = [0xfa]
  static let sti: Code = [0xfb]
  static let pushf: Code = [0x9c]
  static let popf: Code = [0x9d]
  static let ret: Code = [0xc3]
  static let iretq: Code = [0x48, 0xcf]
  static let wrpkru: Code = [0x0f, 0x01, 0xef]
  static let rdpkru: Code = [0x0f, 0x01, 0xee]
  static let rdtsc: Code = [0x0f, 0x31]
  static let rdtscp: Code = [0x0f, 0x01, 0xf9]
  static let cpuid: Code = [0x0f, 0xa2]
  static let rdmsr: Code = [0x0f, 0x32]
  static let wrmsr: Code = [0x0f, 0x30]
  static let rdrandRAX: Code = [0x48, 0x0f, 0xc7, 0xf0]
  static let rdseedRAX: Code = [0x48, 0x0f, 0xc7, 0xf8]
  static let incRAX: Code = [0x48, 0xff, 0xc0]
  static let decRCX: Code = [0x48, 0xff, 0xc9]
  static let repStosb: Code = [0xf3, 0xaa]
  static let repMovsq: Code = [0xf3, 0x48, 0xa5]
  static let repOutsb: Code = [0xf3, 0x6e]
  static let repInsb: Code = [0xf3, 0x6c]
  /// Drops the error code; the handler's RSP then points at the return address.
  static let dropErrorCode: Code = [0x48, 0x83, 0xc4, 0x08]

  static func int(_ vector: UInt8) -> Code { [0xcd, vector] }
  static func jmp(_ offset: Int8) -> Code { [0xeb, UInt8(bitPattern: offset)] }
  static func jnz(_ offset: Int8) -> Code { [0x75, UInt8(bitPattern: offset)] }
  static func jmp(_ r: Register) -> Code { [0xff, 0xe0 | r.rawValue] }

  /// MOV r64, imm64.
  static func mov(_ r: Register, _ value: UInt64) -> Code {
    [0x48 | r.rawValue >> 3, 0xb8 | r.rawValue & 7] + bytes(value)
  }
  /// MOV r64, r64.
  static func mov(_ to: Register, _ from: Register) -> Code {
    [0x48 | (from.rawValue >> 3) << 2 | to.rawValue >> 3, 0x89, 0xc0 | (from.rawValue & 7) << 3 | to.rawValue & 7]
  }
  static func load(_ r: Register, _ address: UInt64) -> Code { [rex(r), 0x8b] + absolute(r, address) }
  static func store(_ address: UInt64, _ r: Register) -> Code { [rex(r), 0x89] + absolute(r, address) }
  static func loadByte(_ address: UInt64) -> Code { [0x8a] + absolute(.rax, address) }
  static func storeByte(_ address: UInt64) -> Code { [0x88] + absolute(.rax, address) }
  static func invlpg(_ address: UInt64) -> Code { [0x0f, 0x01] + absolute(.rdi, address) }
  static func toControl(_ number: UInt8, _ r: Register) -> Code { control(0x22, number, r) }
  static func fromControl(_ r: Register, _ number: UInt8) -> Code { control(0x20, number, r) }
  /// LEA RDI, [RIP + offset].
  static func leaRDI(_ offset: UInt32) -> Code { [0x48, 0x8d, 0x3d] + bytes(offset) }

  /// Three MOVs and a WRPKRU.
  static func setPKRU(_ value: UInt32) -> Code { mov(.rcx, 0) + mov(.rdx, 0) + mov(.rax, UInt64(value)) + wrpkru }

  static func bytes<T: FixedWidthInteger>(_ value: T) -> Code { withUnsafeBytes(of: value.littleEndian, Array.init) }

  private static func rex(_ r: Register) -> UInt8 { 0x48 | (r.rawValue >> 3) << 2 }
  private static func absolute(_ r: Register, _ address: UInt64) -> Code {
    [(r.rawValue & 7) << 3 | 4, 0x25] + bytes(UInt32(truncatingIfNeeded: address))
  }
  private static func control(_ opcode: UInt8, _ number: UInt8, _ r: Register) -> Code {
    let prefix: Code = number < 8 && r.rawValue < 8 ? [] : [0x40 | (number >> 3) << 2 | r.rawValue >> 3]
    return prefix + [0x0f, opcode, 0xc0 | (number & 7) << 3 | r.rawValue & 7]
  }
}
