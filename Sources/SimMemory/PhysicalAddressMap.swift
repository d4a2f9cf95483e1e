/// What stands where in the physical address space: RAM and the registers of devices.
///
/// Ranges never overlap. An address in none of them belongs to nothing: reads give zeros, writes are lost.
public struct PhysicalAddressMap: Equatable, Sendable {
  /// What answers in a range.
  public enum Owner: Equatable, Hashable, Sendable {
    case ram
    /// A device, by the number that whoever built the map gave to it.
    case device(Int)
  }

  public struct Range: Equatable, Sendable {
    public var start: UInt64
    /// In bytes, at least 1. `start + count` fits into 64 bits.
    public var count: UInt64
    public var owner: Owner

    /// The last address of the range.
    public var last: UInt64 { start &+ (count &- 1) }
  }

  public enum MapError: Error, Equatable, CustomStringConvertible {
    case empty(start: UInt64)
    case pastTheEnd(start: UInt64, count: UInt64)
    case overlaps(Range, with: Range)

    public var description: String {
      func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
      switch self {
      case .empty(let start):
        return "the address range at \(hex(start)) is empty"
      case .pastTheEnd(let start, let count):
        return "the address range of \(count) bytes at \(hex(start)) does not fit into the address space"
      case .overlaps(let new, let old):
        return "the address range \(hex(new.start))-\(hex(new.last)) overlaps \(hex(old.start))-\(hex(old.last))"
      }
    }
  }

  /// In ascending order.
  public private(set) var ranges: [Range] = []

  public init() {}

  public mutating func add(_ owner: Owner, start: UInt64, count: UInt64) throws(MapError) {
    guard count > 0 else { throw .empty(start: start) }
    guard count &- 1 <= UInt64.max &- start else { throw .pastTheEnd(start: start, count: count) }
    let new = Range(start: start, count: count, owner: owner)
    let position = indexOfFirst(endingAtOrAfter: start)
    if position < ranges.count, ranges[position].start <= new.last { throw .overlaps(new, with: ranges[position]) }
    ranges.insert(new, at: position)
  }

  /// The owner of `address`, and how far into its range the address is.
  public func lookup(_ address: UInt64) -> (owner: Owner, offset: UInt64)? {
    let position = indexOfFirst(endingAtOrAfter: address)
    guard position < ranges.count, ranges[position].start <= address else { return nil }
    return (ranges[position].owner, address &- ranges[position].start)
  }

  private func indexOfFirst(endingAtOrAfter address: UInt64) -> Int {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].last < address { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
