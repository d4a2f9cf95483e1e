import CXXHash

/// A named stream of random numbers: the same seed and name give the same numbers, whatever other streams do.
///
/// SplitMix64, whose whole state is one counter.
public struct RandomStream: RandomNumberGenerator, Equatable, Sendable {
  public private(set) var counter: UInt64

  public init(seed: UInt64, name: String) {
    counter = Array(name.utf8).withUnsafeBytes { XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) }
  }

  /// Goes on from a counter of such a stream.
  public init(counter: UInt64) {
    self.counter = counter
  }

  public mutating func next() -> UInt64 {
    counter &+= 0x9e37_79b9_7f4a_7c15
    var z = counter
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
