/// Instructions of a run by their numbers: disjoint intervals in ascending order.
public struct InstructionSet: Equatable, Sendable {
  public private(set) var intervals: [Range<UInt64>] = []
  /// The number of instructions before each interval.
  private var before: [UInt64] = []
  public private(set) var count: UInt64 = 0

  public init() {}

  /// Adds an interval after all others.
  public mutating func append(_ interval: Range<UInt64>) {
    guard !interval.isEmpty else { return }
    precondition((intervals.last?.upperBound ?? 0) <= interval.lowerBound, "intervals come in order")
    if let last = intervals.last, last.upperBound == interval.lowerBound {
      intervals[intervals.count - 1] = last.lowerBound..<interval.upperBound
    } else {
      before.append(count)
      intervals.append(interval)
    }
    count += UInt64(interval.count)
  }

  /// The instruction with so many others of the set before it.
  subscript(_ place: UInt64) -> UInt64 {
    precondition(place < count, "there are not so many instructions")
    let index = before.partitioningIndex { $0 > place } - 1
    return intervals[index].lowerBound + (place - before[index])
  }

  func contains(_ instruction: UInt64) -> Bool {
    let index = intervals.partitioningIndex { $0.lowerBound > instruction } - 1
    return index >= 0 && intervals[index].contains(instruction)
  }

  /// From the first to after the last.
  public var hull: Range<UInt64>? {
    guard let first = intervals.first, let last = intervals.last else { return nil }
    return first.lowerBound..<last.upperBound
  }
}
