/// A span of virtual time as a scenario writes it: `"250us"`, `"2s"`.
public struct VirtualDuration: Equatable, Sendable, Comparable, CustomStringConvertible {
  public var nanoseconds: UInt64

  public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// A day: more than any run needs, and far from any overflow.
  public static let max = VirtualDuration(nanoseconds: 86_400 * 1_000_000_000)

  private static let units: [(suffix: String, nanoseconds: UInt64)] = [
    ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
  ]

  /// Reads digits followed by ns, us, ms or s; nil for anything else and for more than ``max``.
  public init?(_ text: String) {
    guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
    let digits = text.dropLast(unit.suffix.count)
    guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let count = UInt64(digits) else {
      return nil
    }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
    guard !overflow, product <= Self.max.nanoseconds else { return nil }
    nanoseconds = product
  }

  /// The number of cycles of a clock of `hertz`, rounded up, at least 1 for a span that is not 0.
  public func cycles(hertz: UInt64) -> UInt64 {
    let product = nanoseconds.multipliedFullWidth(by: hertz)
    // A day at 10 GHz is below 2^50 cycles, so the quotient fits.
    let (quotient, remainder) = UInt64(1_000_000_000).dividingFullWidth((product.high, product.low))
    return remainder == 0 ? quotient : quotient + 1
  }

  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// In the largest unit that shows it exactly.
  public var description: String {
    let unit = Self.units.last { nanoseconds % $0.nanoseconds == 0 } ?? Self.units[0]
    return "\(nanoseconds / unit.nanoseconds)\(unit.suffix)"
  }
}
