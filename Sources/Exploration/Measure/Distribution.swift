/// How often which durations came, in buckets that are at most 1/32 of their value wide: quantiles are exact to 3 %, and two
/// distributions can be added.
public struct Distribution: Equatable, Sendable {
  /// The number of each bucket with the values in it, ascending.
  private var counts: [Int: UInt64] = [:]
  public private(set) var count: UInt64 = 0
  public private(set) var total: UInt64 = 0
  public private(set) var min: UInt64 = .max
  public private(set) var max: UInt64 = 0

  /// Each power of two has so many buckets.
  private static let steps = 32

  public init() {}

  public mutating func add(_ value: UInt64) {
    counts[Self.bucket(of: value), default: 0] += 1
    count += 1
    total &+= value
    min = Swift.min(min, value)
    max = Swift.max(max, value)
  }

  public mutating func add(_ other: Distribution) {
    for (bucket, number) in other.counts { counts[bucket, default: 0] += number }
    count += other.count
    total &+= other.total
    min = Swift.min(min, other.min)
    max = Swift.max(max, other.max)
  }

  private static func bucket(of value: UInt64) -> Int {
    guard value >= UInt64(steps) else { return Int(value) }
    let power = 63 - value.leadingZeroBitCount
    return (power - 4) * steps + Int(value >> UInt64(power - 5)) - steps
  }

  /// The values of a bucket.
  private static func range(of bucket: Int) -> ClosedRange<UInt64> {
    guard bucket >= steps else { return UInt64(bucket)...UInt64(bucket) }
    let power = bucket / steps + 4
    let low = UInt64(bucket % steps + steps) << UInt64(power - 5)
    return low...(low + (1 << UInt64(power - 5)) - 1)
  }

  /// The value that a share of all values does not exceed: the middle of its bucket, within the least and the greatest value.
  ///
  /// - Parameter share: 0 to 1.
  public func quantile(_ share: Double) -> UInt64 {
    guard count > 0 else { return 0 }
    let rank = UInt64((Double(count) * share).rounded(.up))
    if rank >= count { return max }
    var seen: UInt64 = 0
    for bucket in counts.keys.sorted() {
      seen += counts[bucket]!
      guard seen >= rank else { continue }
      let range = Self.range(of: bucket)
      return Swift.min(Swift.max(range.lowerBound + (range.upperBound - range.lowerBound) / 2, min), max)
    }
    return max
  }

  /// The buckets that have values, with the least value of each.
  public var buckets: [(from: UInt64, to: UInt64, count: UInt64)] {
    counts.keys.sorted().map { bucket in
      let range = Self.range(of: bucket)
      return (range.lowerBound, range.upperBound, counts[bucket]!)
    }
  }

  /// `TOTAL MIN MAX BUCKET:COUNT …`, which ``init(_:)`` reads.
  public var text: String {
    (["\(total)", "\(count == 0 ? 0 : min)", "\(max)"] + counts.keys.sorted().map { "\($0):\(counts[$0]!)" })
      .joined(separator: " ")
  }

  /// - Parameter text: as ``text``; nil for anything else.
  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count >= 3, let total = UInt64(words[0]), let min = UInt64(words[1]), let max = UInt64(words[2]),
      min <= max
    else { return nil }
    for word in words.dropFirst(3) {
      let parts = word.split(separator: ":")
      guard parts.count == 2, let bucket = Int(parts[0]), (0...(Self.bucket(of: .max))).contains(bucket),
        let number = UInt64(parts[1]), number > 0, number < 1 << 40, counts[bucket] == nil
      else { return nil }
      counts[bucket] = number
      count += number
    }
    (self.total, self.max) = (total, max)
    self.min = count == 0 ? .max : min
  }
}
