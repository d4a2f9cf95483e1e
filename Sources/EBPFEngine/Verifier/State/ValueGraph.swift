/// Which numbers each number was computed from, and which of them matter.
///
/// Every number that a program makes is a value of its own; copies, spilled ones and those in callers included, share
/// it. The bounds of a value matter once something that was proved relied on them: then those of its sources do as well,
/// back to where they came from. Linux calls such numbers precise and walks back through the instructions for the same
/// result; a graph visits each value once, however far back it lies.
struct ValueGraph {
  /// The upper bit of the first source tells that the value matters.
  private struct Node {
    var first: UInt32
    var second: UInt32
  }

  private static var preciseBit: UInt32 { 1 << 31 }

  /// Value 0 is nobody's: what has no source.
  private var nodes = [Node(first: Self.preciseBit, second: 0)]
  private var pending: [UInt32] = []
  #if !hasFeature(Embedded)
    /// Whether all values count as such that matter. For tests of what is known of each.
    var requiresAll = false
  #endif

  /// A new value, computed from at most two others (0 for none).
  mutating func add(_ first: UInt32 = 0, _ second: UInt32 = 0) -> UInt32 {
    nodes.append(Node(first: first, second: second))
    return UInt32(truncatingIfNeeded: nodes.count - 1)
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
      if !isPrecise(node.second) { pending.append(node.second) }
    }
  }
}
