/// The flags of a descriptor (virtio 1.2, sections 2.7.5 and 2.8.3).
public struct DescriptorFlags: OptionSet, Sendable {
  public var rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// The chain goes on: in a split queue at `next`, in a packed one in the next slot.
  public static let next = DescriptorFlags(rawValue: 1)
  /// The device writes the buffer; otherwise it reads it.
  public static let write = DescriptorFlags(rawValue: 2)
  /// The buffer is a table of descriptors.
  public static let indirect = DescriptorFlags(rawValue: 4)
  /// Packed queues: equals the driver's wrap counter when the descriptor is available.
  public static let available = DescriptorFlags(rawValue: 1 << 7)
  /// Packed queues: equals ``available`` once the descriptor is used.
  public static let used = DescriptorFlags(rawValue: 1 << 15)

  /// The bits that make a packed descriptor available in the lap with the given wrap counter.
  public static func available(wrap: Bool) -> DescriptorFlags { wrap ? .available : .used }
  /// The bits that make a packed descriptor used in the lap with the given wrap counter.
  public static func used(wrap: Bool) -> DescriptorFlags { wrap ? [.available, .used] : [] }
}

/// One element of a split queue's descriptor table, or of either kind of indirect table.
///
/// A packed queue has the same shape with other names for the last two fields: there `flags` comes last and the third
/// is the buffer's id. ``PackedDescriptor`` is that one.
public struct SplitDescriptor: Equatable, Sendable {
  public var address: UInt64
  public var length: UInt32
  public var flags: DescriptorFlags
  public var next: UInt16

  public init(address: UInt64, length: UInt32, flags: DescriptorFlags, next: UInt16) {
    self.address = address
    self.length = length
    self.flags = flags
    self.next = next
  }

  /// Reads the descriptor at `place`; nil when that is not all memory.
  @inlinable
  public init?<Memory: GuestMemoryAccess>(at place: UInt64, in memory: Memory) {
    guard let address = memory.load64(at: place), let rest = memory.load64(at: place &+ 8) else { return nil }
    self.init(
      address: address, length: UInt32(truncatingIfNeeded: rest),
      flags: DescriptorFlags(rawValue: UInt16(truncatingIfNeeded: rest >> 32)),
      next: UInt16(truncatingIfNeeded: rest >> 48))
  }

  /// Writes the descriptor to `place`; false when that is not all memory.
  @inlinable
  public func store<Memory: GuestMemoryAccess>(at place: UInt64, in memory: Memory) -> Bool {
    memory.store64(address, at: place)
      && memory.store64(UInt64(next) << 48 | UInt64(flags.rawValue) << 32 | UInt64(length), at: place &+ 8)
  }
}

/// One element of a packed queue's descriptor ring.
public struct PackedDescriptor: Equatable, Sendable {
  public var address: UInt64
  public var length: UInt32
  public var id: UInt16
  public var flags: DescriptorFlags

  public init(address: UInt64, length: UInt32, id: UInt16, flags: DescriptorFlags) {
    self.address = address
    self.length = length
    self.id = id
    self.flags = flags
  }

  /// Reads the descriptor at `place`; nil when that is not all memory.
  @inlinable
  public init?<Memory: GuestMemoryAccess>(at place: UInt64, in memory: Memory) {
    guard let address = memory.load64(at: place), let rest = memory.load64(at: place &+ 8) else { return nil }
    self.init(
      address: address, length: UInt32(truncatingIfNeeded: rest), id: UInt16(truncatingIfNeeded: rest >> 32),
      flags: DescriptorFlags(rawValue: UInt16(truncatingIfNeeded: rest >> 48)))
  }

  /// Writes everything but the flags, which hand the descriptor over and so come last.
  @inlinable
  public func storeBody<Memory: GuestMemoryAccess>(at place: UInt64, in memory: Memory) -> Bool {
    memory.store64(address, at: place) && memory.store32(length, at: place &+ PackedLayout.lengthOffset)
      && memory.store16(id, at: place &+ PackedLayout.idOffset)
  }

  /// Writes the flags.
  @inlinable
  public func storeFlags<Memory: GuestMemoryAccess>(at place: UInt64, in memory: Memory) -> Bool {
    memory.store16(flags.rawValue, at: place &+ PackedLayout.flagsOffset)
  }
}
