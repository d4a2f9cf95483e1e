/// Unsigned and signed interval of a number of one width.
struct Bounds<U: FixedWidthInteger & UnsignedInteger & Sendable, S: FixedWidthInteger & SignedInteger & Sendable>:
  Equatable,
  Sendable
{
  var unsigned: Interval<U>
  var signed: Interval<S>

  static var all: Bounds { Bounds(unsigned: .all, signed: .all) }

  init(unsigned: Interval<U>, signed: Interval<S>) {
    self.unsigned = unsigned
    self.signed = signed
  }

  init(_ constant: U) { self.init(unsigned: Interval(constant), signed: Interval(S(truncatingIfNeeded: constant))) }

  var isEmpty: Bool { unsigned.isEmpty || signed.isEmpty }

  func contains(_ other: Bounds) -> Bool { unsigned.contains(other.unsigned) && signed.contains(other.signed) }

  /// An interval that stays on one side of the sign bounds the other one, too.
  mutating func exchange() {
    if signed.min >= 0 || signed.max < 0 {
      unsigned.formIntersection(U(truncatingIfNeeded: signed.min), U(truncatingIfNeeded: signed.max))
    }
    let (low, high) = (S(truncatingIfNeeded: unsigned.min), S(truncatingIfNeeded: unsigned.max))
    if (low < 0) == (high < 0) { signed.formIntersection(low, high) }
  }

  mutating func formIntersection(_ other: Bounds) {
    unsigned.formIntersection(other.unsigned)
    signed.formIntersection(other.signed)
  }
}

extension Bounds {
  /// Bounds of `a operation b` where `b`, for shifts, is any number (counts are masked).
  static func apply(_ operation: ArithmeticOperation, _ a: Bounds, _ b: Bounds) -> Bounds {
    var result = Bounds.all
    let (x, y) = (a.unsigned, b.unsigned)
    switch operation {
    case .add: return Bounds(unsigned: x + y, signed: a.signed + b.signed)
    case .subtract: return Bounds(unsigned: x - y, signed: a.signed - b.signed)
    case .multiply: return Bounds(unsigned: x * y, signed: a.signed * b.signed)
    case .and: result.unsigned.max = min(x.max, y.max)
    case .or: result.unsigned.min = max(x.min, y.min)
    case .xor: break
    case .move: return b
    case .divide:
      // A divisor of 0 gives 0.
      result.unsigned.max = x.max / max(y.min, 1)
      if y.min > 0 { result.unsigned.min = x.min / y.max }
    case .modulo:
      // A divisor of 0 leaves the dividend, and so does one above it.
      if x.max < y.min { return a }
      result.unsigned.max = y.min > 0 ? min(x.max, y.max - 1) : x.max
    case .signedDivide:
      if b.signed.min == b.signed.max && b.signed.min > 0 {
        result.signed = Interval(min: a.signed.min / b.signed.min, max: a.signed.max / b.signed.min)
      }
    case .signedModulo:
      if b.signed.min == b.signed.max && b.signed.min > 0 {
        let limit = b.signed.min - 1
        result.signed = Interval(
          min: a.signed.min >= 0 ? 0 : max(-limit, a.signed.min), max: a.signed.max <= 0 ? 0 : min(limit, a.signed.max))
      }
    case .shiftLeft:
      let count = shiftCount(y)
      if x.max.leadingZeroBitCount >= Int(count.max) {
        result.unsigned = Interval(min: x.min << count.min, max: x.max << count.max)
      }
    case .shiftRight:
      let count = shiftCount(y)
      result.unsigned = Interval(min: x.min >> count.max, max: x.max >> count.min)
    case .arithmeticShiftRight:
      let count = shiftCount(y)
      let (low, high) = (a.signed.min, a.signed.max)
      result.signed = Interval(
        min: low >> S(truncatingIfNeeded: low < 0 ? count.min : count.max),
        max: high >> S(truncatingIfNeeded: high < 0 ? count.max : count.min))
    }
    return result
  }

  private static func shiftCount(_ amount: Interval<U>) -> Interval<U> {
    let highest = U(truncatingIfNeeded: U.bitWidth - 1)
    return amount.max <= highest ? amount : Interval(min: 0, max: highest)
  }
}
