import Hexadecimal
import PKRUModel

/// One thing that is tried under one setting of everything that decides about it, and what must come of it.
struct KeyTrial: Equatable {
  enum Action: String, CaseIterable {
    /// A load, a store and a fetch on a page of each of 32 kinds.
    case access
    /// INT with a handler stack on the page in question.
    case interruptStack = "interrupt-stack"
    /// A page fault whose handler's stack is on the page: what the CPU may not write makes it a double fault.
    case faultStack = "fault-stack"
    /// An interrupt from the local APIC with a handler stack on the page; PKRU must be in the handler what it was.
    case deviceInterrupt = "device-interrupt"
    /// WRPKRU and RDPKRU themselves.
    case instruction
  }

  var action: Action
  /// CR0.WP, CR4.PKE, SMEP, SMAP, EFLAGS.AC, EFER.NXE and CR4.PKS, one bit each.
  var controls: Int
  /// AD and WD of the page's key in PKRU; in IA32_PKRS they are the opposite.
  var pkruBits: UInt32
  var cpl: UInt8
  /// P, R/W, U/S, XD and a reserved bit of the page's leaf entry, one bit each.
  var entry: Int
  /// For ``Action/access``.
  var kind = AccessKind.read
  /// For ``Action/instruction``: 0 WRPKRU, 1 RDPKRU; then whether ECX and EDX are 1.
  var operation = (isRead: false, ecx: false, edx: false)

  static let key: UInt64 = 5

  static func == (one: KeyTrial, other: KeyTrial) -> Bool { one.description == other.description }

  var cr0: UInt64 { 0x8000_0033 | flag(0, 16) }
  var cr4: UInt64 { Self.plainCR4 | flag(1, 22) | flag(2, 20) | flag(3, 21) | flag(6, 24) }
  var rflags: UInt64 { 2 | flag(4, 18) | (action == .deviceInterrupt ? 1 << 9 : 0) }
  var efer: UInt64 { 0x501 | flag(5, 11) }
  var pkru: UInt32 { pkruBits << UInt32(2 * Self.key) }
  var pkrs: UInt32 { pkru ^ Self.keyMask }

  /// Both bits of the key.
  static let keyMask: UInt32 = 3 << UInt32(2 * key)

  /// PAE, OSFXSR, OSXMMEXCPT.
  static let plainCR4: UInt64 = 0x620

  private func flag(_ bit: Int, _ at: UInt64) -> UInt64 { UInt64(controls >> bit & 1) << at }

  /// A leaf entry without its frame.
  static func entryBits(_ entry: Int) -> UInt64 {
    UInt64(entry & 7) | (entry & 8 != 0 ? 1 << 63 : 0) | (entry & 16 != 0 ? 1 << 51 : 0) | key << 59
  }

  var rights: PageRights {
    guard entry & 1 != 0 else { return .notPresent }
    return PageRights(
      writable: entry & 2 != 0, user: entry & 4 != 0, noExecute: entry & 8 != 0, reservedViolation: entry & 16 != 0,
      key: ProtectionKey(truncating: Self.key))
  }

  var context: AccessContext {
    AccessContext(cr0: cr0, cr4: cr4, efer: efer, eflags: rflags, pkru: pkru, pkrs: pkrs)
  }

  /// The result byte that the manual's rules give.
  var expected: UInt8 { result(implicitly: .implicitSupervisor) }

  /// - Parameter privilege: that of what the CPU does for itself.
  func result(implicitly privilege: Privilege) -> UInt8 {
    result(implicitly: privilege) { access in
      guard case .denied(_, let errorCode) = AccessModel.decide(access, rights: rights, context: context) else {
        return nil
      }
      return UInt8(truncatingIfNeeded: errorCode.rawValue)
    }
  }

  /// - Parameter code: the error code of an access, nil if it is allowed.
  func result(implicitly privilege: Privilege, _ code: (Access) -> UInt8?) -> UInt8 {
    switch action {
    case .access:
      code(Access(kind, Privilege(cpl: cpl))) ?? KeyResult.allowed
    case .interruptStack: code(Access(.write, privilege)) ?? KeyResult.interrupted
    case .deviceInterrupt: code(Access(.write, privilege)) ?? KeyResult.deviceInterrupted
    // The fault itself is a read of a page that is not there.
    case .faultStack: code(Access(.write, privilege)).map { _ in KeyResult.doubleFault } ?? (cpl == 3 ? 4 : 0)
    case .instruction: instructionResult
    }
  }

  /// SDM volume 2, WRPKRU and RDPKRU.
  private var instructionResult: UInt8 {
    guard controls & 2 != 0 else { return KeyResult.invalidOpcode }
    if operation.ecx || operation.edx && !operation.isRead { return KeyResult.generalProtection }
    return KeyResult.executed
  }

  var description: String {
    let names = ["WP", "PKE", "SMEP", "SMAP", "AC", "NXE", "PKS"].enumerated().filter { controls >> $0.offset & 1 != 0 }
      .map(\.element)
    let bits = ["P", "RW", "US", "XD", "reserved"].enumerated().filter { entry >> $0.offset & 1 != 0 }.map(\.element)
    let what =
      switch action {
      case .access: "\(kind.name)"
      case .instruction:
        "\(operation.isRead ? "RDPKRU" : "WRPKRU") ECX=\(operation.ecx ? 1 : 0) EDX=\(operation.edx ? 1 : 0)"
      default: action.rawValue
      }
    let page = action == .instruction ? "" : ", page {\(bits.joined(separator: " "))}"
    return "\(what) at CPL \(cpl), {\(names.joined(separator: " "))}, AD/WD \(pkruBits)\(page)"
  }

  /// All trials in the order in which the guest runs them; accesses of one setting follow one another.
  static let all: [KeyTrial] = all(supervisorKeys: true)

  /// - Parameter supervisorKeys: false for processors without: CR4.PKS is 0 in all.
  static func all(supervisorKeys: Bool) -> [KeyTrial] {
    Action.allCases.flatMap { trials($0, supervisorKeys: supervisorKeys) }
  }

  static func trials(_ action: Action, supervisorKeys: Bool) -> [KeyTrial] {
    var trials: [KeyTrial] = []
    if action == .instruction {
      for bits in 0..<16 {
        for cpl in [0, 3] as [UInt8] {
          trials.append(
            KeyTrial(
              action: action, controls: bits & 1 != 0 ? 3 : 1, pkruBits: 2, cpl: cpl, entry: 7,
              operation: (bits & 2 != 0, bits & 4 != 0, bits & 8 != 0)))
        }
      }
      return trials
    }
    let privileges: [UInt8] = action == .deviceInterrupt ? [0] : [0, 3]
    for controls in 0..<(supervisorKeys ? 128 : 64) {
      for pkruBits in 0..<4 as Range<UInt32> {
        for cpl in privileges {
          for entry in 0..<32 {
            let one = KeyTrial(action: action, controls: controls, pkruBits: pkruBits, cpl: cpl, entry: entry)
            guard action == .access else {
              trials.append(one)
              continue
            }
            for kind in AccessKind.allCases {
              var one = one
              one.kind = kind
              trials.append(one)
            }
          }
        }
      }
    }
    return trials
  }
}

/// What the guest writes down for a trial: the error code of a page fault, or one of these, which no error code is.
enum KeyResult {
  static let allowed: UInt8 = 0xff
  /// Nothing has been written down.
  static let missing: UInt8 = 0xfd
  static let interrupted: UInt8 = 0x81
  static let deviceInterrupted: UInt8 = 0x83
  static let doubleFault: UInt8 = 0x88
  static let executed: UInt8 = 0x90
  static let invalidOpcode: UInt8 = 0x86
  static let generalProtection: UInt8 = 0x8d
  /// PKRU was not what it should have been.
  static let otherPKRU: UInt8 = 0xb0
  /// An exception that nobody asked for.
  static let unexpected: UInt8 = 0xee
  /// Added to an error code: CR2 or the place of the fault was not the expected one.
  static let otherAddress: UInt8 = 0x40
  static let otherPlace: UInt8 = 0x80

  static func text(_ result: UInt8) -> String {
    let names: [UInt8: String] = [
      allowed: "allowed", missing: "no result", interrupted: "handler entered", deviceInterrupted: "handler entered",
      doubleFault: "double fault", executed: "executed", invalidOpcode: "#UD", generalProtection: "#GP(0)",
      otherPKRU: "another value in PKRU", unexpected: "another exception",
    ]
    return names[result] ?? "#PF(\((result & 0x3f).hexadecimal))\(result & 0xc0 != 0 ? ", elsewhere" : "")"
  }
}
