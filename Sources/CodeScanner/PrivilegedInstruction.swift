/// An instruction of two or more bytes that changes who may do what: rights of keys, system registers, the ways between privilege
/// levels. Code that is to be kept within bounds at CPL 0 must not have its bytes anywhere, as it may be jumped into at any byte.
///
/// Those of a single byte (CLI, STI, HLT, POPF, IRET, IN, OUT) are not here: their bytes are in all code, as parts of other
/// instructions. Opcodes from SDM volume 2, appendix A.
public enum PrivilegedInstruction: UInt8, CaseIterable, Sendable {
  case wrpkru, xsetbv, xrstor, xrstors
  case movFromControl, movFromDebug, movToControl, movToDebug
  case wrmsr, rdmsr, wrfsbase, wrgsbase, swapgs
  case lgdt, lidt, lldt, ltr, lmsw, clts
  case syscall, sysret, sysenter, sysexit
  case invd, wbinvd

  /// Of opcodes that are whole with their second byte.
  @inline(__always)
  init?(opcode: UInt8) {
    switch opcode {
    case 0x05: self = .syscall
    case 0x06: self = .clts
    case 0x07: self = .sysret
    case 0x08: self = .invd
    case 0x09: self = .wbinvd
    case 0x20: self = .movFromControl
    case 0x21: self = .movFromDebug
    case 0x22: self = .movToControl
    case 0x23: self = .movToDebug
    case 0x30: self = .wrmsr
    case 0x32: self = .rdmsr
    case 0x34: self = .sysenter
    case 0x35: self = .sysexit
    default: return nil
    }
  }

  /// Of groups: opcodes that go on in the ModRM byte.
  @inline(__always)
  init?(opcode: UInt8, modRM: UInt8) {
    let (isRegister, extended) = (modRM >= 0xc0, modRM >> 3 & 7)
    switch (opcode, extended, isRegister) {
    case (0x00, 2, _): self = .lldt
    case (0x00, 3, _): self = .ltr
    case (0x01, 2, false): self = .lgdt
    case (0x01, 3, false): self = .lidt
    case (0x01, 6, _): self = .lmsw
    case (0x01, _, true):
      switch modRM {
      case 0xd1: self = .xsetbv
      case 0xef: self = .wrpkru
      case 0xf8: self = .swapgs
      default: return nil
      }
    case (0xae, 5, false): self = .xrstor
    // With F3H before it; without, it is no instruction at all.
    case (0xae, 2, true): self = .wrfsbase
    case (0xae, 3, true): self = .wrgsbase
    case (0xc7, 3, false): self = .xrstors
    default: return nil
    }
  }

  /// As the manual writes it.
  public var name: StaticString {
    switch self {
    case .wrpkru: "WRPKRU"
    case .xsetbv: "XSETBV"
    case .xrstor: "XRSTOR"
    case .xrstors: "XRSTORS"
    case .movFromControl: "MOV from CR"
    case .movFromDebug: "MOV from DR"
    case .movToControl: "MOV to CR"
    case .movToDebug: "MOV to DR"
    case .wrmsr: "WRMSR"
    case .rdmsr: "RDMSR"
    case .wrfsbase: "WRFSBASE"
    case .wrgsbase: "WRGSBASE"
    case .swapgs: "SWAPGS"
    case .lgdt: "LGDT"
    case .lidt: "LIDT"
    case .lldt: "LLDT"
    case .ltr: "LTR"
    case .lmsw: "LMSW"
    case .clts: "CLTS"
    case .syscall: "SYSCALL"
    case .sysret: "SYSRET"
    case .sysenter: "SYSENTER"
    case .sysexit: "SYSEXIT"
    case .invd: "INVD"
    case .wbinvd: "WBINVD"
    }
  }
}
