/// Delta debugging: the smallest part of a list that still has a property (A. Zeller, R. Hildebrandt: Simplifying and Isolating
/// Failure-Inducing Input, IEEE TSE 28(2), 2002).
enum DeltaDebugging {
  /// Takes elements away as long as the property holds without them: halves first, then ever smaller pieces.
  ///
  /// The property of the whole list is taken for granted. It need not be monotone: whatever it is, no single element of the
  /// result can be taken away (1-minimality). The order of the elements stays.
  ///
  /// - Parameter holds: whether a part has the property; must answer the same for the same part.
  static func minimum<Element>(of whole: [Element], where holds: ([Element]) throws -> Bool) rethrows -> [Element] {
    if whole.isEmpty { return [] }
    if try holds([]) { return [] }
    var part = whole
    var pieceCount = 2
    while part.count >= 2 {
      let pieces = split(part.count, into: pieceCount)
      if let piece = try pieces.first(where: { try holds(Array(part[$0])) }) {
        part = Array(part[piece])
        pieceCount = 2
        continue
      }
      // Of two pieces each is what the other one leaves.
      let rests = pieceCount == 2 ? [] : pieces
      if let piece = try rests.first(where: { try holds(part.without($0)) }) {
        part = part.without(piece)
        pieceCount = max(pieceCount - 1, 2)
        continue
      }
      if pieceCount == part.count { break }
      pieceCount = min(2 * pieceCount, part.count)
    }
    return part
  }

  /// So many ranges, as even as can be.
  private static func split(_ count: Int, into pieceCount: Int) -> [Range<Int>] {
    (0..<pieceCount).map { count * $0 / pieceCount..<count * ($0 + 1) / pieceCount }
  }

  /// A number that has a property and is as near to a target as steps that halve can find.
  ///
  /// - Parameters:
  ///   - start: has the property; at least `target`.
  ///   - holds: must answer the same for the same number.
  /// - Returns: the target, or a number whose predecessor does not have the property.
  static func minimum(from start: UInt64, to target: UInt64, where holds: (UInt64) throws -> Bool) rethrows -> UInt64 {
    guard start > target else { return start }
    if try holds(target) { return target }
    var number = start
    var step = (number - target) / 2
    while step > 0 {
      // The target itself has been tried.
      if number - target > step, try holds(number - step) {
        number -= step
      } else {
        step /= 2
      }
    }
    return number
  }
}

extension Array {
  fileprivate func without(_ range: Range<Int>) -> [Element] {
    Array(self[..<range.lowerBound] + self[range.upperBound...])
  }
}
