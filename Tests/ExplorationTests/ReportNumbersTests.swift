import TestSupport
import Testing

@testable import Exploration

@Suite struct ReportFrontTests {
  private let lower = Criterion(result: "x", isLowerBetter: true)

  private func front(_ points: [(Double, Double)]) -> ParetoFront {
    ParetoFront(points.map { (.of($0.0), .of($0.1)) }, x: lower, y: lower)
  }

  @Test func pointsThatNothingBeats() {
    // 3 is beaten by 1 alone; 4 costs what 0 costs and lets more through; 5 is where 1 is.
    let found = front([(1, 9), (2, 4), (5, 1), (3, 5), (1, 10), (2, 4)])
    #expect(found.front == [0, 1, 5, 2])
    #expect(found.standings[3] == .dominated(by: 1))
    #expect(found.standings[4] == .dominated(by: 0))
    #expect(found.standings[5] == .front)
  }

  @Test func moreMayBeBetter() {
    let points: [(x: Estimate, y: Estimate)] = [(.of(10), .of(1)), (.of(20), .of(1)), (.of(20), .of(0))]
    let found = ParetoFront(points, x: Criterion(result: "x", isLowerBetter: false), y: lower)
    #expect(found.front == [2])
    #expect(found.standings == [.dominated(by: 2), .dominated(by: 2), .front])
  }

  /// Means that differ by less than noise explains prove nothing.
  @Test func noiseDecidesNothing() {
    let points: [(x: Estimate, y: Estimate)] = [
      (.of(10, 12, 11), .of(3, 3, 3)), (.of(11, 13, 12), .of(3, 3, 3)), (.of(50, 52, 51), .of(3, 3, 3)),
      (.of(51, 50, 52), .of(1, 2, 9)),
    ]
    let found = ParetoFront(points, x: lower, y: lower)
    #expect(found.standings[0] == .front)
    #expect(found.standings[1] == .undecided(against: 0))
    #expect(found.standings[2] == .dominated(by: 0))
    // Worse in one for certain, and in the other nobody knows.
    #expect(found.standings[3] == .undecided(against: 0))
  }

  /// Against the definition, which takes the square of the time.
  @Test func itIsAsDefined() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      let points = (0..<Int(generator.next() % 20) + 1).map { _ in
        (Double(generator.next() % 6), Double(generator.next() % 6))
      }
      let found = front(points)
      for (place, point) in points.enumerated() {
        let isBeaten = points.contains { $0.0 <= point.0 && $0.1 <= point.1 && $0 != point }
        #expect((found.standings[place] == .front) == !isBeaten)
        if case .dominated(let by) = found.standings[place] {
          #expect(points[by].0 <= point.0 && points[by].1 <= point.1 && points[by] != point)
        }
      }
    }
  }
}

@Suite struct ReportEffectTests {
  private func factors(_ levels: [[Int]]) -> [Factor] {
    levels.enumerated().map { number, levels in
      Factor(name: "p\(number)", levels: (0...(levels.max() ?? 0)).map { "v\($0)" }, ofPoint: levels)
    }
  }

  private func isNear(_ one: Double, _ other: Double) -> Bool { abs(one - other) < 1e-9 }

  /// By hand: rows 12 and 22, columns 15 and 19; of the squares 116, 100 and 16 are theirs.
  @Test func twoParametersThatAdd() {
    let model = AdditiveModel(factors([[0, 0, 1, 1], [0, 1, 0, 1]]), [10, 14, 20, 24])
    #expect(model.levels.map { $0.map(\.mean) } == [[12, 22], [15, 19]])
    #expect(isNear(model.shares[0], 100.0 / 116) && isNear(model.shares[1], 16.0 / 116))
    #expect(model.unexplained == 0 && model.isBalanced && !model.isConfounded)
    #expect(model.residuals.allSatisfy { abs($0) < 1e-9 })
  }

  /// By hand: the last point is 8 above the sum of the others, of which each cell gets 2. Squares: rows 4 · 7², columns 4 · 4², cells 4 · 2².
  @Test func twoParametersThatDoNotAdd() {
    let own = factors([[0, 0, 1, 1], [0, 1, 0, 1]])
    let model = AdditiveModel(own, [10, 14, 20, 32])
    #expect(model.levels.map { $0.map(\.mean) } == [[12, 26], [15, 23]])
    #expect(isNear(model.total, 276) && isNear(model.shares[0], 196.0 / 276) && isNear(model.shares[1], 64.0 / 276))
    #expect(isNear(model.unexplained, 16.0 / 276))
    let found = Interaction("x", 0, 1, own, model)
    #expect(zip(found.departures.joined(), [2.0, -2, -2, 2]).allSatisfy { isNear($0 ?? 0, $1) })
    #expect(isNear(found.share, 16.0 / 276))
    // Twice the same points have twice the squares, and the same shares.
    let twice = factors([[0, 0, 1, 1, 0, 0, 1, 1], [0, 1, 0, 1, 0, 1, 0, 1]])
    let doubled = AdditiveModel(twice, [10, 14, 20, 32, 10, 14, 20, 32])
    #expect(isNear(Interaction("x", 0, 1, twice, doubled).share, 16.0 / 276))
    // One degree of freedom is left, in which the squares are 16: t is 12.706, and each mean is of two points.
    #expect(isNear(model.levels[0][0].halfWidth ?? 0, 12.706 * 8.0.squareRoot()))
  }

  /// By hand: the missing point is no reason to take the second parameter's effect for the first one's.
  @Test func aMissingPoint() {
    // y = 10 + 10 a + 4 b, without (1, 0): raw means of a are 12 and 24.
    let model = AdditiveModel(factors([[0, 0, 1], [0, 1, 1]]), [10, 14, 24])
    #expect(isNear(model.levels[0][1].mean - model.levels[0][0].mean, 10))
    #expect(isNear(model.levels[1][1].mean - model.levels[1][0].mean, 4))
    #expect(!model.isBalanced && !model.isConfounded && isNear(model.mean, 16))
    // Type II: without a the rest is (14 - 19)² + (24 - 19)² = 50; without b (10 - 12)² + (14 - 12)² = 8; of 104.
    #expect(isNear(model.shares[0], 50.0 / 104) && isNear(model.shares[1], 8.0 / 104))
  }

  @Test func valuesThatAlwaysComeTogether() {
    let model = AdditiveModel(factors([[0, 0, 1, 1], [0, 0, 1, 1]]), [1, 1, 5, 5])
    #expect(model.isConfounded && model.shares[0] + model.shares[1] < 1e-9 && model.unexplained == 0)
  }

  @Test func oneParameterHasTheNoiseOfItsRepeats() {
    let estimates: [Estimate] = [.of(9, 11), .of(19, 21)]
    let noise = ExplorationResults.noise(estimates)
    // Each variance is 2, and that of a mean of two is 1.
    #expect(noise?.variance == 1 && noise?.freedom == 2)
    let model = AdditiveModel(factors([[0, 1]]), [10, 20], noise: noise)
    #expect(model.levels[0].allSatisfy { isNear($0.halfWidth ?? 0, 4.303) })
    #expect(AdditiveModel(factors([[0, 1]]), [10, 20]).levels[0].allSatisfy { $0.halfWidth == nil })
  }

  @Test func whatDoesNotVary() {
    let model = AdditiveModel(factors([[0, 1]]), [5, 5])
    #expect(model.shares == [0] && model.unexplained == 0 && model.levels[0].map(\.mean) == [5, 5])
  }

  @Test func manyValuesBecomeRanges() {
    let numbers = Factor(name: "n", labels: (1...80).map { "\($0)" }, known: [])
    #expect(
      numbers.levels == ["1 to 10", "11 to 20", "21 to 30", "31 to 40", "41 to 50", "51 to 60", "61 to 70", "71 to 80"])
    #expect(numbers.ofPoint == (0..<80).map { $0 / 10 })
    let words = Factor(name: "w", labels: (0..<20).map { "w\($0 + 10)" }, known: [])
    #expect(words.levels.last == "9 others" && words.levels.count == 12)
    // The order is the file's, not the alphabet's.
    #expect(Factor(name: "o", labels: ["a", "b"], known: ["b", "a"]).levels == ["b", "a"])
  }
}

@Suite struct ReportAxisTests {
  @Test(arguments: [
    (0.0, 100.0, false, ["0", "50", "100"]), (1000, 1_000_000, true, ["1,000", "10,000", "100,000", "1,000,000"]),
    (7, 7, false, ["6.5", "7", "7.5"]), (0, 0, false, ["0"]), (-10, 10, false, ["−10", "0", "10"]),
  ])
  func ticksAreRound(low: Double, high: Double, isLogarithmic: Bool, texts: [String]) {
    let axis = Axis(low...high, places: (0, 300), tickMax: 4, isLogarithmic: isLogarithmic)
    let found = axis.ticks.map(\.text)
    #expect(texts.allSatisfy(found.contains), "\(found)")
    #expect(found.count <= 8)
    #expect(axis.place(low) >= 0 && axis.place(high) <= 300)
  }
}
