import CSilicon

/// What two processors may end a program differently in, and why that is no disagreement.
public enum NativeDifference: String, ExcusedDifference, Sendable {
  case undefinedFlags = "undefined-flags"
  case undefinedResult = "undefined-result"
  case x87Pointers = "x87-pointers"
  case approximation = "approximation"
  case transcendental = "transcendental"
  case dotProduct = "dot-product"
  case nullSelector = "null-selector"
  case stateOperand = "state-operand"
  case mxcsrMask = "mxcsr-mask"
  case farPointer = "far-pointer"
  case farReturn = "far-return"
  case reservedRepeat = "reserved-repeat"

  /// Why it is no disagreement.
  public var reason: String {
    switch self {
    case .undefinedFlags:
      "the manual leaves some flags undefined: the one table is InstructionForm.undefinedFlags (SDM vol. 1, A)"
    case .undefinedResult:
      "SHLD and SHRD of 16 bits by more than 16 leave even the result undefined (SDM vol. 2, SHLD)"
    case .x87Pointers:
      "FOP, FIP and FDP: when processors keep them differs by vendor and model (SDM vol. 1, 8.1.8; APM vol. 2, 11.5.4)"
    case .approximation:
      "RCPPS and RSQRTPS give any value with a relative error of 1.5 * 2^-12, each processor its own (SDM vol. 2, RCPPS)"
    case .transcendental:
      "FSIN and its like are off in the last places, each processor in its own way, and reduce large arguments by their own pi (SDM vol. 1, 8.3.8 and 8.3.10)"
    case .dotProduct:
      "DPPS and DPPD are several operations: which of them still raise flags when an earlier one meets an unmasked exception is the processor's own (SDM vol. 2, DPPS)"
    case .nullSelector: "Linux returns to user mode by IRET, which clears the RPL of null selectors (SDM vol. 2, IRET)"
    case .stateOperand:
      "which byte of the operand FNSTENV, FNSAVE, FXSAVE and FXRSTOR name in CR2, and whether a misaligned one is #GP or #AC, is the processor's choice (SDM vol. 2, FXSAVE)"
    case .mxcsrMask: "FXSAVE stores the bits of MXCSR that the processor has: AMD has bit 17 (APM vol. 2, 11.5.9)"
    case .farPointer:
      "far pointers with REX.W have offsets of 64 bits on Intel, of 32 bits on AMD (SDM and APM, CALL far)"
    case .farReturn:
      "a far return to another privilege level reads the outer stack before it looks at the selector on AMD, after that on Intel (APM vol. 3 and SDM vol. 2, RET far)"
    case .reservedRepeat:
      "a repeat prefix before LOOPcc is reserved: AMD's processors take the condition from it (SDM vol. 2, 2.1.1)"
    }
  }
}

/// What is looked at with less than every bit in the run of a single instruction, and why.
enum NativeTolerance: Equatable, Sendable {
  case none
  /// Single precision numbers within twice the error that RCPPS and RSQRTPS may have.
  case approximation
  /// x87 registers that are near each other; rounding up (C1) is not compared.
  case transcendental
  /// The flags of MXCSR when both processors end with #XM.
  case dotProduct
  /// CR2 somewhere in the operand, #AC for #GP, and MXCSR's mask.
  case stateOperand
  /// Nothing is compared: the result is undefined.
  case undefinedResult
  /// Nothing is compared: another operand is read.
  case farPointer
  /// #PF or #AC of the host for #GP.
  case farReturn
  /// Nothing is compared: the prefix is reserved.
  case reservedRepeat
}

extension NativeTolerance {
  /// Why nothing is compared.
  var excuse: NativeDifference? {
    switch self {
    case .undefinedResult: .undefinedResult
    case .farPointer: .farPointer
    case .reservedRepeat: .reservedRepeat
    default: nil
    }
  }

  /// What is counted when something was forgiven.
  var difference: NativeDifference? {
    switch self {
    case .approximation: .approximation
    case .transcendental: .transcendental
    case .dotProduct: .dotProduct
    case .stateOperand: .stateOperand
    case .farReturn: .farReturn
    default: excuse
    }
  }

  /// Takes over from the host what differs within the tolerance.
  ///
  /// - Returns: whether anything was.
  func forgive(_ host: NativeOutcome, _ simulator: inout NativeOutcome) -> Bool {
    switch self {
    case .approximation: forgiveApproximation(host, &simulator)
    case .transcendental: forgiveTranscendental(host, &simulator)
    case .dotProduct: forgiveDotProduct(host, &simulator)
    case .stateOperand: forgiveStateOperand(host, &simulator)
    case .farReturn: forgiveFarReturn(host, &simulator)
    case .none, .undefinedResult, .farPointer, .reservedRepeat: false
    }
  }

  /// Twice 1.5 * 2^-12.
  private static let approximationError: Float = 3.0 / 4096

  private func forgiveApproximation(_ host: NativeOutcome, _ simulator: inout NativeOutcome) -> Bool {
    let range = 160..<416
    return Self.forgive(host, &simulator, range, bytes: 4) { one, other in
      let (one, other) = (Float(bitPattern: UInt32(one)), Float(bitPattern: UInt32(other)))
      guard one.isFinite, other.isFinite, one != 0 else { return false }
      return abs(other / one - 1) <= Self.approximationError
    }
  }

  /// The significand's upper 32 bits agree, or nearly so: large arguments lose the lower ones. C1 follows the last bit.
  private func forgiveTranscendental(_ host: NativeOutcome, _ simulator: inout NativeOutcome) -> Bool {
    var isForgiven = false
    for register in 0..<8 {
      let at = 32 + 16 * register
      guard NativeComparison.number(host.state.fx, at + 8, 2) == NativeComparison.number(simulator.state.fx, at + 8, 2)
      else {
        continue
      }
      let isNear = Self.forgive(host, &simulator, at..<at + 8, bytes: 8) { one, other in
        max(one, other) - min(one, other) < 1 << 32
      }
      isForgiven = isForgiven || isNear
    }
    let roundedUp: UInt64 = 1 << 9
    let difference = NativeComparison.number(host.state.fx, 2, 2) ^ NativeComparison.number(simulator.state.fx, 2, 2)
    guard difference == roundedUp else { return isForgiven }
    return Self.forgive(host, &simulator, 2..<4, bytes: 2) { _, _ in true } || isForgiven
  }

  private func forgiveDotProduct(_ host: NativeOutcome, _ simulator: inout NativeOutcome) -> Bool {
    guard host.end.vector == 19, simulator.end.vector == 19 else { return false }
    let flags: UInt64 = 0x3f
    return Self.forgive(host, &simulator, 24..<28, bytes: 4) { one, other in one ^ other == (one ^ other) & flags }
  }

  /// The largest operand: FXSAVE's.
  private static let operandBytes: UInt64 = 512

  private func forgiveStateOperand(_ host: NativeOutcome, _ simulator: inout NativeOutcome) -> Bool {
    if host.end.vector == 13, simulator.end.vector == 17 {
      simulator.end = host.end
      return true
    }
    let (one, other) = (host.end.address, simulator.end.address)
    guard host.end.vector == 14, simulator.end.vector == 14, one != other,
      max(one, other) - min(one, other) < Self.operandBytes
    else { return false }
    simulator.end.address = one
    return true
  }

  private func forgiveFarReturn(_ host: NativeOutcome, _ simulator: inout NativeOutcome) -> Bool {
    // That read may fault by its alignment, too.
    guard host.end.vector == 14 || host.end.vector == 17, simulator.end.vector == 13 else { return false }
    simulator = host
    return true
  }

  /// Takes over numbers of `bytes` bytes in a range of the state of x87 and SSE.
  private static func forgive(
    _ host: NativeOutcome, _ simulator: inout NativeOutcome, _ range: Range<Int>, bytes: Int,
    where isNear: (UInt64, UInt64) -> Bool
  ) -> Bool {
    var isForgiven = false
    for at in stride(from: range.lowerBound, to: range.upperBound, by: bytes) {
      let one = NativeComparison.number(host.state.fx, at, bytes)
      let other = NativeComparison.number(simulator.state.fx, at, bytes)
      guard one != other, isNear(one, other) else { continue }
      withUnsafeMutableBytes(of: &simulator.state.fx) { fx in
        for byte in 0..<bytes { fx[at + byte] = UInt8(truncatingIfNeeded: one >> UInt64(8 * byte)) }
      }
      isForgiven = true
    }
    return isForgiven
  }
}

extension InstructionForm {
  /// What may differ after this instruction.
  ///
  /// - Parameter cl: the count register before it.
  func tolerance(cl: UInt8) -> NativeTolerance {
    let transcendental: ClosedRange<UInt8> = 0xf0...0xff
    switch (map, opcode) {
    case (.other, 0x40), (.other, 0x41): return .dotProduct
    case (.secondary, 0x52), (.secondary, 0x53): return .approximation
    case (.primary, 0xd9) where transcendental.contains(modRM ?? 0): return .transcendental
    case (.primary, 0xd9), (.primary, 0xdd): return selector == 4 || selector == 6 ? .stateOperand : .none
    case (.secondary, 0xae) where (modRM ?? 0) < 0xc0 && selector < 2: return .stateOperand
    case (.secondary, 0xa5), (.secondary, 0xad):
      return hasOperandSizePrefix && !hasWidePrefix && cl & 0x1f > 16 ? .undefinedResult : .none
    // The immediate behind an operand in memory is not looked for: any count may be meant.
    case (.secondary, 0xa4), (.secondary, 0xac):
      return hasOperandSizePrefix && !hasWidePrefix && (immediate ?? 0xff) & 0x1f > 16 ? .undefinedResult : .none
    case (.primary, 0xca), (.primary, 0xcb): return .farReturn
    case (.primary, 0xe0), (.primary, 0xe1): return repeatPrefix == nil ? .none : .reservedRepeat
    case (.primary, 0xff) where hasWidePrefix && (selector == 3 || selector == 5) && (modRM ?? 0xc0) < 0xc0:
      return .farPointer
    case (.secondary, 0xb2), (.secondary, 0xb4), (.secondary, 0xb5):
      return hasWidePrefix && (modRM ?? 0xc0) < 0xc0 ? .farPointer : .none
    default: return .none
    }
  }
}
