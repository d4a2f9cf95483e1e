import CSilicon
import Hexadecimal
import PKRUModel

/// What user mode can try of protection keys, on the host's own processor too.
struct UserKeyTrial: Equatable, Sendable {
  enum Action: Equatable, Sendable {
    /// A read, write or fetch of a page with a key.
    case access(AccessKind, Protection, pkruBits: UInt32, isACSet: Bool)
    /// WRPKRU or RDPKRU with ECX and EDX 0 or 1.
    case instruction(isRead: Bool, ecx: UInt32, edx: UInt32)
    /// XRSTOR that asks for PKRU or does not, from an area that holds it, does not (PKRU becomes 0), or is invalid.
    case restore(asks: Bool, Area)
  }

  /// As mprotect makes pages; the order of SILICON_MATRIX.
  enum Protection: String, CaseIterable, Sendable {
    case none = "---"
    case read = "r--"
    case write = "rw-"
    case execute = "r-x"
    case all = "rwx"

    var address: UInt64 { SILICON_MATRIX + UInt64(Self.allCases.firstIndex(of: self) ?? 0) << 12 }

    func rights(key: UInt32) -> PageRights {
      guard self != .none else { return .notPresent }
      return PageRights(
        writable: self == .write || self == .all, user: true, noExecute: self == .read || self == .write,
        key: ProtectionKey(truncating: UInt64(key)))
    }
  }

  enum Area: String, CaseIterable, Sendable {
    case holds, lacks, invalid
  }

  var action: Action

  /// Its name in records: it must stay.
  var name: String {
    switch action {
    case .access(let kind, let protection, let bits, let isACSet):
      "\(kind.name) \(protection.rawValue) AD=\(bits & 1) WD=\(bits >> 1) AC=\(isACSet ? 1 : 0)"
    case .instruction(let isRead, let ecx, let edx): "\(isRead ? "RDPKRU" : "WRPKRU") ECX=\(ecx) EDX=\(edx)"
    case .restore(let asks, let area): "XRSTOR \(asks ? "asks for" : "leaves") PKRU, area \(area.rawValue)"
    }
  }

  static let all: [UserKeyTrial] = {
    var actions: [Action] = []
    for isACSet in [false, true] {
      for protection in Protection.allCases {
        for bits in 0..<4 as Range<UInt32> {
          for kind in AccessKind.allCases {
            actions.append(.access(kind, protection, pkruBits: bits, isACSet: isACSet))
          }
        }
      }
    }
    for isRead in [false, true] {
      for bits in 0..<4 as Range<UInt32> { actions.append(.instruction(isRead: isRead, ecx: bits & 1, edx: bits >> 1)) }
    }
    for asks in [true, false] {
      for area in Area.allCases { actions.append(.restore(asks: asks, area)) }
    }
    return actions.map { UserKeyTrial(action: $0) }
  }()

  var needsXRSTOR: Bool { if case .restore = action { true } else { false } }

  // MARK: What must come of it

  /// A value whose bits for keys 0 to 2 are 0.
  private static let written: UInt32 = 0x5555_5540
  private static let before: UInt32 = 0xaaaa_aa80

  /// By the manual: SDM volume 3, 4.6.2 and 4.7; volume 2, WRPKRU, RDPKRU and XRSTOR.
  func expected(key: UInt32) -> String {
    switch action {
    case .access(let kind, let protection, let bits, let isACSet):
      let context = AccessContext(
        cr0: 0x8005_0033, cr4: 0x70_06b0, efer: 0xd01, eflags: isACSet ? 1 << 18 : 0, pkru: bits << (2 * key))
      let decision = AccessModel.decide(
        Access(kind, .user), rights: protection.rights(key: key), context: context)
      guard case .denied(_, let errorCode) = decision else { return "allowed" }
      return "#PF(\(errorCode.rawValue.hexadecimal))"
    case .instruction(let isRead, let ecx, let edx):
      if ecx != 0 || edx != 0 && !isRead { return "#GP(0x0)" }
      return isRead ? Self.text(pkru: Self.before, read: Self.before) : Self.text(pkru: Self.written, read: nil)
    case .restore(let asks, let area):
      switch area {
      case .invalid: return "#GP(0x0)"
      case .holds: return Self.text(pkru: asks ? Self.written : Self.before, read: nil)
      case .lacks: return Self.text(pkru: asks ? 0 : Self.before, read: nil)
      }
    }
  }

  private static func text(pkru: UInt32, read: UInt32?) -> String {
    "PKRU \(pkru.hexadecimal)" + (read.map { ", read \($0.hexadecimal)" } ?? "")
  }

  // MARK: Running it

  /// - Parameters:
  ///   - key: of the pages.
  ///   - offset: where this processor's XSAVE area holds PKRU.
  func program(key: UInt32, offset: UInt32) -> NativeProgram {
    var code = NativeCode()
    var start = NativeStart(
      registers: [UInt64](repeating: 0, count: 16), flags: 0, pkru: Self.before, fx: NativeStart.plainFX)
    (start.registers[4], start.registers[15]) = (NativePlace.stack, NativePlace.data)
    switch action {
    case .access(let kind, let protection, let bits, let isACSet):
      start.registers[3] = protection.address
      start.pkru = bits << (2 * key)
      start.flags = isACSet ? 1 << 18 : 0
      switch kind {
      case .read: code.raw(0x8a, 0x03)  // mov al, [rbx]
      case .write: code.raw(0xc6, 0x03, 0xc3)  // mov byte [rbx], 0xc3
      case .fetch: code.raw(0xff, 0xd3)  // call rbx: RET is there
      }
    case .instruction(let isRead, let ecx, let edx):
      (start.registers[0], start.registers[1], start.registers[2]) = (UInt64(Self.written), UInt64(ecx), UInt64(edx))
      code.raw(0x0f, 0x01, isRead ? 0xee : 0xef)
    case .restore(let asks, let area):
      // The header's 64 bytes: XSTATE_BV, then zeros; and PKRU.
      func store(_ at: UInt32, _ value: UInt32) {
        code.raw(0x49, 0xc7, 0x87)  // mov qword [r15 + at], value
        code.immediate(UInt64(at), bytes: 4)
        code.immediate(UInt64(value), bytes: 4)
      }
      for at in stride(from: 512 as UInt32, to: 576, by: 8) { store(at, 0) }
      // Bit 62 is no component: bits 32 to 63 are stored by their own.
      if area == .holds { store(512, 0x200) }
      if area == .invalid { store(516, 0x4000_0000) }
      store(offset, Self.written)
      start.registers[0] = asks ? 0x200 : 0
      code.raw(0x41, 0x0f, 0xae, 0x2f)
    }
    return NativeProgram(memorySeed: 0, groups: [.init(code: code.bytes, name: name)], starts: [start])
  }

  /// What came of it, in the words of ``expected(key:)``.
  func result(_ outcome: NativeOutcome) -> String {
    let entry = SILICON_CODE + UInt64(NativeProgram.entry)
    switch (outcome.end.vector, action) {
    case (3, .access): return "allowed"
    case (3, .instruction(let isRead, _, _)):
      let eax = UInt32(truncatingIfNeeded: outcome.state.gpr.0)
      return Self.text(pkru: outcome.state.pkru, read: isRead ? eax : nil)
    case (3, .restore): return Self.text(pkru: outcome.state.pkru, read: nil)
    case (14, .access(let kind, let protection, _, _)):
      let place = kind == .fetch ? protection.address : entry
      let isThere = outcome.end.address == protection.address && outcome.state.rip == place
      return "#PF(\(outcome.end.error_code.hexadecimal))" + (isThere ? "" : ", elsewhere")
    default: return NativeComparison.ending(outcome.end)
    }
  }
}
