/// All numbers from `min` through `max`. Operations give a superset of the results on the members, modulo the width.
struct Interval<Number: FixedWidthInteger & Sendable>: Equatable, Sendable {
  var min: Number
  var max: Number

  static var all: Interval { Interval(min: .min, max: .max) }

  init(min: Number, max: Number) {
    self.min = min
    self.max = max
  }

  init(_ constant: Number) { self.init(min: constant, max: constant) }

  var isEmpty: Bool { min > max }
  var isAll: Bool { min == .min && max == .max }

  func contains(_ number: Number) -> Bool { min <= number && number <= max }
  func contains(_ other: Interval) -> Bool { min <= other.min && other.max <= max }

  mutating func formIntersection(_ low: Number, _ high: Number) {
    min = Swift.max(min, low)
    max = Swift.min(max, high)
  }

  mutating func formIntersection(_ other: Interval) { formIntersection(other.min, other.max) }
}

extension Interval {
  /// Ends that both wrap in the same direction still bound the wrapped results; ends that wrap apart come out reversed.
  private static func wrapped(
    _ low: (partialValue: Number, overflow: Bool), _ high: (partialValue: Number, overflow: Bool)
  ) -> Interval {
    guard low.overflow == high.overflow && low.partialValue <= high.partialValue else { return .all }
    return Interval(min: low.partialValue, max: high.partialValue)
  }

  static func + (a: Interval, b: Interval) -> Interval {
    wrapped(a.min.addingReportingOverflow(b.min), a.max.addingReportingOverflow(b.max))
  }

  static func - (a: Interval, b: Interval) -> Interval {
    wrapped(a.min.subtractingReportingOverflow(b.max), a.max.subtractingReportingOverflow(b.min))
  }

  static func * (a: Interval, b: Interval) -> Interval {
    let products = (
      a.min.multipliedReportingOverflow(by: b.min), a.min.multipliedReportingOverflow(by: b.max),
      a.max.multipliedReportingOverflow(by: b.min), a.max.multipliedReportingOverflow(by: b.max)
    )
    guard !products.0.overflow && !products.1.overflow && !products.2.overflow && !products.3.overflow else {
      return .all
    }
    let (p, q, r, s) = (
      products.0.partialValue, products.1.partialValue, products.2.partialValue, products.3.partialValue
    )
    return Interval(
      min: Swift.min(Swift.min(p, q), Swift.min(r, s)), max: Swift.max(Swift.max(p, q), Swift.max(r, s)))
  }
}
