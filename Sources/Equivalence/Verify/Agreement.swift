/// How far an engine agrees with the simulator.
public struct Agreement: Equatable, Sendable {
  public struct Row: Equatable, Sendable {
    public var category: Category
    /// How many items there are to be compared: the larger number of the two.
    public var itemCount: Int
    public var equalCount: Int
    /// Why nothing is compared; nil if it is.
    public var notShown: String?

    /// In percent, rounded down, so that 100 means all.
    public var percent: Int { itemCount == 0 ? 100 : equalCount * 100 / itemCount }
  }

  /// The first item in which the two differ.
  public struct Disagreement: Equatable, Sendable {
    public var category: Category
    /// Counted from 0.
    public var index: Int
    /// nil: there is no further item.
    public var simulator: String?
    public var engine: String?
    /// The items before, which are the same in both.
    public var before: [String]
  }

  public var rows: [Row]
  public var disagreements: [Disagreement]

  public var isComplete: Bool { disagreements.isEmpty }

  private static let contextCount = 3

  /// Category by category, item by item in order.
  public init(simulator: Observation, engine: Observation) {
    (rows, disagreements) = ([], [])
    for category in Category.allCases {
      if let reason = engine.notShown[category] ?? simulator.notShown[category] {
        rows.append(Row(category: category, itemCount: 0, equalCount: 0, notShown: reason))
        continue
      }
      let (one, other) = (simulator.items[category] ?? [], engine.items[category] ?? [])
      let equal = zip(one, other).count { $0 == $1 }
      rows.append(Row(category: category, itemCount: max(one.count, other.count), equalCount: equal))
      guard one != other else { continue }
      let index =
        zip(one, other).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(one.count, other.count)
      disagreements.append(
        Disagreement(
          category: category, index: index, simulator: index < one.count ? one[index] : nil,
          engine: index < other.count ? other[index] : nil, before: Array(one[..<index].suffix(Self.contextCount))))
    }
  }
}
