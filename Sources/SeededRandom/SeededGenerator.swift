/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers from the same seed on every machine. Its whole state is one
/// counter.
public struct SeededGenerator: RandomNumberGenerator, Equatable, Sendable {
  /// The state: a generator that is made of it goes on with the same numbers.
  public private(set) var counter: UInt64

  public init(seed: UInt64) { counter = seed }

  public mutating func next() -> UInt64 {
    counter &+= 0x9e37_79b9_7f4a_7c15
    var mixed = counter
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
