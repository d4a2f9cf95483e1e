import Foundation

/// Where numbers lie along an axis of a drawing, and what is written at it.
struct Axis: Sendable {
  struct Tick: Sendable {
    var place: String
    var text: String
    /// Where a text below the axis begins, so that it stays in the drawing.
    var anchor: String
  }

  private let low: Double
  private let high: Double
  private let isLogarithmic: Bool
  private let from: Double
  private let to: Double
  private(set) var ticks: [Tick] = []

  /// - Parameters:
  ///   - range: the least and the greatest number that is drawn.
  ///   - places: where they lie, of which the second may be the lesser.
  ///   - tickMax: so many numbers have room.
  ///   - isLogarithmic: equal steps multiply; for numbers above 0.
  ///   - isWhole: there is nothing between whole numbers.
  init(
    _ range: ClosedRange<Double>, places: (from: Double, to: Double), tickMax: Int = 5, isLogarithmic: Bool = false,
    isWhole: Bool = false
  ) {
    (from, to) = places
    let isLogarithmic = isLogarithmic && range.lowerBound > 0 && range.upperBound / range.lowerBound >= 20
    self.isLogarithmic = isLogarithmic
    let marks: [Double]
    if isLogarithmic {
      (low, high) = (range.lowerBound, range.upperBound)
      let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
      let factors: [Double] = decades.count > tickMax ? [1] : decades.count > 3 ? [1, 3] : [1, 2, 5]
      let all = decades.flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
      let inside = all.filter { range.contains($0) }
      let step = (inside.count + tickMax - 1) / max(tickMax, 1)
      marks = inside.enumerated().filter { $0.offset.isMultiple(of: max(step, 1)) }.map(\.element)
    } else {
      // A single number has some room on both sides.
      let span = range.upperBound - range.lowerBound
      let room = span > 0 ? span : max(abs(range.lowerBound) * 0.1, 1)
      let least = Self.step(room / Double(max(tickMax - 1, 1)))
      let step = isWhole ? max(least, 1) : least
      // What is not negative has no room below 0.
      let below = range.lowerBound >= 0 ? min(range.lowerBound, room / 2) : room / 2
      low = span > 0 ? range.lowerBound : range.lowerBound - below
      high = span > 0 ? range.upperBound : range.upperBound + room / 2
      let first = Int((low / step).rounded(.up))
      marks = (0..<2 * tickMax).map { Double(first + $0) * step }.filter { $0 <= high + step * 1e-9 }
    }
    ticks = marks.map { mark in
      let spot = place(mark)
      return Tick(
        place: PageNumbers.place(spot), text: Self.text(mark), anchor: spot > max(from, to) - 24 ? "end" : "middle")
    }
  }

  /// Without zeros at its end.
  private static func text(_ value: Double) -> String {
    let text = PageNumbers.text(value)
    guard text.contains(".") else { return text }
    let digits = text.reversed().drop { $0 == "0" }
    return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
  }

  /// The least of 1, 2 and 5 times a power of ten that is not below.
  private static func step(_ least: Double) -> Double {
    let power = pow(10, log10(least).rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= least * 0.999_999 } ?? 10 * power
  }

  func place(_ value: Double) -> Double {
    let share =
      isLogarithmic ? (log(max(value, low)) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low)
    return from + (to - from) * min(max(share, 0), 1)
  }
}
