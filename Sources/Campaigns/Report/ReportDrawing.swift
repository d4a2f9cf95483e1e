import Foundation
import Pages

/// A time line as the numbers of a drawing: above the whole run, below it the part that the fault changed.
struct ReportDrawing {
  struct Mark {
    var number: Int
    var x: String
    /// The centre of its number: lower where another one is near.
    var y: String
    /// Where its line ends, which another number may stand below.
    var top: String
    var baseline: String
  }

  static let left = 10.0
  static let width = 340.0
  private static let radius = 7.0
  private static let axis = 92.0

  let goldenWidth: String
  let faultX: String
  let faultWidth: String
  /// Where the part below is cut out of the whole.
  let cut: String
  let marks: [Mark]
  let height: String
  let whole: String
  let first: String
  let last: String

  init(_ timeline: ExperimentTimeline) {
    let extent = timeline.extent
    let end = max(timeline.goldenEnd, extent.upperBound, 1)
    func above(_ instruction: UInt64) -> Double { Double(instruction) / Double(end) * Self.width }
    goldenWidth = Self.text(above(timeline.goldenEnd))
    faultX = Self.text(Self.left + above(extent.lowerBound))
    faultWidth = Self.text(max(above(extent.upperBound) - above(extent.lowerBound), 1))
    let (from, to) = (Self.left + above(extent.lowerBound), Self.left + above(extent.upperBound))
    let corners = [
      (from, 42), (max(to, from + 1), 42), (Self.left + Self.width, Self.axis), (Self.left, Self.axis),
    ]
    cut = corners.map { "\(Self.text($0.0)),\(Self.text($0.1))" }.joined(separator: " ")
    let length = max(Double(extent.upperBound - extent.lowerBound), 1)
    var marks: [Mark] = []
    var places: [(x: Double, level: Int)] = []
    for (index, moment) in timeline.moments.enumerated() {
      let x = Self.left + Double(moment.instruction - extent.lowerBound) / length * Self.width
      let near = places.filter { abs($0.x - x) < 2 * Self.radius + 1 }.map(\.level)
      let level = (0...timeline.moments.count).first { !near.contains($0) } ?? 0
      places.append((x, level))
      let y = Self.axis + 14 + Double(level) * (2 * Self.radius + 1)
      marks.append(
        Mark(
          number: index + 1, x: Self.text(x), y: Self.text(y), top: Self.text(Self.axis + 7),
          baseline: Self.text(y + 3.2)))
    }
    self.marks = marks
    let levels = places.map(\.level).max() ?? 0
    height = Self.text(Self.axis + 24 + Double(levels) * (2 * Self.radius + 1))
    (whole, first, last) = (end.grouped, extent.lowerBound.grouped, extent.upperBound.grouped)
  }

  private static func text(_ value: Double) -> String { String(format: "%.1f", value) }
}
