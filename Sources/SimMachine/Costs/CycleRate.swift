/// Cycles for each of many equal things, in whole thousandths of a cycle.
///
/// A current core retires several instructions in a cycle. So many of them take the product rounded down to whole cycles: more
/// of them never take less, and the sum does not depend on when somebody looked at the clock.
public struct CycleRate: Equatable, Sendable, Codable {
  /// In thousandths of a cycle.
  public let thousandths: UInt64
  /// In cycles; 0 if the rate is no whole number, or 0.
  @usableFromInline let whole: UInt64

  /// Cycles.
  public static let max: UInt64 = 1 << 20
  /// In a cycle.
  private static let parts: UInt64 = 1_000

  /// - Parameter thousandths: at most 1,000 times ``max``.
  public init(thousandths: UInt64) {
    self.thousandths = thousandths
    whole = thousandths % Self.parts == 0 ? thousandths / Self.parts : 0
  }

  /// - Parameter cycles: at most ``max``.
  public init(cycles: UInt64) { self.init(thousandths: cycles &* Self.parts) }

  public init(from decoder: any Decoder) throws {
    self.init(thousandths: try decoder.singleValueContainer().decode(UInt64.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(thousandths)
  }

  /// What `count` of them take, in cycles. A result beyond 2^64 is its remainder, as for any count of cycles.
  @inline(__always)
  public func cycles(for count: UInt64) -> UInt64 {
    if whole != 0 { return count &* whole }
    // The same as the product divided, without a product of more than 64 bits.
    let (thousands, rest) = count.quotientAndRemainder(dividingBy: Self.parts)
    return thousands &* thousandths &+ rest &* thousandths / Self.parts
  }

  /// The smallest count that takes at least so many cycles; the greatest number if there is none.
  @inline(__always)
  public func count(reaching cycles: UInt64) -> UInt64 {
    if whole == 1 { return cycles }  // a division costs as much as everything else at an exit
    guard thousandths > 0 else { return cycles == 0 ? 0 : .max }
    let (multiple, rest) = cycles.quotientAndRemainder(dividingBy: thousandths)
    let (count, isBeyond) = multiple.multipliedReportingOverflow(by: Self.parts)
    guard !isBeyond else { return .max }
    let (more, remainder) = (rest &* Self.parts).quotientAndRemainder(dividingBy: thousandths)
    let (sum, isGreater) = count.addingReportingOverflow(more &+ (remainder > 0 ? 1 : 0))
    return isGreater ? .max : sum
  }
}
