import Hexadecimal

/// Where two processors disagreed.
public struct LockstepDifference: Sendable {
  /// The number of the instruction on the simulator.
  public var instruction: UInt64
  public var address: UInt64
  /// The instruction's bytes, and perhaps some behind it.
  public var bytes: [UInt8]
  /// What is different, a line each.
  public var items: [String]

  public var text: String {
    "instruction \(instruction) at \(address.hexadecimal) (\(bytes.hexadecimal()))"
      + items.map { "\n    \($0)" }.joined()
  }
}

/// What came of running two processors side by side.
public struct LockstepReport: Sendable {
  /// Instructions after which everything was compared.
  public var compared: UInt64 = 0
  /// Exceptions and interrupts among them.
  public var deliveries: UInt64 = 0
  /// Whole memories compared.
  public var memoryComparisons: UInt64 = 0
  /// How often a known difference was met.
  public var known: [KnownDifference: UInt64] = [:]
  /// The first differences that are not known.
  public internal(set) var differences: [LockstepDifference] = []
  public internal(set) var differenceCount: UInt64 = 0
  /// Why comparison ended before the end, if it did.
  public var problem: String?

  /// More would only bury the first.
  static let differencesMax = 20

  mutating func note(_ difference: KnownDifference) { known[difference, default: 0] += 1 }

  mutating func add(_ difference: LockstepDifference) {
    differenceCount += 1
    if differences.count < Self.differencesMax { differences.append(difference) }
  }
}
