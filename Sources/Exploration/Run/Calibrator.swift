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

  /// Steps of one search; each narrows the range to 0.618 of it.
  private static let steps = 9

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

  /// Fits one unknown after the other, with the others as they are: a search by the golden section, which finds the least error where
  /// there is only one.
  public func fit() throws -> Outcome {
    let training = exploration.plan.file.references.filter { $0.part == .training }
    for round in 1...calibration.rounds {
      for (index, unknown) in calibration.unknowns.enumerated() {
        show("round \(round) of \(calibration.rounds): \(unknown.name), \(runs) runs")
        // Later rounds look around what was found.
        let width = pow(0.3, Double(round - 1))
        let middle = places[index]
        var low = max(0, middle - width / 2)
        var high = min(1, middle + width / 2)
        if round == 1 { (low, high) = (0, 1) }
        let ratio = (5.0.squareRoot() - 1) / 2
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
        var errors = (try error(training, index, left), try error(training, index, right))
        for _ in 0..<Self.steps {
          if errors.0 <= errors.1 {
            high = right
            (right, errors.1) = (left, errors.0)
            left = high - ratio * (high - low)
            errors.0 = try error(training, index, left)
          } else {
            low = left
            (left, errors.0) = (right, errors.1)
            right = low + ratio * (high - low)
            errors.1 = try error(training, index, right)
          }
        }
        places[index] = errors.0 <= errors.1 ? left : right
      }
    }
    let all = exploration.plan.file.references
    try measure(all)
    return Outcome(
      values: zip(calibration.unknowns, places).map { unknown, place in
        (unknown.name, unknown.range.pointer.description, unknown.range.text(at: place))
      }, references: comparisons(all), runs: runs)
  }

  private func error(_ references: [Reference], _ index: Int, _ place: Double) throws -> Double {
    places[index] = place
    try measure(references)
    // A result that is not there is worse than any that is.
    return comparisons(references).reduce(0) { sum, line in
      let difference = line.difference ?? 1000
      return sum + difference * difference
    }
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
      known[job.key] = Dictionary(
        RunResults(record, attacks: nil).values.map { ($0.name, $0.value) }, uniquingKeysWith: { one, _ in one })
    }
  }

  private func changes(_ point: Int) -> [ScenarioChange] {
    let plan = exploration.plan
    let labels = Dictionary(uniqueKeysWithValues: zip(plan.file.parameters.map(\.name), plan.labels(ofPoint: point)))
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
