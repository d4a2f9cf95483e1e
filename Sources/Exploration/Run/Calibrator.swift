import Foundation
import Scenarios
import WorkerThreads

/// Fits what of a model is not known to the training part of the references, and tells how far the held-back part is off then.
public final class Calibrator {
  /// What came of it.
  public struct Outcome: Sendable {
    /// The unknowns with their fitted values as a scenario has them, and where they belong.
    public var values: [(name: String, pointer: String, value: String)]
    public var references: [ReferenceComparison]
    /// Runs that were needed.
    public var runs: Int
  }

  private let exploration: Exploration
  private let calibration: Calibration
  private let table: MeasurementTable
  private let workers: Int
  private let show: (_ text: String) -> Void
  /// Each unknown's place between the ends of its range, 0 to 1.
  private var places: [Double]
  private var known: [String: [String: Double]] = [:]
  private var runs = 0

  /// The part of a range by which slopes are measured: more than values are rounded by.
  private static let step = 0.04
  /// So often a step is made smaller before it is given up.
  private static let attempts = 4

  /// Why nothing can be fitted.
  public struct Refusal: Error, CustomStringConvertible {
    public var description: String
  }

  /// - Parameter show: told now and then how far the fit is.
  /// - Throws: ``Refusal`` if the exploration has nothing to fit.
  public init(_ exploration: Exploration, workers: Int, show: @escaping (String) -> Void = { _ in }) throws(Refusal) {
    guard let calibration = exploration.plan.file.calibration, let table = exploration.table else {
      throw Refusal(
        description: "there is nothing to fit; add \"calibration\", \"measurements\" and \"references\" "
          + "(docs/exploration-format.md)")
    }
    (self.exploration, self.calibration, self.table, self.workers) = (exploration, calibration, table, workers)
    self.show = show
    places = calibration.unknowns.map { _ in 0.5 }
  }

  /// Fits all unknowns together by the method of Levenberg and Marquardt: from the middle of their ranges, along the slopes of all
  /// training references, as long as the error gets smaller.
  public func fit() throws -> Outcome {
    let training = exploration.plan.file.references.filter { $0.part == .training }
    var damping = 0.01
    var residuals = try residuals(training, at: places)
    for round in 1...calibration.rounds {
      show("round \(round) of \(calibration.rounds), \(runs) runs, error \(Self.text(residuals))")
      let slopes = try places.indices.map { index in
        // Towards the middle, so that it stays in the range.
        let step = places[index] < 0.5 ? Self.step : -Self.step
        var moved = places
        moved[index] += step
        return zip(try self.residuals(training, at: moved), residuals).map { ($0 - $1) / step }
      }
      if round == 1, let idle = slopes.firstIndex(where: { $0.allSatisfy { $0 == 0 } }) {
        throw Refusal(
          description:
            "\"\(calibration.unknowns[idle].name)\" changes no training reference; take it away, or add one that it changes"
        )
      }
      var isBetter = false
      for _ in 0..<Self.attempts {
        let wanted = Self.step(slopes, residuals, damping: damping)
        let next = zip(places, wanted).map { min(max($0 + $1, 0), 1) }
        let found = try self.residuals(training, at: next)
        if Self.error(found) < Self.error(residuals) {
          isBetter = Self.error(found) < Self.error(residuals) * 0.999
          (places, residuals) = (next, found)
          damping = max(damping / 10, 1e-6)
          break
        }
        damping *= 10
      }
      if !isBetter { break }
    }
    let all = exploration.plan.file.references
    try measure(all)
    return Outcome(
      values: zip(calibration.unknowns, places).map { unknown, place in
        (unknown.name, unknown.range.pointer.description, unknown.range.text(at: place))
      }, references: comparisons(all), runs: runs)
  }

  private static func error(_ residuals: [Double]) -> Double { residuals.reduce(0) { $0 + $1 * $1 } }

  private static func text(_ residuals: [Double]) -> String {
    String(format: "%.2f", (error(residuals) / Double(max(residuals.count, 1))).squareRoot())
  }

  /// The step that makes the damped linear model smallest.
  ///
  /// - Parameter slopes: of each unknown, by residuals.
  private static func step(_ slopes: [[Double]], _ residuals: [Double], damping: Double) -> [Double] {
    let count = slopes.count
    var matrix = slopes.map { one in slopes.map { other in zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } } }
    var right = slopes.map { one in -zip(one, residuals).reduce(0) { $0 + $1.0 * $1.1 } }
    for index in 0..<count { matrix[index][index] += damping * max(matrix[index][index], 1e-9) }
    // Gauss's elimination with the largest pivot.
    for column in 0..<count {
      let pivot = (column..<count).max { abs(matrix[$0][column]) < abs(matrix[$1][column]) } ?? column
      matrix.swapAt(column, pivot)
      right.swapAt(column, pivot)
      guard matrix[column][column] != 0 else { continue }
      for row in (column + 1)..<max(count, column + 1) {
        let factor = matrix[row][column] / matrix[column][column]
        for place in column..<count { matrix[row][place] -= factor * matrix[column][place] }
        right[row] -= factor * right[column]
      }
    }
    var step = [Double](repeating: 0, count: count)
    for row in (0..<count).reversed() where matrix[row][row] != 0 {
      let known = ((row + 1)..<max(count, row + 1)).reduce(0) { $0 + matrix[row][$1] * step[$1] }
      step[row] = (right[row] - known) / matrix[row][row]
    }
    return step
  }

  /// The differences of some references with the unknowns at these places, in percentage points or percent.
  private func residuals(_ references: [Reference], at places: [Double]) throws -> [Double] {
    let before = self.places
    self.places = places
    defer { self.places = before }
    try measure(references)
    // A result that is not there is worse than any that is.
    return comparisons(references).map { $0.difference ?? 1000 }
  }

  private func comparisons(_ references: [Reference]) -> [ReferenceComparison] {
    references.map { reference in
      ReferenceComparison(reference, table) { result, labels in
        guard let point = exploration.plan.firstPoint(labels), let values = known[key(point)],
          let value = values[result], let hertz = values["clockHertz"]
        else { return nil }
        return (value, hertz)
      }
    }
  }

  /// Runs the points of some references with the unknowns as they are, unless that was done before.
  private func measure(_ references: [Reference]) throws {
    var wanted: [(key: String, point: Int)] = []
    for reference in references where reference.part != .notModelled {
      for side in [reference.side, reference.base].compactMap({ $0 }) {
        guard let point = exploration.plan.firstPoint(side.point) else { continue }
        let key = key(point)
        if known[key] == nil, !wanted.contains(where: { $0.key == key }) { wanted.append((key, point)) }
      }
    }
    let jobs = wanted.map { (point: $0.point, changes: changes($0.point)) }
    let exploration = exploration
    let results = concurrently(
      jobs.count, workers: workers, context: {},
      body: { number, _ in
        try exploration.run(jobs[number].point * Int(exploration.plan.file.repeats), more: jobs[number].changes)
      })
    runs += jobs.count
    for (job, result) in zip(wanted, results) {
      let record = try result.get()
      guard record.passed else {
        throw Refusal(
          description: "point \(job.point) fails with \(job.key): \(record.reason); narrow the ranges of the unknowns")
      }
      known[job.key] = RunResults(record, attacks: nil).byName
    }
  }

  private func changes(_ point: Int) -> [ScenarioChange] {
    let plan = exploration.plan
    let labels = plan.file.labelsByName(plan.labels(ofPoint: point))
    return zip(calibration.unknowns, places).compactMap { unknown, place in
      let holds = unknown.points.allSatisfy { name, wanted in labels[name].map(wanted.contains) ?? false }
      guard holds, let change = unknown.range.choice(at: place).changes.first else { return nil }
      return ScenarioChange(change.pointer, change.value, title: unknown.name)
    }
  }

  private func key(_ point: Int) -> String {
    "\(point) " + changes(point).map { "\($0.pointer)=\($0.text)" }.joined(separator: " ")
  }
}

extension Calibrator.Outcome {
  /// For people.
  public var text: String {
    var lines = ["fitted with \(runs) runs:"]
    lines += values.map { "  \($0.name) = \($0.value)  (\($0.pointer))" }
    return (lines + references.textLines).joined(separator: "\n")
  }

  public var json: JSONText {
    .object([
      ("runs", .integer(UInt64(runs))),
      (
        "values",
        .array(
          values.map { name, pointer, value in
            .object([("name", .string(name)), ("pointer", .string(pointer)), ("value", .number(value))])
          })
      ), ("references", references.json),
    ])
  }
}
