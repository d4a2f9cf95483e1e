import Foundation
import Scenarios
import SeededRandom

/// The points of an exploration, in their order: a function of its file.
public struct ExplorationPlan: Sendable {
  /// More would not fit into a database that anybody reads.
  public static let pointMax = 1_000_000
  public static let runMax = 4_000_000

  public let file: ExplorationFile
  /// For each point the values of the parameters, in their order.
  public let points: [[Parameter.Choice]]

  /// Why there is nothing to run.
  public struct Refusal: Error, CustomStringConvertible {
    public var description: String
  }

  /// - Throws: ``Refusal`` for no points, or too many.
  public init(_ file: ExplorationFile) throws(Refusal) {
    self.file = file
    let all: [[Parameter.Choice]]
    switch file.sampling {
    case .grid: all = try Self.grid(file)
    case .random(let count): all = Self.random(file, Int(count))
    case .latinHypercube(let count): all = Self.latinHypercube(file, Int(count))
    case .list(let points):
      all = points.map { point in zip(file.parameters, point).map { $0.choices[$1] } }
    }
    points = all.filter { !file.isSkipped(file.labelsByName($0.map(\.label))) }
    guard !points.isEmpty else {
      throw Refusal(description: "no point is left: \"skip\" leaves out all \(all.count); take some of it away")
    }
    guard UInt64(points.count) * file.repeats <= UInt64(Self.runMax) else {
      throw Refusal(
        description: "\(points.count) points with \(file.repeats) repeats are more than \(Self.runMax) runs; "
          + "take fewer repeats, or sample: {\"latinHypercube\": 1000}")
    }
  }

  /// Runs in all.
  public var runCount: Int { points.count * Int(file.repeats) }

  public func pointNumber(ofRun run: Int) -> Int { run / Int(file.repeats) }

  public func repeatNumber(ofRun run: Int) -> Int { run % Int(file.repeats) }

  /// The labels of a point, in the order of the parameters.
  public func labels(ofPoint point: Int) -> [String] { points[point].map(\.label) }

  /// A point in words, such as `design=none`, in the order of the parameters.
  public func words(ofPoint point: Int) -> [String] {
    zip(file.parameters, labels(ofPoint: point)).map { "\($0.name)=\($1)" }
  }

  /// The first point with these labels; nil if there is none.
  func firstPoint(_ labels: [String: String]) -> Int? {
    points.firstIndex { file.has(labels, in: $0.map(\.label)) }
  }

  /// The seed that the scenario of a run gets; nil if a parameter sets it.
  public func seed(ofRun run: Int) -> UInt64? {
    if file.parameters.contains(where: { $0.pointers.contains("/seed") }) { return nil }
    return file.seed + UInt64(repeatNumber(ofRun: run))
  }

  // MARK: Ways to choose

  private static func grid(_ file: ExplorationFile) throws(Refusal) -> [[Parameter.Choice]] {
    let counts = file.parameters.compactMap(\.count)
    var size = 1
    for count in counts {
      let (product, overflow) = size.multipliedReportingOverflow(by: count)
      guard !overflow, product <= pointMax else {
        let factors = counts.map(String.init).joined(separator: " x ")
        throw Refusal(
          description: "the grid has \(factors) points, and at most \(pointMax) are run; take fewer values, or sample: "
            + "\"sampling\": {\"latinHypercube\": 1000}")
      }
      size = product
    }
    // The last parameter changes first.
    var points: [[Parameter.Choice]] = [[]]
    for choices in file.parameters.map(\.choices) {
      points = points.flatMap { point in choices.map { point + [$0] } }
    }
    return points
  }

  /// Points that come twice are one.
  private static func random(_ file: ExplorationFile, _ count: Int) -> [[Parameter.Choice]] {
    var generator = SeededGenerator(seed: file.seed)
    var known: Set<[String]> = []
    var points: [[Parameter.Choice]] = []
    for _ in 0..<count {
      let point = file.parameters.map { $0.choice(at: unit(&generator)) }
      if known.insert(point.map(\.label)).inserted { points.append(point) }
    }
    return points
  }

  private static func latinHypercube(_ file: ExplorationFile, _ count: Int) -> [[Parameter.Choice]] {
    var generator = SeededGenerator(seed: file.seed)
    var columns: [[Parameter.Choice]] = []
    for parameter in file.parameters {
      let strata = shuffled(count, &generator)
      columns.append(strata.map { parameter.choice(at: (Double($0) + unit(&generator)) / Double(count)) })
    }
    var known: Set<[String]> = []
    var points: [[Parameter.Choice]] = []
    for index in 0..<count {
      let point = columns.map { $0[index] }
      if known.insert(point.map(\.label)).inserted { points.append(point) }
    }
    return points
  }

  /// The numbers below `count` in an order that no version of the standard library decides (Fisher and Yates).
  private static func shuffled(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
    var numbers = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      numbers.swapAt(last, Int(generator.next() % UInt64(last + 1)))
    }
    return numbers
  }

  /// A number from 0 to below 1.
  private static func unit(_ generator: inout SeededGenerator) -> Double {
    Double(generator.next() >> 11) / Double(1 << 53)
  }
}

extension Parameter {
  /// The value at a share of the way from the first to the last, from 0 to below 1.
  fileprivate func choice(at share: Double) -> Choice {
    switch values {
    case .choices(let choices): choices[min(Int(share * Double(choices.count)), choices.count - 1)]
    case .range(let range, let steps?):
      range.choice(at: steps == 1 ? 0 : (share * Double(steps)).rounded(.down) / Double(steps - 1))
    case .range(let range, nil): range.choice(at: share)
    }
  }
}
