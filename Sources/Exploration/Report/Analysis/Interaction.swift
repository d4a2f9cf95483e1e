/// By how much two parameters together do something else than each of them alone says.
struct Interaction: Sendable {
  let result: String
  /// The places of the two parameters.
  let first: Int
  let second: Int
  /// For each value of the first, then of the second: the mean of what the sum of all parameters leaves; nil where no point has both.
  let departures: [[Double?]]
  /// Points of each.
  let counts: [[Int]]
  /// Of all the variance of the points.
  let share: Double

  init(_ result: String, _ first: Int, _ second: Int, _ factors: [Factor], _ model: AdditiveModel) {
    let (one, other) = (factors[first], factors[second])
    let row = [Double](repeating: 0, count: other.levels.count)
    var sums = [[Double]](repeating: row, count: one.levels.count)
    var counts = [[Int]](repeating: row.map { _ in 0 }, count: one.levels.count)
    for (point, residual) in model.residuals.enumerated() {
      sums[one.ofPoint[point]][other.ofPoint[point]] += residual
      counts[one.ofPoint[point]][other.ofPoint[point]] += 1
    }
    var squares = 0.0
    departures = zip(sums, counts).map { sums, counts in
      zip(sums, counts).map { sum, count in
        guard count > 0 else { return nil }
        squares += sum * sum / Double(count)
        return sum / Double(count)
      }
    }
    (self.result, self.first, self.second, self.counts) = (result, first, second, counts)
    share = model.total > 0 ? squares / model.total : 0
  }
}

extension ExplorationResults {
  /// How large the noise of a point's mean over its repeats is, told from all points; nil for single runs.
  static func noise(_ estimates: [Estimate]) -> (variance: Double, freedom: Int)? {
    var (squares, freedom, count) = (0.0, 0, 0)
    for estimate in estimates where estimate.count > 1 {
      squares += estimate.variance * Double(estimate.count - 1)
      freedom += estimate.count - 1
      count += estimate.count
    }
    guard freedom > 0 else { return nil }
    let repeats = Double(count) / Double(estimates.count { $0.count > 1 })
    return (squares / Double(freedom) / repeats, freedom)
  }
}
