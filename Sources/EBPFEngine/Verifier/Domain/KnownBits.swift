/// What is known of the single bits of a 64-bit number. A bit set in `mask` may be 0 or 1; the others are as in `value`.
/// Every operation gives a superset of what the operation gives on the members.
struct KnownBits: Equatable, Sendable {
  /// Known bits; 0 wherever `mask` is 1.
  var value: UInt64
  var mask: UInt64

  static var unknown: KnownBits { KnownBits(value: 0, mask: ~0) }

  init(value: UInt64, mask: UInt64) {
    self.value = value & ~mask
    self.mask = mask
  }

  init(_ constant: UInt64) { self.init(value: constant, mask: 0) }

  /// The leading bits in which all numbers of an unsigned range agree.
  init(from low: UInt64, through high: UInt64) {
    let width = 64 - (low ^ high).leadingZeroBitCount
    self.init(value: low, mask: width == 64 ? ~0 : (1 << UInt64(width)) &- 1)
  }

  var minimum: UInt64 { value }
  var maximum: UInt64 { value | mask }
  /// Bits below the lowest that can be 1.
  var trailingZeroBitCount: Int { maximum.trailingZeroBitCount }

  func contains(_ number: UInt64) -> Bool { number & ~mask == value }
  func contains(_ other: KnownBits) -> Bool { other.mask & ~mask == 0 && other.value & ~mask == value }

  /// The numbers in both; `nil` when a bit is known to differ.
  func intersection(_ other: KnownBits) -> KnownBits? {
    guard (value ^ other.value) & ~mask & ~other.mask == 0 else { return nil }
    return KnownBits(value: value | other.value, mask: mask & other.mask)
  }

  /// The lower 32 bits, zero-extended.
  var narrow: KnownBits { KnownBits(value: value & 0xffff_ffff, mask: mask & 0xffff_ffff) }

  /// The lower 32 bits of `low` below the upper 32 bits of this.
  func replacingNarrow(_ low: KnownBits) -> KnownBits {
    let upper: UInt64 = 0xffff_ffff_0000_0000
    return KnownBits(value: value & upper | low.narrow.value, mask: mask & upper | low.narrow.mask)
  }
}

extension KnownBits {
  /// A bit of the sum is known where both operands are known and the smallest and the largest sum carry alike.
  static func + (a: KnownBits, b: KnownBits) -> KnownBits {
    let smallest = a.minimum &+ b.minimum
    let largest = a.maximum &+ b.maximum
    return KnownBits(value: smallest, mask: smallest ^ largest | a.mask | b.mask)
  }

  static func - (a: KnownBits, b: KnownBits) -> KnownBits {
    let largest = a.maximum &- b.minimum
    let smallest = a.minimum &- b.maximum
    return KnownBits(value: smallest, mask: smallest ^ largest | a.mask | b.mask)
  }

  /// Trailing zeros add up; the rest is left to the intervals.
  static func * (a: KnownBits, b: KnownBits) -> KnownBits {
    let zeros = a.trailingZeroBitCount + b.trailingZeroBitCount
    return KnownBits(value: 0, mask: zeros >= 64 ? 0 : ~0 << UInt64(zeros))
  }

  static func & (a: KnownBits, b: KnownBits) -> KnownBits {
    let ones = a.value & b.value
    return KnownBits(value: ones, mask: a.maximum & b.maximum & ~ones)
  }

  static func | (a: KnownBits, b: KnownBits) -> KnownBits {
    let ones = a.value | b.value
    return KnownBits(value: ones, mask: (a.mask | b.mask) & ~ones)
  }

  static func ^ (a: KnownBits, b: KnownBits) -> KnownBits {
    KnownBits(value: a.value ^ b.value, mask: a.mask | b.mask)
  }

  func shiftedLeft(_ count: UInt64) -> KnownBits { KnownBits(value: value &<< count, mask: mask &<< count) }
  func shiftedRight(_ count: UInt64) -> KnownBits { KnownBits(value: value &>> count, mask: mask &>> count) }

  /// Arithmetic shift of a number of `width` bits; an unknown sign stays unknown in all the copies of it.
  func arithmeticShiftedRight(_ count: UInt64, _ width: Width) -> KnownBits {
    switch width {
    case .bits64: KnownBits(value: Arithmetic.shiftRight(value, count), mask: Arithmetic.shiftRight(mask, count))
    case .bits32: signExtended(fromBits: 32).shiftedRight(count).narrow
    }
  }

  /// The lower `bits` (8, 16 or 32) as a signed number, in 64 bits.
  func signExtended(fromBits bits: UInt8) -> KnownBits {
    let shift = 64 &- UInt64(bits)
    return KnownBits(
      value: Arithmetic.shiftRight(value << shift, shift), mask: Arithmetic.shiftRight(mask << shift, shift))
  }
}
