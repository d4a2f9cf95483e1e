import CXXHash
import SeededRandom

/// A named stream of random numbers: the same seed and name give the same numbers, whatever other streams do.
public struct RandomStream: RandomNumberGenerator, Equatable, Sendable {
  private var generator: SeededGenerator

  /// The whole state.
  public var counter: UInt64 { generator.counter }

  public init(seed: UInt64, name: String) {
    self.init(counter: Array(name.utf8).withUnsafeBytes { XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) })
  }

  /// Goes on from a counter of such a stream.
  public init(counter: UInt64) { generator = SeededGenerator(seed: counter) }

  public mutating func next() -> UInt64 { generator.next() }
}
