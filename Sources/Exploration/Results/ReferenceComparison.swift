import Foundation
import Scenarios
import TerminalText

/// A measured number beside the model's.
public struct ReferenceComparison: Sendable {
  public let reference: Reference
  /// With a base the change in percent, else the number in ``unit``.
  public let published: Double
  /// Nil where the model has no such result.
  public let model: Double?
  public let unit: String
  /// Why the model has none; empty if it has.
  public let problem: String

  /// With a base in percentage points, else in percent of what was measured.
  public var difference: Double? {
    model.map { reference.base == nil ? ($0 - published) / published * 100 : $0 - published }
  }

  /// What people are to know of it.
  var remark: String { problem.isEmpty ? reference.note : problem }

  /// Measured, model and difference as people read them.
  var texts: (published: String, model: String, difference: String) {
    let isRelative = reference.base != nil
    func number(_ value: Double) -> String {
      isRelative ? String(format: "%+.1f %%", value) : Self.number(value, unit)
    }
    return (
      number(published), model.map(number) ?? "-",
      difference.map { String(format: isRelative ? "%+.1f points" : "%+.1f %%", $0) } ?? "-"
    )
  }

  private static func number(_ value: Double, _ unit: String) -> String {
    switch unit {
    case "seconds" where value < 0.001: String(format: "%.1f us", value * 1e6)
    case "seconds" where value < 1: String(format: "%.2f ms", value * 1e3)
    case "seconds": String(format: "%.2f s", value)
    case "bytes": String(format: "%.0f", value)
    default: String(format: "%.0f %@", value, unit)
    }
  }

  /// - Parameter value: of a result at a point that has these labels, in cycles where it is a time; or why there is none.
  init(
    _ reference: Reference, _ table: MeasurementTable,
    value: (_ result: String, _ labels: [String: String]) -> (number: Double, clockHertz: Double)?
  ) {
    self.reference = reference
    func measured(_ name: String) -> MeasurementTable.Entry {
      guard let entry = table[name] else { preconditionFailure("references were checked") }
      return entry
    }
    let entry = measured(reference.side.measured)
    func model(_ side: Reference.Side) -> Double? {
      guard !reference.result.isEmpty, let found = value(reference.result, side.point) else { return nil }
      // Measurements of times are in seconds, results in cycles.
      let isTime = entry.unit == "seconds" && !reference.result.hasSuffix(".perSecond")
      return isTime ? found.number / found.clockHertz : found.number
    }
    let own = model(reference.side)
    if let base = reference.base {
      published = (entry.value / measured(base.measured).value - 1) * 100
      let other = model(base)
      self.model = own.flatMap { own in other.flatMap { $0 == 0 ? nil : (own / $0 - 1) * 100 } }
      unit = "%"
    } else {
      published = entry.value
      self.model = own
      unit = entry.unit
    }
    problem = self.model != nil ? "" : reference.part == .notModelled ? reference.note : "no run has this result"
  }
}

extension [ReferenceComparison] {
  /// The root of the mean square and the largest of the differences of a part; nil if it has none.
  public func error(of part: Reference.Part) -> (mean: Double, largest: Double, count: Int)? {
    let differences = filter { $0.reference.part == part }.compactMap(\.difference)
    guard !differences.isEmpty else { return nil }
    let square = differences.reduce(0) { $0 + $1 * $1 } / Double(differences.count)
    return (square.squareRoot(), differences.map(abs).max() ?? 0, differences.count)
  }

  /// A table for people: measured, model, difference.
  var textLines: [String] {
    var rows = [["figure", "reference", "measured", "model", "difference", "part", ""]]
    for line in self {
      let texts = line.texts
      rows.append([
        line.reference.figure.terminalLine, line.reference.name.terminalLine, texts.published, texts.model,
        texts.difference, line.reference.part.rawValue, line.remark.terminalLine,
      ])
    }
    return TextTable(rows, indent: "  ", numbers: 2..<5).lines + errorLines.map { "  \($0)" }
  }

  /// How far the parts of which that means something are off.
  var errorLines: [String] {
    [Reference.Part.training, .heldBack].compactMap { part in
      error(of: part).map { error in
        let isOne = error.count == 1
        return "\(part.rawValue): \(error.count) reference\(isOne ? "" : "s"), root mean square "
          + String(format: "%.2f, largest %.2f (percentage points, or percent)", error.mean, error.largest)
      }
    }
  }

  var json: JSONText {
    .array(
      map { line in
        var members: [(key: String, value: JSONText)] = [
          ("name", .string(line.reference.name)), ("figure", .string(line.reference.figure)),
          ("part", .string(line.reference.part.rawValue)), ("unit", .string(line.unit)),
          ("published", .number(ResultText.exact(line.published))),
        ]
        if let model = line.model { members.append(("model", .number(ResultText.exact(model)))) }
        if let difference = line.difference {
          members.append(("difference", .number(String(format: "%.4f", difference))))
        }
        return .object(members + (line.remark.isEmpty ? [] : [("note", .string(line.remark))]))
      })
  }
}

extension ExplorationResults {
  /// The exploration's references beside what was measured; empty if it has none.
  public var references: [ReferenceComparison] {
    guard let table = header.table else { return [] }
    return plan.file.references.map { reference in
      ReferenceComparison(reference, table) { result, labels in
        guard let point = point(labels), let value = point.estimates[result]?.mean,
          let hertz = point.estimates["clockHertz"]?.mean
        else { return nil }
        return (value, hertz)
      }
    }
  }
}
