/// Whether moving a free-running index from `old` to `new` passed the point `event`, at which the other side asked to be
/// told (virtio 1.2, section 2.7.7.2). All three count modulo 65,536.
@inlinable
public func passesEvent(_ event: UInt16, from old: UInt16, to new: UInt16) -> Bool {
  new &- event &- 1 < new &- old
}

/// A packed queue's event suppression structure (virtio 1.2, section 2.8.14): when one side wants to be told.
public enum EventSuppression: Equatable, Sendable {
  case enabled
  case disabled
  /// Only when the descriptor in `slot` of the lap with wrap counter `wrap` changes hands.
  case atDescriptor(slot: UInt16, wrap: Bool)

  /// Reads the structure at `place`; nil when that is not all memory or the flags have the reserved value 3.
  public init?<Memory: GuestMemoryAccess>(at place: UInt64, in memory: Memory) {
    guard let position = memory.load16(at: place), let flags = memory.load16(at: place &+ PackedLayout.eventFlagsOffset)
    else { return nil }
    switch flags & 3 {
    case 0: self = .enabled
    case 1: self = .disabled
    case 2: self = .atDescriptor(slot: position & 0x7fff, wrap: position & 0x8000 != 0)
    default: return nil
    }
  }

  /// Writes the structure to `place`; false when that is not all memory.
  public func store<Memory: GuestMemoryAccess>(at place: UInt64, in memory: Memory) -> Bool {
    let flags = place &+ PackedLayout.eventFlagsOffset
    switch self {
    case .enabled: return memory.store16(0, at: flags)
    case .disabled: return memory.store16(1, at: flags)
    case .atDescriptor(let slot, let wrap):
      guard memory.store16(slot & 0x7fff | (wrap ? 0x8000 : 0), at: place) else { return false }
      memory.barrier()
      return memory.store16(2, at: flags)
    }
  }

  /// Whether to tell the other side after `count` descriptors changed hands, the next one being `slot` of the lap with
  /// wrap counter `wrap` in a ring of `size`.
  public func wantsEvent(after count: UInt16, next slot: UInt16, wrap: Bool, size: UInt16) -> Bool {
    switch self {
    case .enabled: return count != 0
    case .disabled: return false
    case .atDescriptor(var event, let eventWrap):
      // A place in the lap before counts as that many slots before this lap's first.
      if eventWrap != wrap { event &-= size }
      return passesEvent(event, from: slot &- count, to: slot)
    }
  }
}
