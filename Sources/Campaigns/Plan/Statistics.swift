import Foundation

/// The interval of a share that a number of equally likely samples tells, after E. B. Wilson (1927). It stays inside 0…1 and says
/// something also where nothing was found.
public struct WilsonInterval: Equatable, Sendable {
  public let lower: Double
  public let upper: Double

  /// - Parameters:
  ///   - count: samples that had it.
  ///   - total: samples, at least 1.
  ///   - confidence: how often such intervals hold the true share, below 1.
  public init(_ count: UInt64, of total: UInt64, confidence: Double) {
    precondition(total > 0 && count <= total, "a share of nothing")
    let z = NormalQuantile.twoSided(confidence)
    let (k, n) = (Double(count), Double(total))
    let share = k / n
    let center = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot() / (1 + z * z / n)
    lower = count == 0 ? 0 : max(0, center - half)
    upper = count == total ? 1 : min(1, center + half)
  }
}

public enum SampleSize {
  /// How many samples make the half width of the interval at most `error` where the share is one half (Leveugle and others, DATE
  /// 2009).
  public static func needed(of space: UInt64, error: Double, confidence: Double) -> UInt64 {
    let z = NormalQuantile.twoSided(confidence)
    let size = Double(space)
    let count = size / (1 + error * error * (size - 1) / (z * z * 0.25))
    return max(1, UInt64(count.rounded(.up)))
  }
}

enum NormalQuantile {
  /// The distance from the mean, in standard deviations, within which a normal value lies with a probability.
  static func twoSided(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a probability between 0 and 1")
    var (low, high) = (0.0, 40.0)
    // Sixty halvings are more than a Double tells apart.
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if erf(middle / 2.0.squareRoot()) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
