/// The relocations that are applied (System V ABI, AMD64 supplement, table 4.9). S is the symbol's address, A the
/// addend, P the place, G and L the addresses of the symbol's GOT and PLT entries.
enum RelocationType: UInt32 {
  case none = 0
  /// S + A, 64 bits.
  case absolute64 = 1
  /// S + A - P, 32 bits, signed.
  case relative32 = 2
  /// L + A - P, 32 bits, signed; S instead of L where S can be reached.
  case call32 = 4
  /// G + A - P, 32 bits, signed.
  case global32 = 9
  /// S + A, 32 bits, zero-extended by the instruction.
  case absolute32 = 10
  /// S + A, 32 bits, sign-extended by the instruction.
  case absolute32Signed = 11
  /// S + A - P, 64 bits.
  case relative64 = 24
  /// As `global32`; a linker may relax the instruction, this one does not.
  case global32Relaxable = 41
  case global32RelaxableREX = 42

  /// How many bytes are stored at the place.
  var width: UInt64 {
    switch self {
    case .none: 0
    case .absolute64, .relative64: 8
    default: 4
    }
  }

  var needsGOT: Bool {
    switch self {
    case .global32, .global32Relaxable, .global32RelaxableREX: true
    default: false
    }
  }

  /// The ABI's name of any relocation, supported or not.
  static func name(of type: UInt32) -> StaticString {
    type < names.count ? names[Int(type)] : "unknown relocation"
  }

  private static var names: [StaticString] {
    [
      "R_X86_64_NONE", "R_X86_64_64", "R_X86_64_PC32", "R_X86_64_GOT32", "R_X86_64_PLT32", "R_X86_64_COPY",
      "R_X86_64_GLOB_DAT", "R_X86_64_JUMP_SLOT", "R_X86_64_RELATIVE", "R_X86_64_GOTPCREL", "R_X86_64_32",
      "R_X86_64_32S", "R_X86_64_16", "R_X86_64_PC16", "R_X86_64_8", "R_X86_64_PC8", "R_X86_64_DTPMOD64",
      "R_X86_64_DTPOFF64", "R_X86_64_TPOFF64", "R_X86_64_TLSGD", "R_X86_64_TLSLD", "R_X86_64_DTPOFF32",
      "R_X86_64_GOTTPOFF", "R_X86_64_TPOFF32", "R_X86_64_PC64", "R_X86_64_GOTOFF64", "R_X86_64_GOTPC32",
      "R_X86_64_GOT64", "R_X86_64_GOTPCREL64", "R_X86_64_GOTPC64", "R_X86_64_GOTPLT64", "R_X86_64_PLTOFF64",
      "R_X86_64_SIZE32", "R_X86_64_SIZE64", "R_X86_64_GOTPC32_TLSDESC", "R_X86_64_TLSDESC_CALL",
      "R_X86_64_TLSDESC", "R_X86_64_IRELATIVE", "R_X86_64_RELATIVE64", "R_X86_64_PC32_BND", "R_X86_64_PLT32_BND",
      "R_X86_64_GOTPCRELX", "R_X86_64_REX_GOTPCRELX", "R_X86_64_CODE_4_GOTPCRELX", "R_X86_64_CODE_4_GOTTPOFF",
      "R_X86_64_CODE_4_GOTPC32_TLSDESC",
    ]
  }
}
