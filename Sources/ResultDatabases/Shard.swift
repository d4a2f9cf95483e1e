import SeededRandom

/// A part of numbered work that is done apart, as on a cluster.
public struct Shard: Equatable, Sendable {
  /// From 1.
  public var number: Int
  public var count: Int
  public static let whole = Shard(number: 1, count: 1)

  public init(number: Int, count: Int) {
    precondition(count >= 1 && (1...count).contains(number), "a part of a whole")
    (self.number, self.count) = (number, count)
  }

  /// Reads `I/N`, with I from 1 to N; nil for anything else.
  public init?(_ text: String) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1], count >= 1, (1...count).contains(number)
    else { return nil }
    self.init(number: number, count: count)
  }

  /// Neighbours cost alike, so they go to different parts.
  public func contains(_ item: Int) -> Bool {
    var generator = SeededGenerator(seed: UInt64(item))
    return generator.next() % UInt64(count) == UInt64(number - 1)
  }
}

extension Shard: CustomStringConvertible {
  public var description: String { "\(number)/\(count)" }
}
