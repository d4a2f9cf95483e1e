/// The entries of a table from the one used last to the one not used for the longest time, as a list in two arrays.
struct RecencyList {
  private static var none: Int32 { -1 }

  private var before: [Int32]
  private var after: [Int32]
  private var first = Self.none
  private var last = Self.none

  init(capacity: Int) {
    before = .init(repeating: Self.none, count: capacity)
    after = before
  }

  /// The entry not used for the longest time.
  var oldest: Int? { last == Self.none ? nil : Int(last) }

  /// Puts an entry that is not in the list at its start.
  mutating func insert(_ entry: Int) {
    let number = Int32(truncatingIfNeeded: entry)
    before[entry] = Self.none
    after[entry] = first
    if first != Self.none { before[Int(first)] = number } else { last = number }
    first = number
  }

  mutating func remove(_ entry: Int) {
    let (previous, next) = (before[entry], after[entry])
    if previous != Self.none { after[Int(previous)] = next } else { first = next }
    if next != Self.none { before[Int(next)] = previous } else { last = previous }
  }

  /// Moves an entry of the list to its start.
  mutating func use(_ entry: Int) {
    guard first != Int32(truncatingIfNeeded: entry) else { return }
    remove(entry)
    insert(entry)
  }
}
