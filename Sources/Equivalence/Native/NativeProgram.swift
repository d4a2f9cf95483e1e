import CSilicon
import Hexadecimal

/// A generated program for user mode: instructions that run one after another until INT3 behind the last, or a fault.
struct NativeProgram: Equatable, Sendable {
  /// One instruction with what it needs before and behind it.
  struct Group: Equatable, Sendable {
    var code: [UInt8]
    /// What it is, for people.
    var name: String
    /// A 32-bit displacement relative to the instruction pointer: where it is in `code`, where its instruction ends, and the
    /// address that it must reach wherever the group lies.
    var relative: (at: Int, end: Int, target: UInt64)?

    static func == (one: Group, other: Group) -> Bool { one.code == other.code && one.name == other.name }
  }

  /// The offset of the first instruction in the code page.
  static let entry = 0x40
  /// Code that fits; INT3 follows in any case.
  static let bytesMax = Int(SILICON_PAGE) - entry - 16

  /// What the writable pages are filled from.
  var memorySeed: UInt64
  var groups: [Group]
  /// The states that it is run from.
  var starts: [NativeStart]
  /// It is a single instruction: the flags that it leaves undefined are not compared.
  var ignoresUndefinedFlags = false

  /// The flags that are not compared after a run from `start` to the program's end.
  func ignoredFlags(_ start: Int) -> UInt64 {
    guard ignoresUndefinedFlags, let first = groups.first else { return 0 }
    return InstructionForm(first.code + [0xcc, 0xcc]).undefinedFlags(
      cl: UInt8(truncatingIfNeeded: starts[start].registers[1]))
  }

  /// What else may differ after a run from `start` that ended at `end`.
  func tolerance(_ start: Int, end: UInt64) -> NativeTolerance {
    let cl = UInt8(truncatingIfNeeded: starts[start].registers[1])
    if ignoresUndefinedFlags, let first = groups.first {
      return InstructionForm(first.code + [0xcc, 0xcc]).tolerance(cl: cl)
    }
    // What the generator does not leave out: an instruction that ends the program by an exception.
    let offset = end &- SILICON_CODE
    guard offset < SILICON_PAGE else { return .none }
    let ending = InstructionForm(Array(page[Int(offset)...].prefix(15))).tolerance(cl: cl)
    return ending == .dotProduct ? ending : .none
  }

  /// The code page.
  var page: [UInt8] {
    var page = [UInt8](repeating: 0xcc, count: Int(SILICON_PAGE))
    var at = Self.entry
    for group in groups {
      guard at + group.code.count <= Self.entry + Self.bytesMax else { break }
      page.replaceSubrange(at..<at + group.code.count, with: group.code)
      if let relative = group.relative {
        let distance = relative.target &- (SILICON_CODE + UInt64(at + relative.end))
        for byte in 0..<4 { page[at + relative.at + byte] = UInt8(truncatingIfNeeded: distance >> UInt64(8 * byte)) }
      }
      at += group.code.count
    }
    return page
  }

  /// One line a group.
  var listing: [String] { groups.map { "\($0.code.hexadecimal())  \($0.name)" } }
}

/// What a program starts from.
struct NativeStart: Equatable, Sendable {
  /// RAX RCX RDX RBX RSP RBP RSI RDI R8…R15.
  var registers: [UInt64]
  var flags: UInt64
  var pkru: UInt32
  /// As FXSAVE stores it (SDM volume 1, 10.5.1): x87, MXCSR, XMM0…XMM15.
  var fx: [UInt8]

  /// MXCSR and the control word of x87 after a reset of their units.
  static let plainFX: [UInt8] = {
    var fx = [UInt8](repeating: 0, count: 512)
    (fx[0], fx[1]) = (0x7f, 3)
    (fx[24], fx[25], fx[28], fx[29]) = (0x80, 0x1f, 0xff, 0xff)
    return fx
  }()

  var silicon: silicon_state {
    var state = silicon_state()
    withUnsafeMutableBytes(of: &state.gpr) { place in registers.withUnsafeBytes { place.copyMemory(from: $0) } }
    withUnsafeMutableBytes(of: &state.fx) { place in fx.withUnsafeBytes { place.copyMemory(from: $0) } }
    state.rip = SILICON_CODE + UInt64(NativeProgram.entry)
    state.rflags = flags | NativePlace.fixedFlags
    (state.fs_base, state.gs_base) = (NativePlace.fsBase, NativePlace.gsBase)
    state.segment = (0, 0x33, 0x2b, 0, 0, 0)
    state.pkru = pkru
    return state
  }
}

/// Where programs find their pages, and the registers that point there.
enum NativePlace {
  static let data = SILICON_DATA
  static let keyed = SILICON_KEYED
  static let readOnly = SILICON_READ_ONLY
  /// The middle of the data pages, in R15; a page begins there.
  static let middle = SILICON_DATA + 0x1000
  /// In R14.
  static let keyedMiddle = SILICON_KEYED + 0x800
  /// In RBP.
  static let frame = SILICON_DATA + 0x1800
  /// In RSP.
  static let stack = SILICON_DATA + 0x2800
  static let fsBase = SILICON_DATA + 0x3000
  static let gsBase = SILICON_DATA + 0x3800
  static let dataBytes = UInt64(SILICON_DATA_PAGES) * UInt64(SILICON_PAGE)
  static let writableBytes = Int(SILICON_MEMORY_BYTES)
  /// Bit 1, which is always set, and IF, which user mode cannot clear.
  static let fixedFlags: UInt64 = 0x202
  /// Flags that a start may set: status, DF, AC.
  static let flagsMask: UInt64 = Flag.status | 1 << 10 | 1 << 18
}
