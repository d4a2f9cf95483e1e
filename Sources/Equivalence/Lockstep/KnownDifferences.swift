/// What two correct processors may do differently, and what this host's KVM does not do: the one place where lockstep
/// comparison looks away. Whatever is looked away from is taken over from the simulator, so that it can't spread.
public enum KnownDifference: String, ExcusedDifference, Sendable {
  case undefinedFlags = "undefined-flags"
  case timeStamp = "time-stamp"
  case randomNumbers = "random-numbers"
  case platformMSR = "platform-msr"
  case identification = "identification"
  case resumeFlag = "resume-flag"
  case stepFlag = "step-flag"
  case repeatedString = "repeated-string"
  case haltStep = "halt-step"
  case emulatorGap = "emulator-gap"
  case pageFlags = "page-flags"
  case staleTranslation = "stale-translation"

  /// Why it is no disagreement.
  public var reason: String {
    switch self {
    case .undefinedFlags:
      "the manual leaves some flags undefined after shifts, multiplications, divisions, bit scans and logic (SDM vol. 1, A)"
    case .timeStamp: "RDTSC reads the host's clock on KVM, and virtual time in the simulator"
    case .randomNumbers: "RDRAND and RDSEED give the host's random numbers on KVM, and seeded ones in the simulator"
    case .platformMSR: "IA32_APIC_BASE and other MSRs of the platform are answered by KVM itself"
    case .identification: "KVM may answer the features in the leaves 1 and 7 of CPUID for itself, whatever it is told"
    case .resumeFlag:
      "RFLAGS.RF: single-stepping and emulators keep it differently, and push it so with the flags of a fault"
    case .stepFlag: "KVM steps by RFLAGS.TF, which shows in the flags that an exception pushes meanwhile"
    case .repeatedString:
      "a repeated string instruction is stepped by iterations in the simulator, by many at a time in KVM: compared when it ends, and taken over if an interrupt comes in its middle"
    case .emulatorGap: "instructions that this host's KVM cannot execute: programs with them are not compared"
    case .haltStep: "single-stepping over HLT does not halt on KVM: the simulator alone sleeps"
    case .staleTranslation:
      "a program that writes over the entries of paging of its own pages, and does not invalidate them, goes on with the old ones for as long as the TLB holds them (SDM vol. 3, 4.10.4)"
    case .pageFlags:
      "the accessed and dirty flags of paging entries may be set earlier or later: a TLB may hold the entry"
    }
  }
}

/// Flags of RFLAGS (SDM volume 1, 3.4.3).
enum Flag {
  static let carry: UInt64 = 1
  static let parity: UInt64 = 1 << 2
  static let adjust: UInt64 = 1 << 4
  static let zero: UInt64 = 1 << 6
  static let sign: UInt64 = 1 << 7
  static let overflow: UInt64 = 1 << 11
  static let resume: UInt64 = 1 << 16
  static let trap: UInt64 = 1 << 8
  static let status = carry | parity | adjust | zero | sign | overflow
}

extension InstructionForm {
  /// The flags that the manual leaves undefined after this instruction (SDM volume 1, appendix A, and volume 2).
  ///
  /// - Parameter cl: the count register before it.
  func undefinedFlags(cl: UInt8) -> UInt64 {
    switch (map, opcode) {
    // OR AND XOR, in all six forms, and TEST.
    case (.primary, 0x08...0x0d), (.primary, 0x20...0x25), (.primary, 0x30...0x35), (.primary, 0x84), (.primary, 0x85),
      (.primary, 0xa8), (.primary, 0xa9):
      return Flag.adjust
    case (.primary, 0x80), (.primary, 0x81), (.primary, 0x83):
      return [1, 4, 6].contains(selector) ? Flag.adjust : 0
    case (.primary, 0xc0), (.primary, 0xc1): return shift(by: immediate)
    case (.primary, 0xd0), (.primary, 0xd1): return shift(by: 1)
    case (.primary, 0xd2), (.primary, 0xd3): return shift(by: cl)
    case (.primary, 0xf6), (.primary, 0xf7): return Self.group3[Int(selector)]
    // IMUL with two and three operands.
    case (.primary, 0x69), (.primary, 0x6b), (.secondary, 0xaf): return Self.multiplication
    // SHLD, SHRD
    case (.secondary, 0xa4), (.secondary, 0xac): return Flag.adjust | Flag.overflow | doubleShift
    case (.secondary, 0xa5), (.secondary, 0xad):
      return cl & 0x3f == 0 ? 0 : Flag.adjust | Flag.overflow | doubleShift
    // BT BTS BTR BTC: CF is defined, ZF unchanged.
    case (.secondary, 0xa3), (.secondary, 0xab), (.secondary, 0xb3), (.secondary, 0xbb), (.secondary, 0xba):
      return Flag.overflow | Flag.sign | Flag.adjust | Flag.parity
    // BSF BSR; with F3 they are TZCNT and LZCNT, which define CF as well.
    case (.secondary, 0xbc), (.secondary, 0xbd):
      return Flag.overflow | Flag.sign | Flag.adjust | Flag.parity | (repeatPrefix == 0xf3 ? 0 : Flag.carry)
    // ANDN, BLSR BLSMSK BLSI, BZHI; BEXTR.
    case (.vector38, 0xf2), (.vector38, 0xf3): return Flag.adjust | Flag.parity
    case (.vector38, 0xf5) where vectorPrefix == 0: return Flag.adjust | Flag.parity
    case (.vector38, 0xf7) where vectorPrefix == 0: return Flag.adjust | Flag.sign | Flag.parity
    default: return 0
    }
  }

  /// With 16-bit operands a count beyond 16 leaves even the result undefined; generators avoid it.
  private var doubleShift: UInt64 { hasOperandSizePrefix && !hasWidePrefix ? Flag.status : 0 }

  private static let multiplication = Flag.sign | Flag.zero | Flag.adjust | Flag.parity
  /// TEST TEST NOT NEG MUL IMUL DIV IDIV.
  private static let group3 = [
    Flag.adjust, Flag.adjust, 0, 0, multiplication, multiplication, Flag.status, Flag.status,
  ]

  /// ROL ROR RCL RCR SHL SHR SAL SAR: OF is defined for a count of 1 only, AF never after shifts; CF is undefined after
  /// SHL and SHR when the count reaches the operand's size.
  private func shift(by count: UInt8?) -> UInt64 {
    let isByte = opcode & 1 == 0
    let masked = (count ?? 2) & (hasWidePrefix ? 0x3f : 0x1f)
    // A memory form's immediate is not looked for: any count may be meant.
    guard count != nil else { return Flag.overflow | Flag.adjust | Flag.carry }
    guard masked != 0 else { return 0 }
    var undefined = masked == 1 ? 0 : Flag.overflow
    if selector >= 4 { undefined |= Flag.adjust }
    let size: UInt8 = isByte ? 8 : hasWidePrefix ? 64 : hasOperandSizePrefix ? 16 : 32
    if selector >= 4, selector != 7, masked >= size { undefined |= Flag.carry }
    return undefined
  }

  /// Why the result of this instruction is taken over from the simulator instead of compared, or nil.
  ///
  /// - Parameters:
  ///   - eax: the leaf of CPUID.
  ///   - ecx: the number of an MSR.
  func takenOver(eax: UInt32, ecx: UInt32) -> KnownDifference? {
    switch (map, opcode) {
    case (.secondary, 0x31): .timeStamp
    case (.secondary, 0x01) where modRM == 0xf9: .timeStamp
    case (.secondary, 0xc7) where (modRM ?? 0) >= 0xf0: .randomNumbers
    case (.secondary, 0x32) where Self.platformMSRs.contains(ecx),
      (.secondary, 0x30) where Self.platformMSRs.contains(ecx):
      .platformMSR
    case (.secondary, 0xa2) where eax == 1 || eax == 7: .identification
    default: nil
    }
  }

  /// Single-stepping goes wrong here: the instruction loads the flag that KVM steps by, or holds debug exceptions off; over
  /// ENDBR64 kvm_pvm steps together with the instruction behind it.
  var disturbsStepping: Bool {
    switch (map, opcode) {
    case (.primary, 0xcf), (.primary, 0x9d), (.primary, 0x8e), (.primary, 0xfb): true
    case (.secondary, 0x1e): repeatPrefix == 0xf3 && modRM == 0xfa
    default: false
    }
  }

  /// The time stamp counter, IA32_APIC_BASE, IA32_FEATURE_CONTROL, IA32_MISC_ENABLE.
  private static let platformMSRs: Set<UInt32> = [0x10, 0x1b, 0x3a, 0x1a0]
}
