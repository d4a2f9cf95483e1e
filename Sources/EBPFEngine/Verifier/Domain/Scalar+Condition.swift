extension Condition {
  /// The condition that holds exactly when this one does not; `nil` for `bitSet`, which has none.
  var inverse: Condition? {
    switch self {
    case .equal: .notEqual
    case .notEqual: .equal
    case .greater: .lessOrEqual
    case .lessOrEqual: .greater
    case .greaterOrEqual: .less
    case .less: .greaterOrEqual
    case .signedGreater: .signedLessOrEqual
    case .signedLessOrEqual: .signedGreater
    case .signedGreaterOrEqual: .signedLess
    case .signedLess: .signedGreaterOrEqual
    case .bitSet: nil
    }
  }
}

extension Scalar {
  /// Narrows `a` and `b` to pairs for which `condition` has the value `holds`. `false` when there are none.
  static func assume(
    _ condition: Condition, _ width: Width, holds: Bool, _ a: inout Scalar, _ b: inout Scalar
  ) -> Bool {
    let feasible: Bool
    if condition == .bitSet {
      feasible = assumeBits(width, set: holds, &a, b) && assumeBits(width, set: holds, &b, a)
    } else {
      let condition = holds ? condition : condition.inverse ?? condition
      if width == .bits64 {
        feasible = order(condition, &a.wide, &b.wide)
        if condition == .equal { return feasible && unify(&a, &b) }
      } else {
        feasible = order(condition, &a.narrow, &b.narrow)
        if condition == .equal { return feasible && unifyNarrow(&a, &b) }
      }
    }
    return feasible && a.normalise() && b.normalise()
  }

  private static func unify(_ a: inout Scalar, _ b: inout Scalar) -> Bool {
    guard let bits = a.bits.intersection(b.bits) else { return false }
    a.bits = bits
    a.narrow.formIntersection(b.narrow)
    guard a.normalise() else { return false }
    b = a
    return true
  }

  private static func unifyNarrow(_ a: inout Scalar, _ b: inout Scalar) -> Bool {
    guard let low = a.bits.narrow.intersection(b.bits.narrow) else { return false }
    a.bits = a.bits.replacingNarrow(low)
    b.bits = b.bits.replacingNarrow(low)
    return a.normalise() && b.normalise()
  }

  /// What `a & b` being zero, or not, tells of `a`.
  private static func assumeBits(_ width: Width, set: Bool, _ a: inout Scalar, _ b: Scalar) -> Bool {
    let (x, y) = width == .bits64 ? (a.bits, b.bits) : (a.bits.narrow, b.bits.narrow)
    if set {
      guard x.maximum & y.maximum != 0 else { return false }
      // A test of one bit tells that bit.
      guard y.mask == 0 && y.value.nonzeroBitCount == 1 else { return true }
      a.bits = KnownBits(value: a.bits.value | y.value, mask: a.bits.mask & ~y.value)
      return true
    }
    guard x.value & y.value == 0 else { return false }
    a.bits = KnownBits(value: a.bits.value, mask: a.bits.mask & ~y.value)
    return true
  }

  private static func order<U, S>(_ condition: Condition, _ a: inout Bounds<U, S>, _ b: inout Bounds<U, S>) -> Bool {
    switch condition {
    case .equal:
      a.formIntersection(b)
      b = a
      return !a.isEmpty
    case .notEqual:
      return exclude(b.unsigned, from: &a.unsigned) && exclude(a.unsigned, from: &b.unsigned)
        && exclude(b.signed, from: &a.signed) && exclude(a.signed, from: &b.signed)
    case .greater: return below(&b.unsigned, &a.unsigned, strictly: true)
    case .greaterOrEqual: return below(&b.unsigned, &a.unsigned, strictly: false)
    case .less: return below(&a.unsigned, &b.unsigned, strictly: true)
    case .lessOrEqual: return below(&a.unsigned, &b.unsigned, strictly: false)
    case .signedGreater: return below(&b.signed, &a.signed, strictly: true)
    case .signedGreaterOrEqual: return below(&b.signed, &a.signed, strictly: false)
    case .signedLess: return below(&a.signed, &b.signed, strictly: true)
    case .signedLessOrEqual: return below(&a.signed, &b.signed, strictly: false)
    case .bitSet: return true
    }
  }

  private static func below<T>(_ low: inout Interval<T>, _ high: inout Interval<T>, strictly: Bool) -> Bool {
    guard !strictly || (low.min != .max && high.max != .min) else { return false }
    let step: T = strictly ? 1 : 0
    let (lowMax, highMin) = (high.max - step, low.min + step)
    low.max = min(low.max, lowMax)
    high.min = max(high.min, highMin)
    return !low.isEmpty && !high.isEmpty
  }

  /// A single excluded number shortens an interval that begins or ends with it.
  private static func exclude<T>(_ number: Interval<T>, from interval: inout Interval<T>) -> Bool {
    guard number.min == number.max else { return true }
    if interval.min == number.min {
      guard interval.min < interval.max else { return false }
      interval.min += 1
    } else if interval.max == number.min {
      interval.max -= 1
    }
    return true
  }
}
