/// Goes through code from instruction to instruction, as a disassembler does that begins at its start (SDM volume 2, chapter 2 and
/// appendix A).
///
/// Only lengths and what is dangerous by itself are told. A byte that begins no instruction of 64-bit mode is passed over by itself.
public struct InstructionWalk: Sendable {
  /// An instruction of one byte of opcode that is not an extension's to use. Its byte is in all code, as a part of others, so it can be
  /// refused only where it is an instruction.
  public enum Finding: UInt8, Sendable {
    case cli, sti, hlt, popf, iret, input, output

    public var name: StaticString {
      switch self {
      case .cli: "CLI"
      case .sti: "STI"
      case .hlt: "HLT"
      case .popf: "POPF"
      case .iret: "IRET"
      case .input: "IN"
      case .output: "OUT"
      }
    }

    init?(opcode: UInt8) {
      switch opcode {
      case 0xfa: self = .cli
      case 0xfb: self = .sti
      case 0xf4: self = .hlt
      case 0x9d: self = .popf
      case 0xcf: self = .iret
      case 0xe4, 0xe5, 0xec, 0xed, 0x6c, 0x6d: self = .input
      case 0xe6, 0xe7, 0xee, 0xef, 0x6e, 0x6f: self = .output
      default: return nil
      }
    }
  }

  public struct Step: Equatable, Sendable {
    /// Of its first byte, prefixes included, from the code's first.
    public var offset: Int
    /// In bytes; at the code's end it may reach beyond.
    public var length: Int
    public var finding: Finding?
    public var encoding: Encoding
  }

  /// What an instruction is, but for its operands.
  public struct Encoding: Equatable, Sendable {
    /// Where its opcode is looked up: what VEX, EVEX and the opcodes of three bytes have are not told apart.
    public enum Map: UInt8, Sendable {
      case oneByte, twoByte, other
    }

    public var map = Map.oneByte
    /// Its last byte.
    public var opcode: UInt8 = 0
    public var modRM: UInt8?
    /// The operand-size prefix, 66H.
    public var isNarrow = false
    /// The address-size prefix, 67H.
    public var isShortAddress = false
    /// F2H or F3H.
    public var isRepeated = false
  }

  /// What follows an opcode.
  private struct Form {
    var hasModRM = false
    var immediate = 0

    static var plain: Form { Form() }
    static func immediate(_ bytes: Int) -> Form { Form(immediate: bytes) }
    static func modRM(_ bytes: Int = 0) -> Form { Form(hasModRM: true, immediate: bytes) }
  }

  private var reader: Reader

  public init(_ code: UnsafeRawBufferPointer) { reader = Reader(code: code) }

  /// The next instruction; nil at the code's end.
  public mutating func next() -> Step? {
    guard reader.offset < reader.code.count else { return nil }
    let start = reader.offset
    var encoding = Encoding()
    var isWide = false
    var byte = reader.next()
    while Self.isPrefix(byte) {
      encoding.isNarrow = encoding.isNarrow || byte == 0x66
      encoding.isShortAddress = encoding.isShortAddress || byte == 0x67
      encoding.isRepeated = encoding.isRepeated || byte == 0xf2 || byte == 0xf3
      byte = reader.next()
    }
    if byte & 0xf0 == 0x40 {
      isWide = byte & 8 != 0
      byte = reader.next()
    }
    let operand = encoding.isNarrow && !isWide ? 2 : 4
    encoding.opcode = byte
    var form: Form
    switch byte {
    case 0x0f: form = escaped(&encoding)
    case 0xc5, 0xc4, 0x62:
      encoding.map = .other
      form = vector(byte)
    case 0xa0...0xa3: form = .immediate(encoding.isShortAddress ? 4 : 8)
    case 0xb8...0xbf: form = .immediate(isWide ? 8 : operand)
    default: form = Self.oneByteForm(byte, operand)
    }
    if form.hasModRM {
      let modRM = reader.modRM()
      let operation = modRM >> 3 & 7
      encoding.modRM = modRM
      // Of TEST, NOT, NEG, MUL and DIV, which share an opcode, TEST has an immediate operand.
      if operation < 2, byte == 0xf6 { form.immediate = 1 }
      if operation < 2, byte == 0xf7 { form.immediate = operand }
    }
    reader.skip(form.immediate)
    return Step(
      offset: start, length: reader.offset - start, finding: byte == 0x0f ? nil : Finding(opcode: byte),
      encoding: encoding)
  }

  /// Passes over INT3 instructions, with which what lies behind code is filled. Whoever comes there stops.
  public mutating func passFilling() { reader.pass(0xcc) }

  private static func isPrefix(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65: true
    default: false
    }
  }

  private static func oneByteForm(_ opcode: UInt8, _ operand: Int) -> Form {
    switch opcode {
    case 0x00...0x3f:
      switch opcode & 7 {
      case 0...3: .modRM()
      case 4: .immediate(1)
      case 5: .immediate(operand)
      default: .plain
      }
    case 0x63, 0x84...0x8f, 0xd0...0xd3, 0xd8...0xdf, 0xf6, 0xf7, 0xfe, 0xff: .modRM()
    case 0x68, 0xa9: .immediate(operand)
    case 0x69, 0x81, 0xc7: .modRM(operand)
    case 0x6a, 0x70...0x7f, 0xa8, 0xb0...0xb7, 0xcd, 0xe0...0xe7, 0xeb: .immediate(1)
    case 0x6b, 0x80, 0x82, 0x83, 0xc0, 0xc1, 0xc6: .modRM(1)
    case 0xc2, 0xca: .immediate(2)
    case 0xc8: .immediate(3)
    case 0xe8, 0xe9: .immediate(4)
    default: .plain
    }
  }

  private mutating func escaped(_ encoding: inout Encoding) -> Form {
    let opcode = reader.next()
    encoding.map = opcode == 0x38 || opcode == 0x3a ? .other : .twoByte
    encoding.opcode = opcode
    switch opcode {
    case 0x38:
      _ = reader.next()
      return .modRM()
    case 0x3a:
      _ = reader.next()
      return .modRM(1)
    case 0x04...0x0c, 0x0e, 0x30...0x37, 0x77, 0xa0...0xa2, 0xa8...0xaa, 0xc8...0xcf: return .plain
    case 0x80...0x8f: return .immediate(4)
    default: return Self.twoByteForm(opcode)
    }
  }

  private static func twoByteForm(_ opcode: UInt8) -> Form {
    switch opcode {
    case 0x0f, 0x70...0x73, 0xa4, 0xac, 0xba, 0xc2, 0xc4...0xc6: .modRM(1)
    case 0x77: .plain
    default: .modRM()
    }
  }

  /// VEX and EVEX: the map of opcodes is in the bytes behind.
  private mutating func vector(_ prefix: UInt8) -> Form {
    let first = reader.next()
    let map = prefix == 0xc5 ? 1 : first & (prefix == 0xc4 ? 31 : 7)
    reader.skip(prefix == 0xc4 ? 1 : prefix == 0x62 ? 2 : 0)
    let opcode = reader.next()
    switch map {
    case 1: return Self.twoByteForm(opcode)
    case 3: return .modRM(1)
    default: return .modRM()
    }
  }

  /// Reads zeros beyond the code's end.
  private struct Reader: Sendable {
    nonisolated(unsafe) let code: UnsafeRawBufferPointer
    var offset = 0

    init(code: UnsafeRawBufferPointer) { self.code = code }

    mutating func next() -> UInt8 {
      defer { offset &+= 1 }
      return offset < code.count ? code[offset] : 0
    }

    mutating func skip(_ bytes: Int) { offset &+= bytes }

    mutating func pass(_ byte: UInt8) {
      guard let base = code.baseAddress else { return }
      while offset < code.count, base.load(fromByteOffset: offset, as: UInt8.self) == byte { offset &+= 1 }
    }

    /// Passes over a ModR/M byte with what belongs to it.
    mutating func modRM() -> UInt8 {
      let byte = next()
      let mode = byte >> 6
      guard mode != 3 else { return byte }
      var base = byte & 7
      if base == 4 { base = next() & 7 }
      switch mode {
      case 0: skip(base == 5 ? 4 : 0)
      case 1: skip(1)
      default: skip(4)
      }
      return byte
    }
  }
}
