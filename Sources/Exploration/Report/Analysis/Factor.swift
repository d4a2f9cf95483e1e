import Foundation

/// A parameter with the values that points have of it, few enough to be compared with each other.
struct Factor: Sendable {
  let name: String
  /// The labels of the values, or of ranges of them.
  let levels: [String]
  /// Which of them each point has.
  let ofPoint: [Int]

  /// Values that are compared; more become ranges, or share the last place.
  static let levelMax = 12
  /// Into so many ranges with as many points each.
  private static let rangeCount = 8

  /// - Parameters:
  ///   - labels: the value of each point.
  ///   - known: all values in their order; empty if the exploration drew numbers.
  init(name: String, labels: [String], known: [String]) {
    self.name = name
    let different = Set(labels)
    let order = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, $0) })
    func precedes(_ one: String, _ other: String) -> Bool {
      if let a = order[one], let b = order[other] { return a < b }
      if let a = Double(one), let b = Double(other), a != b { return a < b }
      return one < other
    }
    let sorted = different.sorted(by: precedes)
    let numbers = sorted.compactMap { Double($0) }
    if sorted.count <= Self.levelMax {
      levels = sorted
      let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
      // Each label is among its own levels.
      ofPoint = labels.map { places[$0]! }
    } else if numbers.count == sorted.count {
      // Equal values stay together.
      let all = labels.compactMap { Double($0) }.sorted()
      var ends: [Double] = []
      for part in 1...Self.rangeCount {
        let end = all[all.count * part / Self.rangeCount - 1]
        if ends.last.map({ $0 < end }) ?? true { ends.append(end) }
      }
      let found = labels.map { label in
        let number = Double(label) ?? 0
        return ends.firstIndex { number <= $0 } ?? 0
      }
      ofPoint = found
      levels = ends.indices.map { place in
        let inside = zip(labels, found).filter { $0.1 == place }.compactMap { Double($0.0) }
        let (low, high) = (inside.min() ?? 0, inside.max() ?? 0)
        return low == high ? ResultText.exact(low) : "\(ResultText.exact(low)) to \(ResultText.exact(high))"
      }
    } else {
      let own = sorted.prefix(Self.levelMax - 1)
      levels = own + ["\(sorted.count - own.count) others"]
      let places = Dictionary(uniqueKeysWithValues: own.enumerated().map { ($1, $0) })
      ofPoint = labels.map { places[$0] ?? own.count }
    }
  }
}

extension Factor {
  /// The same values, with some of the points.
  func only(_ places: [Int]) -> Factor { Factor(name: name, levels: levels, ofPoint: places.map { ofPoint[$0] }) }

  init(name: String, levels: [String], ofPoint: [Int]) {
    (self.name, self.levels, self.ofPoint) = (name, levels, ofPoint)
  }
}

extension ExplorationResults {
  /// The parameters, with the values of some points.
  func factors(_ points: [Point]) -> [Factor] {
    plan.file.parameters.enumerated().map { index, parameter in
      Factor(name: parameter.name, labels: points.map { $0.labels[index] }, known: parameter.labels)
    }
  }
}
