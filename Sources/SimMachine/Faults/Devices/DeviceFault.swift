import NineP

/// What breaks in a virtio device, in its queues, or in what it gives and takes.
public struct DeviceFault: Equatable, Hashable, Sendable {
  /// The device's name: "9p".
  public var device: String
  public var change: Change
  /// Which of the operations that it is about is the first that it befalls, from 1.
  public var nth: UInt64
  /// How many operations it befalls, one after the other.
  public var times: UInt64

  public init(device: String, _ change: Change, nth: UInt64 = 1, times: UInt64 = 1) {
    self.device = device
    self.change = change
    self.nth = nth
    self.times = times
  }

  /// All but ``status`` wait for the next operation that they are about.
  public enum Change: Equatable, Hashable, Sendable {
    /// A descriptor of the next chain that the device takes, in guest memory; `position` counts from the chain's head.
    case descriptor(queue: UInt16, position: Int, DescriptorField, BitChange)
    /// The next used entry.
    case usedEntry(queue: UInt16, UsedField, BitChange)
    case usedFate(queue: UInt16, Fate)
    /// The available index before the device next takes a chain, or the used index after it has next given one back, in guest memory.
    case ringIndex(queue: UInt16, isUsed: Bool, BitChange)
    /// The status register, at once.
    case status(BitChange)
    /// The configuration space, from the next time on that the driver reads these bytes.
    case configuration(offset: Int, ByteChange)
    case request(MessageType, MessageChange)
    case reply(MessageType, MessageChange)
    /// The next transfer of one of these sectors.
    case sectors(ClosedRange<UInt64>, isWrite: Bool, SectorChange)
    case share(ShareError)
    /// What the device next gives as random bytes.
    case randomBytes(offset: Int, ByteChange)
  }

  /// A field of a descriptor; `next` is in split queues only (virtio 1.2, section 2.7.5).
  public enum DescriptorField: String, CaseIterable, Sendable {
    case address, length, flags, next
  }

  public enum UsedField: String, CaseIterable, Sendable {
    case id, length
  }

  /// What becomes of a used entry.
  public enum Fate: Equatable, Hashable, Sendable {
    case lost
    /// For so many cycles.
    case delayed(UInt64)
    case `repeated`
  }

  public enum MessageChange: Equatable, Hashable, Sendable {
    /// To so many bytes.
    case truncated(Int)
    case bytes(offset: Int, ByteChange)
    case lost
    /// For so many cycles.
    case delayed(UInt64)
    /// It comes after the next one.
    case swapped
  }

  public enum SectorChange: Equatable, Hashable, Sendable {
    /// Bytes of the data, counted from the first sector of the range, as far as they are transferred.
    case bytes(offset: Int, ByteChange)
    /// The transfer ends in VIRTIO_BLK_S_IOERR, and nothing is transferred.
    case failed
  }

  public enum ShareError: String, CaseIterable, Sendable {
    /// ENOSPC for whatever needs room.
    case full
    /// EIO for the contents of files and directories.
    case read
  }

  /// The same fault with another delay, if it has one.
  public func delayed(by cycles: UInt64) -> DeviceFault {
    var fault = self
    switch change {
    case .usedFate(let queue, .delayed): fault.change = .usedFate(queue: queue, .delayed(cycles))
    case .request(let message, .delayed): fault.change = .request(message, .delayed(cycles))
    case .reply(let message, .delayed): fault.change = .reply(message, .delayed(cycles))
    default: break
    }
    return fault
  }
}

extension DeviceFault.UsedField {
  /// The bits of the field that differ: identifiers are those of descriptors, of which there are 2^16 at most.
  public var bits: UInt64 { self == .id ? 0xffff : 0xffff_ffff }
}

extension DeviceFault.DescriptorField {
  /// Where the field lies in a descriptor, and its bytes; nil: a packed queue's descriptors have none.
  func place(isPacked: Bool) -> (offset: UInt64, count: Int)? {
    switch self {
    case .address: (0, 8)
    case .length: (8, 4)
    case .flags: (isPacked ? 14 : 12, 2)
    case .next: isPacked ? nil : (14, 2)
    }
  }

  /// The bits of the field.
  public var bits: UInt64 {
    switch self {
    case .address: .max
    case .length: 0xffff_ffff
    case .flags, .next: 0xffff
    }
  }
}
