/// Which points no other one beats in two results at once.
struct ParetoFront: Sendable {
  enum Standing: Equatable, Sendable {
    /// No other point is at least as good in both and better in one.
    case front
    /// Another point, by its place, is better in one and not worse in the other, and noise does not explain that.
    case dominated(by: Int)
    /// Another point is better by the means, but noise may explain that.
    case undecided(against: Int)
  }

  /// In the order of the points.
  let standings: [Standing]
  /// The places of those on the front, the cheapest first.
  let front: [Int]

  /// So many points of the front are asked whether they beat another one for certain.
  private static let rivalsMax = 64

  /// - Parameter points: the cost and the gain of each.
  init(_ points: [(x: Estimate, y: Estimate)], x: Criterion, y: Criterion) {
    let costs = points.map { (x: x.cost($0.x.mean), y: y.cost($0.y.mean)) }
    let order = points.indices.sorted { (costs[$0].x, costs[$0].y, $0) < (costs[$1].x, costs[$1].y, $1) }
    var front: [Int] = []
    for place in order {
      guard let last = front.last else {
        front.append(place)
        continue
      }
      if costs[place].y < costs[last].y || costs[place] == costs[last] { front.append(place) }
    }
    var standings = [Standing](repeating: .front, count: points.count)
    let isOnFront = Set(front)
    for place in order where !isOnFront.contains(place) {
      // From the first of the front that is as good in y to the last that is as good in x.
      let first = Self.firstIndex(front.count) { costs[front[$0]].y <= costs[place].y }
      let end = Self.firstIndex(front.count) { costs[front[$0]].x > costs[place].x }
      let rivals = front[first..<max(first, end)]
      let winner = rivals.prefix(Self.rivalsMax).first { Self.beats(points[$0], points[place]) }
      standings[place] =
        winner.map { .dominated(by: $0) } ?? .undecided(against: rivals.first ?? front[0])
    }
    (self.standings, self.front) = (standings, front)
  }

  /// The first number below a count that fulfils a condition, which all after it fulfil too; the count if none does.
  private static func firstIndex(_ count: Int, where isTrue: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isTrue(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Whether a point whose means are at least as good is better for certain: in one result by more than noise explains, and in
  /// the other so too or exactly the same.
  private static func beats(_ one: (x: Estimate, y: Estimate), _ other: (x: Estimate, y: Estimate)) -> Bool {
    func isSame(_ a: Estimate, _ b: Estimate) -> Bool { a.mean == b.mean && a.variance == 0 && b.variance == 0 }
    let (x, y) = (one.x.differs(from: other.x), one.y.differs(from: other.y))
    return (x || y) && (x || isSame(one.x, other.x)) && (y || isSame(one.y, other.y))
  }
}
