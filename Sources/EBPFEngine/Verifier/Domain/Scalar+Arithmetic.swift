extension Scalar {
  /// Numbers that `a operation b` can give (RFC 9669 section 4.1).
  static func apply(_ operation: ArithmeticOperation, _ width: Width, _ a: Scalar, _ b: Scalar) -> Scalar {
    if operation == .move { return width == .bits64 ? b : b.truncated(toBits: 32) }
    if let x = a.constant, let y = b.constant { return Scalar(evaluate(operation, width, x, y)) }
    var result = Scalar.unknown
    result.bits = bits(operation, width, a.bits, b.bits)
    switch width {
    case .bits64:
      result.wide = .apply(operation, a.wide, b.wide)
      // The lower half of sums and differences depends on the lower halves only.
      if operation == .add || operation == .subtract { result.narrow = .apply(operation, a.narrow, b.narrow) }
    case .bits32:
      result.narrow = .apply(operation, a.narrow, b.narrow)
      result.bits = result.bits.narrow
    }
    // An operation on numbers gives a number; should the domains disagree, knowing nothing is still right.
    return result.normalise() ? result : .unknown
  }

  private static func bits(
    _ operation: ArithmeticOperation, _ width: Width, _ a: KnownBits, _ b: KnownBits
  ) -> KnownBits {
    let (a, b) = width == .bits64 ? (a, b) : (a.narrow, b.narrow)
    let count = b.mask == 0 ? b.value & (UInt64(width.rawValue) - 1) : nil
    switch operation {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .and: return a & b
    case .or: return a | b
    case .xor: return a ^ b
    case .shiftLeft:
      if let count { return a.shiftedLeft(count) }
      return KnownBits(value: 0, mask: ~0 << UInt64(min(a.trailingZeroBitCount, 63)))
    case .shiftRight: return count.map { a.shiftedRight($0) } ?? .unknown
    case .arithmeticShiftRight: return count.map { a.arithmeticShiftedRight($0, width) } ?? .unknown
    default: return .unknown
    }
  }

  /// The operation on two numbers.
  static func evaluate(_ operation: ArithmeticOperation, _ width: Width, _ x: UInt64, _ y: UInt64) -> UInt64 {
    switch width {
    case .bits64: evaluate(operation, x, y, Arithmetic.signedDivide, Arithmetic.signedModulo, Arithmetic.shiftRight)
    case .bits32:
      UInt64(
        evaluate(
          operation, UInt32(truncatingIfNeeded: x), UInt32(truncatingIfNeeded: y), Arithmetic.signedDivide,
          Arithmetic.signedModulo, Arithmetic.shiftRight))
    }
  }

  private static func evaluate<T: FixedWidthInteger>(
    _ operation: ArithmeticOperation, _ x: T, _ y: T, _ signedDivide: (T, T) -> T, _ signedModulo: (T, T) -> T,
    _ arithmeticShift: (T, T) -> T
  ) -> T {
    switch operation {
    case .add: x &+ y
    case .subtract: x &- y
    case .multiply: x &* y
    case .divide: Arithmetic.divide(x, y)
    case .modulo: Arithmetic.modulo(x, y)
    case .signedDivide: signedDivide(x, y)
    case .signedModulo: signedModulo(x, y)
    case .or: x | y
    case .and: x & y
    case .xor: x ^ y
    case .shiftLeft: x &<< y
    case .shiftRight: x &>> y
    case .arithmeticShiftRight: arithmeticShift(x, y)
    case .move: y
    }
  }

  func negated(_ width: Width) -> Scalar { .apply(.subtract, width, Scalar(0), self) }

  /// The lower `count` (8, 16, 32 or 64) bits, zero-extended.
  func truncated(toBits count: UInt8) -> Scalar {
    guard count < 64 else { return self }
    let mask = (UInt64(1) << UInt64(count)) - 1
    if wide.unsigned.max <= mask { return self }
    var result = Scalar.unknown
    result.bits = KnownBits(value: bits.value & mask, mask: bits.mask & mask)
    if count == 32 { result.narrow = narrow }
    return result.normalise() ? result : Scalar(bytes: UInt64(count / 8))
  }

  /// The lower `count` (8, 16 or 32) bits as a signed number of `width` bits; the upper half is zero for 32 bits.
  func signExtended(fromBits count: UInt8, _ width: Width) -> Scalar {
    let limit = Int64(1) << (Int64(count) - 1)
    var result = Scalar.unknown
    result.bits = bits.signExtended(fromBits: count)
    result.wide.signed = Interval(min: -limit, max: limit - 1)
    if count == 32 {
      result.wide.signed.formIntersection(Int64(narrow.signed.min), Int64(narrow.signed.max))
    } else if wide.signed.min >= -limit && wide.signed.max < limit {
      result.wide.signed = wide.signed
    }
    guard result.normalise() else { return .unknown }
    return width == .bits64 ? result : result.truncated(toBits: 32)
  }

  /// Byte order conversion on a little-endian machine.
  func converted(_ order: ByteOrder, bits count: UInt8) -> Scalar {
    let low = truncated(toBits: count)
    guard order != .little else { return low }
    guard let number = low.constant else { return Scalar(bytes: UInt64(count / 8)) }
    return Scalar(number.byteSwapped >> (64 - UInt64(count)))
  }
}
