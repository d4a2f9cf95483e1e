/// The sixteen general registers of x86-64, by their numbers in machine code (SDM vol. 2, table 3-1).
enum NativeRegister: UInt8 {
  case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15

  var low: UInt8 { rawValue & 7 }
  var isExtended: Bool { rawValue >= 8 }
}

/// Where the translated program keeps what it works on. r1 to r5 are where the System V ABI passes the first five
/// arguments and r0 where it returns the result, so that a helper call moves nothing; r6 to r10 are in registers that
/// a called function preserves.
extension NativeRegister {
  /// The state of the run (`RunState`).
  static let state = NativeRegister.r9
  /// Instructions that the budget still allows.
  static let remaining = NativeRegister.r12
  /// Free within one instruction of the program.
  static let scratch = NativeRegister.r10
  static let address = NativeRegister.r11

  /// Register of the program register `index` (0 to 10).
  static func of(_ index: UInt8) -> NativeRegister {
    switch index {
    case 0: .rax
    case 1: .rdi
    case 2: .rsi
    case 3: .rdx
    case 4: .rcx
    case 5: .r8
    case 6: .rbx
    case 7: .r13
    case 8: .r14
    case 9: .r15
    default: .rbp
    }
  }
}

/// `[base + index + displacement]`.
struct NativeMemory {
  var base: NativeRegister
  var index: NativeRegister?
  var displacement: Int32

  init(_ base: NativeRegister, _ displacement: Int32 = 0, index: NativeRegister? = nil) {
    self.base = base
    self.index = index
    self.displacement = displacement
  }

  /// A word of the run's state.
  static func state(_ offset: Int32) -> NativeMemory { NativeMemory(.state, offset) }
}
