/// Where two sequences differ: Myers' algorithm in linear space ("An O(ND) Difference Algorithm and Its Variations",
/// 1986, section 4b), which gives up minimality where that would cost too much.
///
/// Elements without any counterpart are set aside first, so sequences that have little in common are no problem. Of the
/// others a search that has taken `costMax` steps is cut where it has come furthest: time is bounded by
/// (length x `costMax`), memory by the length.
struct SequenceDifference {
  /// Elements of the first that are not in the second, at most one run between two equal elements; and the reverse.
  struct Change: Equatable {
    var old: Range<Int>
    var new: Range<Int>
  }

  private let old: [UInt64]
  private let new: [UInt64]
  private let costMax: Int
  private var isOldChanged: [Bool]
  private var isNewChanged: [Bool]
  /// Indices of the elements that have a counterpart.
  private let oldKept: [Int]
  private let newKept: [Int]
  /// The furthest place on each diagonal, from the start and from the end; diagonal 0 stands at `origin`.
  private var forward: [Int]
  private var backward: [Int]
  private let origin: Int

  /// The changes in order.
  static func changes(from old: [UInt64], to new: [UInt64], costMax: Int = 512) -> [Change] {
    var search = SequenceDifference(old, new, costMax)
    search.compareAll()
    return search.changes
  }

  private init(_ old: [UInt64], _ new: [UInt64], _ costMax: Int) {
    (self.old, self.new, self.costMax) = (old, new, max(costMax, 1))
    let (inOld, inNew) = (Set(old), Set(new))
    oldKept = old.indices.filter { inNew.contains(old[$0]) }
    newKept = new.indices.filter { inOld.contains(new[$0]) }
    isOldChanged = old.map { !inNew.contains($0) }
    isNewChanged = new.map { !inOld.contains($0) }
    origin = newKept.count + 1
    forward = Array(repeating: 0, count: oldKept.count + newKept.count + 3)
    backward = forward
  }

  private var changes: [Change] {
    var changes: [Change] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      let (firstOld, firstNew) = (i, j)
      while i < old.count && isOldChanged[i] { i += 1 }
      while j < new.count && isNewChanged[j] { j += 1 }
      if i > firstOld || j > firstNew { changes.append(Change(old: firstOld..<i, new: firstNew..<j)) }
      // Now both are at their ends, or at equal elements.
      (i, j) = (i + 1, j + 1)
    }
    return changes
  }

  private func equal(_ x: Int, _ y: Int) -> Bool { old[oldKept[x]] == new[newKept[y]] }

  private mutating func compareAll() {
    // Pieces to compare; a stack of our own, as cut-off searches may leave many.
    var pieces = [(x: 0..<oldKept.count, y: 0..<newKept.count)]
    while let piece = pieces.popLast() {
      var (left, top, right, bottom) = (piece.x.lowerBound, piece.y.lowerBound, piece.x.upperBound, piece.y.upperBound)
      while left < right && top < bottom && equal(left, top) { (left, top) = (left + 1, top + 1) }
      while left < right && top < bottom && equal(right - 1, bottom - 1) { (right, bottom) = (right - 1, bottom - 1) }
      if left == right || top == bottom {
        for x in left..<right { isOldChanged[oldKept[x]] = true }
        for y in top..<bottom { isNewChanged[newKept[y]] = true }
      } else {
        let (x, y) = middle(left..<right, top..<bottom)
        pieces.append((x..<right, y..<bottom))
        pieces.append((left..<x, top..<y))
      }
    }
  }

  /// A place on a shortest way through the piece, or on a good one; neither its start nor its end.
  private mutating func middle(_ xs: Range<Int>, _ ys: Range<Int>) -> (x: Int, y: Int) {
    let (diagonalMin, diagonalMax) = (xs.lowerBound - ys.upperBound, xs.upperBound - ys.lowerBound)
    let start = xs.lowerBound - ys.lowerBound
    let end = xs.upperBound - ys.upperBound
    // Both searches meet in the one that takes the odd step.
    let isOdd = (start - end) & 1 != 0
    forward[origin + start] = xs.lowerBound
    backward[origin + end] = xs.upperBound
    var (forwardMin, forwardMax, backwardMin, backwardMax) = (start, start, end, end)
    var cost = 0
    while true {
      cost += 1
      Self.widen(&forward, &forwardMin, &forwardMax, diagonalMin..<diagonalMax + 1, origin, filler: -1)
      for diagonal in stride(from: forwardMax, through: forwardMin, by: -2) {
        let (below, above) = (forward[origin + diagonal - 1], forward[origin + diagonal + 1])
        var x = below < above ? above : below + 1
        while x < xs.upperBound && x - diagonal < ys.upperBound && equal(x, x - diagonal) { x += 1 }
        forward[origin + diagonal] = x
        if isOdd && diagonal >= backwardMin && diagonal <= backwardMax && backward[origin + diagonal] <= x {
          return (x, x - diagonal)
        }
      }
      Self.widen(&backward, &backwardMin, &backwardMax, diagonalMin..<diagonalMax + 1, origin, filler: .max)
      for diagonal in stride(from: backwardMax, through: backwardMin, by: -2) {
        let (below, above) = (backward[origin + diagonal - 1], backward[origin + diagonal + 1])
        var x = below < above ? below : above - 1
        while x > xs.lowerBound && x - diagonal > ys.lowerBound && equal(x - 1, x - diagonal - 1) { x -= 1 }
        backward[origin + diagonal] = x
        if !isOdd && diagonal >= forwardMin && diagonal <= forwardMax && x <= forward[origin + diagonal] {
          return (x, x - diagonal)
        }
      }
      if cost >= costMax {
        return furthest(xs, ys, forwardMin...forwardMax, backwardMin...backwardMax)
      }
    }
  }

  /// Takes one more diagonal in on each side, unless the piece ends there.
  private static func widen(
    _ reached: inout [Int], _ low: inout Int, _ high: inout Int, _ diagonals: Range<Int>, _ origin: Int, filler: Int
  ) {
    if low > diagonals.lowerBound {
      low -= 1
      reached[origin + low - 1] = filler
    } else {
      low += 1
    }
    if high < diagonals.upperBound - 1 {
      high += 1
      reached[origin + high + 1] = filler
    } else {
      high -= 1
    }
  }

  /// The place at which a search that was cut off has come furthest.
  private func furthest(
    _ xs: Range<Int>, _ ys: Range<Int>, _ forwards: ClosedRange<Int>, _ backwards: ClosedRange<Int>
  ) -> (x: Int, y: Int) {
    var (best, bestSum) = ((x: xs.lowerBound, y: ys.lowerBound), Int.min)
    for diagonal in stride(from: forwards.upperBound, through: forwards.lowerBound, by: -2) {
      let x = min(forward[origin + diagonal], xs.upperBound, ys.upperBound + diagonal)
      if x + (x - diagonal) > bestSum { (best, bestSum) = ((x, x - diagonal), x + (x - diagonal)) }
    }
    var (last, lastSum) = ((x: xs.upperBound, y: ys.upperBound), Int.max)
    for diagonal in stride(from: backwards.upperBound, through: backwards.lowerBound, by: -2) {
      let x = max(backward[origin + diagonal], xs.lowerBound, ys.lowerBound + diagonal)
      if x + (x - diagonal) < lastSum { (last, lastSum) = ((x, x - diagonal), x + (x - diagonal)) }
    }
    let fromStart = bestSum - (xs.lowerBound + ys.lowerBound)
    let fromEnd = xs.upperBound + ys.upperBound - lastSum
    return fromEnd < fromStart ? best : last
  }
}
