/// Which numbers each number was computed from, and which of them matter.
///
/// Every number that a program makes is a value of its own; copies, spilled ones and those in callers included, share
/// it. The bounds of a value matter once something that was proved relied on them: then those of its sources do as well,
/// back to where they came from. Linux calls such numbers precise and walks back through the instructions for the same
/// result; a graph visits each value once, however far back it lies.
struct ValueGraph {
  /// The upper bit of the first source tells that the value matters. Those of the second tell how the value follows from
  /// the first: it is the same number, of which more is known (`copyBit` alone, the rest is the second source); or it
  /// lies a constant distance, the rest, from it.
  private struct Node {
    var first: UInt32
    var second: UInt32

    var secondSource: UInt32 {
      if second & ValueGraph.copyBit == 0 { return second }
      return second & ValueGraph.distanceBit == 0 ? second & ~ValueGraph.copyBit : 0
    }

    /// Distance from the first source where that is known.
    var distance: Int64? {
      guard second & ValueGraph.copyBit != 0 else { return nil }
      guard second & ValueGraph.distanceBit != 0 else { return 0 }
      return Int64(Int32(bitPattern: second << 2) >> 2)
    }
  }

  private static var preciseBit: UInt32 { 1 << 31 }
  private static var copyBit: UInt32 { 1 << 31 }
  private static var distanceBit: UInt32 { 1 << 30 }

  /// Value 0 is nobody's: what has no source.
  private var nodes = [Node(first: Self.preciseBit, second: 0)]
  private var pending: [UInt32] = []
  #if !hasFeature(Embedded)
    /// Whether all values count as such that matter. For tests of what is known of each.
    var requiresAll = false
  #endif

  mutating func removeAll() { nodes.removeSubrange(1...) }

  /// A new value, computed from at most two others (0 for none).
  mutating func add(_ first: UInt32 = 0, _ second: UInt32 = 0) -> UInt32 {
    nodes.append(Node(first: first, second: second))
    return UInt32(truncatingIfNeeded: nodes.count - 1)
  }

  /// A new value that is the number `first`; what else is known of it may depend on `second`.
  mutating func addCopy(of first: UInt32, learntFrom second: UInt32) -> UInt32 {
    add(first, first == 0 ? second : second | Self.copyBit)
  }

  /// A new value that is the number `first` and `distance`, which does not wrap around.
  mutating func add(_ first: UInt32, distance: Int64) -> UInt32 {
    guard first != 0, distance.magnitude < 1 << 29 else { return add(first) }
    return add(first, UInt32(truncatingIfNeeded: distance) & ~Self.copyBit | Self.copyBit | Self.distanceBit)
  }

  /// How far a value lies from an older one that it was counted from, as signed numbers; `nil` where that is not known.
  func distance(of value: UInt32, from root: UInt32) -> Int64? {
    guard root != 0 else { return nil }
    var (value, sum) = (value, Int64(0))
    // Sources are older.
    while value > root {
      let node = nodes[Int(value)]
      guard let distance = node.distance else { return nil }
      sum += distance
      value = node.first & ~Self.preciseBit
    }
    return value == root ? sum : nil
  }

  func isPrecise(_ value: UInt32) -> Bool {
    #if !hasFeature(Embedded)
      if requiresAll { return true }
    #endif
    return nodes[Int(value)].first & Self.preciseBit != 0
  }

  /// A proof relied on what is known of `value`.
  mutating func require(_ value: UInt32) {
    guard !isPrecise(value) else { return }
    pending.append(value)
    while let next = pending.popLast() {
      let node = nodes[Int(next)]
      guard node.first & Self.preciseBit == 0 else { continue }
      nodes[Int(next)].first |= Self.preciseBit
      if !isPrecise(node.first) { pending.append(node.first) }
      if !isPrecise(node.secondSource) { pending.append(node.secondSource) }
    }
  }
}
