/// A mean of repeated runs with the interval that holds the true mean in 95 of 100 cases, if the values are normal (Student, 1908).
public struct Estimate: Equatable, Sendable {
  public let mean: Double
  /// Half of the interval's width; nil for a single value, of whose noise nothing is known.
  public let halfWidth: Double?
  public let count: Int
  let variance: Double

  /// - Parameter values: at least one.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "an estimate of nothing")
    count = values.count
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    guard values.count > 1 else {
      (halfWidth, variance) = (nil, 0)
      return
    }
    variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    halfWidth = StudentQuantile.twoSided95(Double(values.count - 1)) * (variance / Double(values.count)).squareRoot()
  }

  /// Whether another estimate differs by more than noise explains in 95 of 100 cases (Welch, 1947). Single values have no noise that is
  /// known: a deterministic run that differs, differs.
  public func differs(from other: Estimate) -> Bool {
    guard count > 1, other.count > 1 else { return mean != other.mean }
    let (own, its) = (variance / Double(count), other.variance / Double(other.count))
    let sum = own + its
    guard sum > 0 else { return mean != other.mean }
    let freedom = sum * sum / (own * own / Double(count - 1) + its * its / Double(other.count - 1))
    return abs(mean - other.mean) > StudentQuantile.twoSided95(freedom) * sum.squareRoot()
  }
}

enum StudentQuantile {
  /// Of 1 to 30 degrees of freedom.
  private static let table = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
  ]

  /// The distance from the mean within which 95 of 100 values lie.
  ///
  /// - Parameter freedom: degrees of freedom, rounded down, which makes the interval wider.
  static func twoSided95(_ freedom: Double) -> Double {
    let place = Int(Swift.max(freedom, 1).rounded(.down)) - 1
    if place < table.count { return table[place] }
    // Cornish and Fisher's expansion is exact to the third decimal from there on.
    let z = 1.959964
    return z + (z * z * z + z) / (4 * freedom)
  }
}
