import SimMemory
import VirtioCore

/// What waits in a queue, for those who change it before it is taken.
extension DeviceQueue {
  /// The guest-physical addresses of the descriptors of the next chain, in its order, those of an indirect table among them; none
  /// if no chain waits, or one that the device will refuse.
  public var waitingDescriptors: [UInt64] {
    switch self {
    case .split(let queue): queue.waitingDescriptors
    case .packed(let queue): queue.waitingDescriptors
    }
  }

  /// Where the free-running index of the available or of the used ring lies; nil: packed queues have none.
  public func indexAddress(isUsed: Bool) -> UInt64? {
    guard case .split(let queue) = self else { return nil }
    return (isUsed ? queue.state.device : queue.state.driver) &+ SplitLayout.indexOffset
  }

  public var isPacked: Bool { if case .packed = self { true } else { false } }
  public var memory: GuestMemory {
    switch self {
    case .split(let queue): queue.memory
    case .packed(let queue): queue.memory
    }
  }
}

extension SplitQueueDevice {
  fileprivate var waitingDescriptors: [UInt64] {
    guard let index = memory.load16(at: state.driver &+ SplitLayout.indexOffset), index != state.nextAvailable,
      index &- state.nextAvailable <= state.size,
      var number = memory.load16(
        at: state.driver &+ SplitLayout.availableEntryOffset(state.nextAvailable & (state.size &- 1)))
    else { return [] }
    var (table, count) = (state.descriptors, UInt32(state.size))
    var places: [UInt64] = []
    while places.count <= Int(state.size), UInt32(number) < count {
      let place = table &+ SplitLayout.descriptorBytes &* UInt64(number)
      guard let descriptor = SplitDescriptor(at: place, in: memory) else { break }
      places.append(place)
      if descriptor.flags.contains(.indirect) {
        (table, count) = (descriptor.address, descriptor.length / UInt32(SplitLayout.descriptorBytes))
        number = 0
      } else if descriptor.flags.contains(.next) {
        number = descriptor.next
      } else {
        break
      }
    }
    return places
  }
}

extension PackedQueueDevice {
  fileprivate var waitingDescriptors: [UInt64] {
    var position = PackedPosition(slot: state.nextAvailable, wrap: state.availableWrap)
    var places: [UInt64] = []
    while places.count < Int(state.size) {
      let place = state.descriptors &+ PackedLayout.descriptorBytes &* UInt64(position.slot)
      guard let descriptor = PackedDescriptor(at: place, in: memory),
        descriptor.flags.intersection([.available, .used]) == .available(wrap: position.wrap)
      else { break }
      places.append(place)
      if descriptor.flags.contains(.indirect) {
        let count = descriptor.length / UInt32(PackedLayout.descriptorBytes)
        places += (0..<UInt64(min(count, UInt32(state.size)))).map {
          descriptor.address &+ PackedLayout.descriptorBytes &* $0
        }
      }
      guard descriptor.flags.contains(.next) else { break }
      position.advance(by: 1, size: state.size)
    }
    return places
  }
}
