import Foundation
import Scenarios

/// The numbers of a run that reports show: those that were measured, and those that follow from them.
struct RunResults {
  /// In the order in which tables have them.
  let values: [(name: String, value: Double)]

  /// - Parameters:
  ///   - attacks: on the design of the run.
  ///   - campaign: the results of the campaign of the run's point.
  init(_ record: RunRecord, attacks: AttackCounts?, campaign: [(name: String, value: Double)] = []) {
    let measured = record.measurements
    var values: [(name: String, value: Double)] = []
    let hertz = measured["clockHertz"].map { Double($0) }
    for (name, value) in measured.values {
      values.append((name, Double(value)))
      guard name.hasSuffix(".window") else { continue }
      let span = name.dropLast(7)
      guard let count = measured["\(span).count"], count > 0, let total = measured["\(span).total"] else { continue }
      values.append(("\(span).mean", Double(total) / Double(count)))
      if value > 0, let hertz { values.append(("\(span).perSecond", Double(count) * hertz / Double(value))) }
    }
    if let attacks, attacks.total > 0 {
      values += [
        ("attacks.succeeded", Double(attacks.succeeded)), ("attacks.held", Double(attacks.total - attacks.succeeded)),
      ]
    }
    self.values = values + campaign
  }

  var byName: [String: Double] { Dictionary(values.map { ($0.name, $0.value) }, uniquingKeysWith: { one, _ in one }) }

  subscript(name: String) -> Double? { values.first { $0.name == name }?.value }
}

/// Numbers as exports and tables write them.
public enum ResultText {
  /// A whole number, or one with six significant digits.
  public static func exact(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : String(format: "%.6g", value)
  }
}
