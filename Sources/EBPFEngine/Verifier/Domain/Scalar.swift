/// A set of 64-bit numbers: known bits, and intervals of the whole and of the lower 32 bits. All describe the same
/// numbers; `normalise` lets each learn from the others.
struct Scalar: Equatable, Sendable {
  var bits: KnownBits
  var wide: Bounds<UInt64, Int64>
  var narrow: Bounds<UInt32, Int32>

  static var unknown: Scalar { Scalar(bits: .unknown, wide: .all, narrow: .all) }

  init(bits: KnownBits, wide: Bounds<UInt64, Int64>, narrow: Bounds<UInt32, Int32>) {
    self.bits = bits
    self.wide = wide
    self.narrow = narrow
  }

  init(_ constant: UInt64) {
    self.init(bits: KnownBits(constant), wide: Bounds(constant), narrow: Bounds(UInt32(truncatingIfNeeded: constant)))
  }

  /// Any number of `size` bytes, zero-extended.
  init(bytes size: UInt64) {
    self = .unknown
    if size < 8 {
      wide.unsigned.max = (1 << (size * 8)) - 1
      _ = normalise()
    }
  }

  /// Any number from `low` through `high`.
  init(from low: UInt64, through high: UInt64) {
    self = .unknown
    wide.unsigned = Interval(min: low, max: high)
    _ = normalise()
  }

  /// The number, when it is only one.
  var constant: UInt64? { bits.mask == 0 ? bits.value : nil }

  var isUnknown: Bool { bits.mask == ~0 && wide.unsigned.isAll && wide.signed.isAll && narrow == .all }

  func contains(_ other: Scalar) -> Bool {
    bits.contains(other.bits) && wide.contains(other.wide) && narrow.contains(other.narrow)
  }

  func contains(_ number: UInt64) -> Bool { contains(Scalar(number)) }

  /// The numbers in both; `nil` when there are none.
  func intersection(_ other: Scalar) -> Scalar? {
    guard let common = bits.intersection(other.bits) else { return nil }
    var result = self
    result.bits = common
    result.wide.formIntersection(other.wide)
    result.narrow.formIntersection(other.narrow)
    return result.normalise() ? result : nil
  }

  /// Lets bits and intervals bound each other. `false` when nothing satisfies all of them: no run gets here.
  mutating func normalise() -> Bool {
    // Twice, because what one pass finds for the lower half can bound the whole.
    for _ in 0..<2 {
      boundByBits()
      wide.exchange()
      boundNarrowByWide()
      narrow.exchange()
      boundWideByNarrow()
      wide.exchange()
      guard !wide.isEmpty && !narrow.isEmpty else { return false }
      let whole = KnownBits(from: wide.unsigned.min, through: wide.unsigned.max)
      let low = KnownBits(from: UInt64(narrow.unsigned.min), through: UInt64(narrow.unsigned.max))
      guard let met = bits.intersection(whole)?.intersection(KnownBits.unknown.replacingNarrow(low)) else {
        return false
      }
      bits = met
    }
    boundByBits()
    return !wide.isEmpty && !narrow.isEmpty
  }

  private mutating func boundByBits() {
    let sign: UInt64 = 1 << 63
    wide.unsigned.formIntersection(bits.minimum, bits.maximum)
    wide.signed.formIntersection(
      Int64(bitPattern: bits.value | bits.mask & sign), Int64(bitPattern: bits.value | bits.mask & ~sign))
    let (value, mask) = (UInt32(truncatingIfNeeded: bits.value), UInt32(truncatingIfNeeded: bits.mask))
    narrow.unsigned.formIntersection(value, value | mask)
    narrow.signed.formIntersection(
      Int32(bitPattern: value | mask & 1 << 31), Int32(bitPattern: value | mask & ~(1 << 31)))
  }

  private mutating func boundNarrowByWide() {
    let whole = wide.unsigned
    if whole.min >> 32 == whole.max >> 32 {
      narrow.unsigned.formIntersection(
        UInt32(truncatingIfNeeded: whole.min), UInt32(truncatingIfNeeded: whole.max))
    }
    if let low = Int32(exactly: wide.signed.min), let high = Int32(exactly: wide.signed.max) {
      narrow.signed.formIntersection(low, high)
    }
  }

  /// A number not below `min` whose lower half is at least `low` is not below `min` with that lower half.
  private mutating func boundWideByNarrow() {
    let (low, high) = (UInt64(narrow.unsigned.min), UInt64(narrow.unsigned.max))
    let upper: UInt64 = 0xffff_ffff_0000_0000
    wide.unsigned.formIntersection(wide.unsigned.min & upper | low, wide.unsigned.max & upper | high)
    let (signedLow, signedHigh) = (UInt64(bitPattern: wide.signed.min), UInt64(bitPattern: wide.signed.max))
    wide.signed.formIntersection(
      Int64(bitPattern: signedLow & upper | low), Int64(bitPattern: signedHigh & upper | high))
  }
}
