import NineP
import SimVirtio

/// What a virtio device does: each of these is one at which faults of the device can happen.
public enum DeviceOperation: Equatable, Hashable, Sendable {
  /// A chain of so many descriptors is about to be taken from a queue.
  case take(queue: UInt16, descriptors: Int, isPacked: Bool)
  /// A chain is about to be given back.
  case giveBack(queue: UInt16)
  /// A chain was given back.
  case gaveBack(queue: UInt16, isPacked: Bool)
  /// The driver reads bytes of the configuration space.
  case readConfiguration(Range<Int>)
  /// A request of 9P is about to be served; its name, such as "Tread", and its bytes.
  case request(String, bytes: Int)
  /// A reply of 9P is about to be sent.
  case reply(String, bytes: Int)
  /// The server is about to carry out a request.
  case carryOut(MessageType)
  /// Data of so many bytes come from the disk, or go there.
  case transfer(firstSector: UInt64, bytes: Int, isWrite: Bool)
  /// So many random bytes are about to be given to the driver.
  case give(randomBytes: Int)
}

extension DeviceFault.Change {
  /// Whether an operation is one of those that this waits for.
  public func concerns(_ operation: DeviceOperation) -> Bool {
    switch (self, operation) {
    case (.descriptor(let wanted, _, _, _), .take(let queue, _, _)),
      (.ringIndex(let wanted, false, _), .take(let queue, _, _)),
      (.usedEntry(let wanted, _, _), .giveBack(let queue)), (.usedFate(let wanted, _), .giveBack(let queue)),
      (.ringIndex(let wanted, true, _), .gaveBack(let queue, _)):
      wanted == queue
    case (.configuration(let offset, let change), .readConfiguration(let range)):
      range.overlaps(offset..<offset + change.count)
    case (.request(let type, _), .request(let name, _)): name == "T\(type)"
    case (.reply(let type, _), .reply(let name, _)): name == "R\(type)"
    case (.share(let error), .carryOut(let request)): error.concerns(request)
    case (.sectors(let range, let wanted, let change), .transfer(let first, let bytes, let isWrite)):
      wanted == isWrite && Self.concerns(range, change, first, bytes)
    case (.randomBytes(let offset, let change), .give(let count)): offset <= count - change.count
    default: false
    }
  }

  private static func concerns(
    _ range: ClosedRange<UInt64>, _ change: DeviceFault.SectorChange, _ first: UInt64, _ bytes: Int
  ) -> Bool {
    let count = UInt64(bytes / BlockDevice.sectorBytes)
    guard count > 0, range.overlaps(first...first + (count - 1)) else { return false }
    guard case .bytes(let offset, let change) = change else { return true }
    // Another transfer of these sectors may have the bytes.
    let at = (Int(range.lowerBound) - Int(first)) * BlockDevice.sectorBytes + offset
    return at >= 0 && at <= bytes - change.count
  }
}

extension DeviceFault.ShareError {
  fileprivate func concerns(_ request: MessageType) -> Bool {
    switch self {
    case .full: [.write, .lcreate, .create, .mkdir, .symlink, .mknod, .link, .setattr].contains(request)
    case .read: [.read, .readdir].contains(request)
    }
  }
}
