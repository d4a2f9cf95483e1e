/// A set of interrupt vectors: the form of IRR, ISR and TMR.
public struct VectorSet: Equatable, Sendable {
  /// Vector n is bit n % 64 of lane n / 64.
  public var lanes = SIMD4<UInt64>(repeating: 0)

  public init() {}

  public func contains(_ vector: UInt8) -> Bool {
    lanes[Int(vector >> 6)] & (1 &<< UInt64(vector & 63)) != 0
  }

  public mutating func insert(_ vector: UInt8) {
    lanes[Int(vector >> 6)] |= 1 &<< UInt64(vector & 63)
  }

  public mutating func remove(_ vector: UInt8) {
    lanes[Int(vector >> 6)] &= ~(1 &<< UInt64(vector & 63))
  }

  /// The vector with the highest number, which is the one with the highest priority.
  @inline(__always) public var highest: UInt8? {
    for lane in (0..<4).reversed() where lanes[lane] != 0 {
      return UInt8(lane * 64 + 63 - lanes[lane].leadingZeroBitCount)
    }
    return nil
  }

  /// The 32 vectors from 32 * `index` (0…7), as a register shows them.
  public func register(_ index: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: lanes[(index >> 1) & 3] &>> UInt64((index & 1) * 32))
  }
}
