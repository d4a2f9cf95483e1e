/// The fits of all results that are shown.
struct EffectModels {
  struct Entry {
    var criterion: Criterion
    var model: AdditiveModel
    /// The parameters, with the points that have the result.
    var factors: [Factor]
    var noise: (variance: Double, freedom: Int)?
  }

  /// Parameters that have several values.
  let factors: [Factor]
  /// For each of them the value that others are compared with: the baseline's, or the first.
  let bases: [Int]
  let entries: [Entry]

  var isBalanced: Bool { entries.allSatisfy(\.model.isBalanced) }
  var isConfounded: Bool { entries.contains(where: \.model.isConfounded) }

  /// More values of all parameters together are more than there is time for.
  private static let levelMax = 400

  init(_ findings: ReportFindings) {
    let points = findings.results.points
    var left = Self.levelMax
    let factors = findings.results.factors(points).filter { factor in
      guard factor.levels.count > 1, factor.levels.count <= left else { return false }
      left -= factor.levels.count
      return true
    }
    self.factors = factors
    bases = factors.map { factor in findings.baseline.map { factor.ofPoint[$0] } ?? 0 }
    entries =
      factors.isEmpty
      ? []
      : findings.shown.compactMap { criterion in
        let places = points.indices.filter { points[$0].estimates[criterion.result] != nil }
        guard places.count > 1 else { return nil }
        let estimates = places.compactMap { points[$0].estimates[criterion.result] }
        let own = factors.map { $0.only(places) }
        let noise = ExplorationResults.noise(estimates)
        return Entry(
          criterion: criterion, model: AdditiveModel(own, estimates.map(\.mean), noise: noise), factors: own,
          noise: noise)
      }
  }
}
