/// How a result follows from parameters if each adds its own part: fitted by least squares, so that parameters can be told apart where
/// points were drawn or have failed.
struct AdditiveModel: Sendable {
  /// One value of one parameter.
  struct Level: Equatable, Sendable {
    /// The result with this value, and the others as often as they come.
    var mean: Double
    /// Half of the interval that holds it in 95 of 100 cases; nil if nothing tells how large the error is.
    var halfWidth: Double?
    /// Points that have it.
    var count: Int
  }

  /// By parameters, then by their values.
  let levels: [[Level]]
  /// Of all the variance of the points the share that goes when the parameter is known too (type II sums of squares, Yates 1934); 0 if
  /// there is no variance.
  let shares: [Double]
  let mean: Double
  /// What is left of each point.
  let residuals: [Double]
  /// Squares of the points' distances from their mean, together.
  let total: Double
  /// The share that the sum of all parameters does not explain: interactions and noise.
  let unexplained: Double
  /// Some values always come together: no points tell their parts.
  let isConfounded: Bool
  /// Each value comes as often with each value of the others: then the shares add up.
  let isBalanced: Bool

  /// - Parameters:
  ///   - outputs: the result of each point, at least one.
  ///   - noise: the variance of a point's mean over its repeats, and how many degrees of freedom that was told from; nil for single runs.
  init(_ factors: [Factor], _ outputs: [Double], noise: (variance: Double, freedom: Int)? = nil) {
    precondition(!outputs.isEmpty, "a model of nothing")
    let mean = outputs.reduce(0, +) / Double(outputs.count)
    // Column 0 is the constant; each parameter has a column for each value but the first.
    var columns: [[Int]] = []
    var width = 1
    for factor in factors {
      columns.append(factor.levels.indices.map { $0 == 0 ? -1 : width + $0 - 1 })
      width += max(factor.levels.count - 1, 0)
    }
    var matrix = SweptMatrix(width + 1)
    for (point, output) in outputs.enumerated() {
      var own = [0]
      for (factor, columns) in zip(factors, columns) where columns[factor.ofPoint[point]] > 0 {
        own.append(columns[factor.ofPoint[point]])
      }
      matrix.add(own, output - mean)
    }
    let constant = (0..<width).map { matrix[0, $0] / Double(outputs.count) }
    isBalanced = Self.isBalanced(matrix, columns, factors)
    total = matrix[width, width]
    for column in 0..<width { matrix.sweep(column) }
    let rest = matrix[width, width] > total * 1e-12 ? matrix[width, width] : 0
    let rank = matrix.isSwept.count { $0 }
    let counts = factors.map { factor in
      factor.ofPoint.reduce(into: [Int](repeating: 0, count: factor.levels.count)) { $0[$1] += 1 }
    }
    isConfounded = rank < counts.reduce(1) { sum, counts in sum + max(counts.count { $0 > 0 } - 1, 0) }
    let freedom = outputs.count - rank
    let error: (variance: Double, freedom: Int)? = freedom > 0 ? (rest / Double(freedom), freedom) : noise
    levels = zip(counts, columns).map { counts, columns in
      columns.indices.map { level in
        var row = constant
        for column in columns where column > 0 { row[column] = 0 }
        if level > 0 { row[columns[level]] = 1 }
        let (value, factor) = matrix.prediction(row)
        let half = error.map { StudentQuantile.twoSided95(Double($0.freedom)) * ($0.variance * factor).squareRoot() }
        return Level(mean: mean + value, halfWidth: half, count: counts[level])
      }
    }
    let coefficients = (0..<width).map { matrix.isSwept[$0] ? matrix[$0, width] : 0 }
    residuals = outputs.enumerated().map { point, output in
      var value = output - mean - coefficients[0]
      for (factor, columns) in zip(factors, columns) where columns[factor.ofPoint[point]] > 0 {
        value -= coefficients[columns[factor.ofPoint[point]]]
      }
      return value
    }
    shares = columns.map { [total] columns in
      guard total > 0 else { return 0 }
      var without = matrix
      for column in columns where column > 0 && without.isSwept[column] { without.sweep(column) }
      // What always comes together with the parameter may take its place.
      for column in 0..<width where !matrix.isSwept[column] && !columns.contains(column) { without.sweep(column) }
      return max(0, (without[width, width] - rest) / total)
    }
    (self.mean, unexplained) = (mean, total > 0 ? rest / total : 0)
  }

  /// - Parameter matrix: as it was before it was swept.
  private static func isBalanced(_ matrix: SweptMatrix, _ columns: [[Int]], _ factors: [Factor]) -> Bool {
    let count = matrix[0, 0]
    for (one, own) in columns.enumerated() {
      for other in columns[(one + 1)...] {
        for a in own where a > 0 {
          for b in other where b > 0 && matrix[a, b] * count != matrix[0, a] * matrix[0, b] { return false }
        }
      }
    }
    return true
  }
}

/// Sums of products, with the sweep operator, which takes a column into a fit by least squares or out of it again (Goodnight, "A
/// Tutorial on the SWEEP Operator", 1979).
struct SweptMatrix: Sendable {
  private let size: Int
  private var cells: [Double]
  /// What each column had before others were taken in: what is left of it tells whether it says anything new.
  private var scales: [Double] = []
  private(set) var isSwept: [Bool]

  init(_ size: Int) {
    self.size = size
    cells = [Double](repeating: 0, count: size * size)
    isSwept = [Bool](repeating: false, count: size - 1)
  }

  subscript(row: Int, column: Int) -> Double { cells[row * size + column] }

  /// Adds a point: the columns that are 1, and its output.
  mutating func add(_ columns: [Int], _ output: Double) {
    for a in columns {
      for b in columns { cells[a * size + b] += 1 }
      cells[a * size + size - 1] += output
      cells[(size - 1) * size + a] += output
    }
    cells[size * size - 1] += output * output
  }

  /// Takes a column in, or out again; nothing for one that says nothing new.
  mutating func sweep(_ k: Int) {
    if scales.isEmpty { scales = (0..<size).map { self[$0, $0] } }
    let pivot = self[k, k]
    guard isSwept[k] || pivot > 1e-9 * max(scales[k], 1) else { return }
    for column in 0..<size where column != k { cells[k * size + column] /= pivot }
    for row in 0..<size where row != k {
      let factor = self[row, k]
      guard factor != 0 else { continue }
      for column in 0..<size where column != k { cells[row * size + column] -= factor * self[k, column] }
      cells[row * size + k] = -factor / pivot
    }
    cells[k * size + k] = 1 / pivot
    isSwept[k].toggle()
  }

  /// What the fit says for a row of columns, and by how much the variance of an error is to be multiplied to become that of this value.
  func prediction(_ row: [Double]) -> (value: Double, factor: Double) {
    var (value, factor) = (0.0, 0.0)
    for a in row.indices where isSwept[a] && row[a] != 0 {
      value += row[a] * self[a, size - 1]
      for b in row.indices where isSwept[b] && row[b] != 0 { factor += row[a] * row[b] * self[a, b] }
    }
    return (value, max(0, factor))
  }
}
