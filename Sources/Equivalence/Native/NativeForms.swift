import CSilicon

/// One encoding of the systematic scan: prefixes, map, opcode and ModRM, whatever it means.
struct NativeForm: Equatable, Sendable {
  enum Map: Int, CaseIterable, Sendable {
    case primary, secondary, secondary38, secondary3A
    /// VEX with three bytes, and maps 1, 2, 3.
    case vector1, vector2, vector3
  }

  var map: Map
  var opcode: UInt8
  /// ModRM, and SIB and displacement where it wants them.
  var operand: [UInt8]
  /// Legacy prefixes and REX in front of the opcode; for VEX one byte: pp, W in bit 2, L in bit 3.
  var prefixes: [UInt8]

  var bytes: [UInt8] {
    switch map {
    case .primary: return prefixes + [opcode] + operand
    case .secondary: return prefixes + [0x0f, opcode] + operand
    case .secondary38: return prefixes + [0x0f, 0x38, opcode] + operand
    case .secondary3A: return prefixes + [0x0f, 0x3a, opcode] + operand
    case .vector1, .vector2, .vector3:
      let bits = prefixes.first ?? 0
      let number = UInt8(map.rawValue - Map.vector1.rawValue + 1)
      // The third operand is RDX.
      return [0xc4, 0xe0 | number, bits & 3 | (bits >> 3 & 1) << 2 | (bits >> 2 & 1) << 7 | 13 << 3, opcode] + operand
    }
  }

  private var selector: UInt8 { (operand.first ?? 0) >> 3 & 7 }
  private var isRegister: Bool { (operand.first ?? 0) >= 0xc0 }
  private var repeatPrefix: UInt8? { prefixes.last { $0 == 0xf2 || $0 == 0xf3 } }

  /// What is expected of a form.
  enum Treatment: Equatable, Sendable {
    /// As on the host's processor.
    case compared
    /// #UD: the simulated processor does not announce it, whatever the host has.
    case refused
    /// Not run, for this reason.
    case leftOut(String)
  }
}

extension NativeForm {
  static let kernelCall = "calls the kernel"
  static let emulated = "Linux answers it for processors with UMIP"
  static let hypervisor = "may call a hypervisor"
  static let descriptors = "reads the kernel's descriptor tables"
  static let ownAnswer = "each processor has its own answer"
  static let prefixByte = "a prefix, or the first byte of another map"

  /// What to do with this form. `features` are the simulator's and the host's.
  func treatment(features: NativeFeatures) -> Treatment {
    switch map {
    case .primary: primary
    case .secondary: secondary(features)
    case .secondary38: secondary38
    case .secondary3A: [0x44, 0xcc, 0xce, 0xcf, 0xdf].contains(opcode) ? .refused : .compared
    case .vector1: .refused
    case .vector2, .vector3: vector
    }
  }

  private var primary: Treatment {
    switch opcode {
    case 0x0f, 0x26, 0x2e, 0x36, 0x3e, 0x40...0x4f, 0x62, 0x64...0x67, 0xc4, 0xc5, 0xf0, 0xf2, 0xf3:
      .leftOut(Self.prefixByte)
    // XOP
    case 0x8f where (operand.first ?? 0) & 0x1f >= 8: .refused
    case 0xcd where operand.first == 0x80: .leftOut(Self.kernelCall)
    default: .compared
    }
  }

  private func secondary(_ features: NativeFeatures) -> Treatment {
    switch opcode {
    case 0x05, 0x07, 0x34, 0x35: .leftOut(Self.kernelCall)
    case 0x38, 0x3a: .leftOut(Self.prefixByte)
    // SLDT STR; VERR VERW LAR LSL; SGDT SIDT SMSW.
    case 0x00 where selector <= 1: .leftOut(Self.emulated)
    case 0x00 where selector == 4 || selector == 5: .leftOut(Self.descriptors)
    case 0x02, 0x03: .leftOut(Self.descriptors)
    case 0x01 where selector == 4 || !isRegister && selector <= 1: .leftOut(Self.emulated)
    case 0x01 where isRegister: system
    // AMD's way to CR8 outside of 64-bit mode.
    case 0x20, 0x22: prefixes.contains(0xf0) ? .refused : .compared
    // RDTSC CPUID; RDRAND RDSEED.
    case 0x31, 0xa2: .leftOut(Self.ownAnswer)
    case 0xc7 where isRegister && selector >= 6: repeatPrefix == nil ? .leftOut(Self.ownAnswer) : .refused
    // XSAVEC XSAVES XRSTORS.
    case 0xc7 where !isRegister && (3...5).contains(selector): .refused
    case 0x78, 0x79: .refused
    case 0x2b where repeatPrefix != nil: .refused
    // CLWB; XSAVE XRSTOR; XSAVEOPT.
    case 0xae where !isRegister && selector == 6 && prefixes.contains(0x66) && repeatPrefix == nil:
      features.contains(.clwb) ? .compared : .leftOut("the host has no CLWB")
    case 0xae where !isRegister && (4...5).contains(selector):
      features.contains(.xsave) ? .leftOut("the area's size is each processor's own") : .refused
    case 0xae where !isRegister && selector == 6:
      features.contains(.xsave) && !prefixes.contains(0x66)
        ? .leftOut("the area's size is each processor's own") : .refused
    case 0xae where isRegister && (5...6).contains(selector) && repeatPrefix != nil: .refused
    default: .compared
    }
  }

  /// 0F 01 with a register.
  private var system: Treatment {
    switch operand.first ?? 0 {
    case 0xc1, 0xd9: .leftOut(Self.hypervisor)
    case 0xd0, 0xd1: .leftOut("XCR0 is each processor's own")
    // AMD's virtualisation; SERIALIZE and the like; MONITORX and the like.
    case 0xd8, 0xda...0xdf, 0xe8, 0xea, 0xfa...0xff: .refused
    case 0xf9: .leftOut(Self.ownAnswer)
    default: .compared
    }
  }

  private var secondary38: Treatment {
    switch opcode {
    // INVEPT and the like, SHA, GFNI, AES, WRUSS and the like.
    case 0x80...0x82, 0xc8...0xcd, 0xcf, 0xdb...0xdf, 0xf5, 0xf8...0xfc: .refused
    default: .compared
    }
  }

  /// The bit manipulation instructions are compared, all other forms of VEX are AVX.
  private var vector: Treatment {
    let bits = prefixes.first ?? 0
    guard bits & 8 == 0 else { return .refused }
    let prefix = bits & 3
    if map == .vector3 { return opcode == 0xf0 && prefix == 3 ? .compared : .refused }
    return switch opcode {
    case 0xf2, 0xf3: prefix == 0 ? .compared : .refused
    case 0xf5: prefix != 1 ? .compared : .refused
    case 0xf6: prefix == 3 ? .compared : .refused
    case 0xf7: .compared
    default: .refused
    }
  }
}

extension NativeForm {
  private static let prefixes: [[UInt8]] = [
    [], [0x66], [0xf2], [0xf3], [0x48], [0x66, 0x48], [0xf2, 0x48], [0xf3, 0x48], [0xf0], [0xf0, 0x66], [0xf0, 0xf2],
    [0xf0, 0xf3], [0xf0, 0x48], [0x66, 0xf2], [0x66, 0xf3], [0xf2, 0xf3], [0xf3, 0xf2], [0x67], [0x64], [0x44], [0x45],
    [0x66, 0xf2, 0x48], [0x66, 0xf3, 0x48], [0x48, 0x66],
  ]

  /// ModRM with RBX; with registers 1 and 6 (all 64 registers for groups that are decoded by them); by RSP, RBP and relative
  /// to the instruction pointer.
  private static func operands(_ map: Map, _ opcode: UInt8, _ prefixes: [UInt8]) -> [[UInt8]] {
    // The byte is the first of an immediate, if of anything.
    guard hasModRM(map, opcode) else { return [[0xc1]] }
    let middles = (0..<8).map { UInt8($0) << 3 }
    let isGroup =
      map == .primary && (0xd8...0xdf).contains(opcode) || map == .secondary && [0x01, 0xae, 0xc7].contains(opcode)
    var all: [[UInt8]] = []
    if isGroup, prefixes.count <= 1 {
      all += (0xc0...0xff).map { [$0] }
    } else {
      all += middles.flatMap { [[0xc1 | $0], [0xc6 | $0]] }
    }
    all += middles.map { [3 | $0] }
    if prefixes.count <= 1 { all += middles.map { [0x45 | $0, 8] } }
    if prefixes.isEmpty { all += middles.flatMap { [[4 | $0, 0x24], [5 | $0]] } }
    return all
  }

  /// Whether ModRM follows the opcode (SDM volume 2, appendix A).
  private static func hasModRM(_ map: Map, _ opcode: UInt8) -> Bool {
    switch map {
    case .primary:
      opcode < 0x40
        ? opcode & 7 < 4
        : [0x63, 0x69, 0x6b, 0xf6, 0xf7, 0xfe, 0xff].contains(opcode)
          || [0x80...0x8f, 0xc0...0xc1, 0xc4...0xc7, 0xd0...0xd3, 0xd8...0xdf].contains { $0.contains(opcode) }
    case .secondary:
      ![0x04...0x0c, 0x0e...0x0e, 0x30...0x37, 0x77...0x77, 0x80...0x8f, 0xa0...0xa2, 0xa8...0xaa, 0xc8...0xcf].contains
      {
        $0.contains(opcode)
      }
    default: true
    }
  }

  /// Every form of a map, in order.
  static func all(_ map: Map) -> [NativeForm] {
    let isVector = map.rawValue >= Map.vector1.rawValue
    return (0...255 as ClosedRange<UInt8>).flatMap { opcode -> [NativeForm] in
      let prefixes = isVector ? (0..<16).map { [UInt8($0)] } : Self.prefixes
      return prefixes.flatMap { prefix -> [NativeForm] in
        let operands = isVector ? [[0xc1], [0xd1], [0xd9], [0xca], [0x03], [0x13]] : operands(map, opcode, prefix)
        return operands.map { NativeForm(map: map, opcode: opcode, operand: $0, prefixes: prefix) }
      }
    }
  }
}
