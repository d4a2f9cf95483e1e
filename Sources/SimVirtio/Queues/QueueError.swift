/// What a driver did that the virtio specification forbids. The device then needs a reset; nothing else happens.
public enum QueueError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The queue's size or one of its addresses is not allowed, or not all of it is memory.
  case invalidLayout
  /// The available index moved by more than the queue's size.
  case availableIndexImpossible(pending: UInt16)
  /// A head or `next` that is no descriptor of its table.
  case descriptorOutOfRange(index: UInt16)
  /// More descriptors than the queue has, as a loop makes too (virtio 1.2, section 2.7.5.3.1).
  case chainTooLong
  /// More bytes than the device takes in one request.
  case tooManyBytes
  /// A buffer or table that is not all memory.
  case outsideMemory(address: UInt64, length: UInt32)
  /// A ring, buffer or table that is not all in the ``DMAWindow``.
  case outsideWindow(address: UInt64, length: UInt64)
  /// A device-readable descriptor after a device-writable one (section 2.7.4.2).
  case readableAfterWritable
  case indirectNotNegotiated
  /// An indirect descriptor in a split queue's indirect table, or with a successor (section 2.7.5.3.1).
  case indirectMisplaced
  /// A table of no descriptors, or not of whole ones.
  case indirectLengthInvalid(length: UInt32)
  /// A packed chain that goes on into a descriptor which is not available.
  case chainIncomplete
  /// A request that is too short for what the device needs to answer it.
  case malformedRequest(reason: String)
  /// Saved state that no run can have reached.
  case invalidState

  public var description: String {
    switch self {
    case .invalidLayout: "the queue's size, alignment or place is not allowed"
    case .availableIndexImpossible(let pending): "the available index runs \(pending) ahead, more than the queue holds"
    case .descriptorOutOfRange(let index): "descriptor \(index) does not exist"
    case .chainTooLong: "the chain is longer than the queue, or a loop"
    case .tooManyBytes: "the chain holds more bytes than the device takes"
    case .outsideMemory(let address, let length):
      "\(length) bytes at 0x\(String(address, radix: 16)) are not all memory"
    case .outsideWindow(let address, let length):
      "\(length) bytes at 0x\(String(address, radix: 16)) are not all in the DMA window"
    case .readableAfterWritable: "a readable buffer follows a writable one"
    case .indirectNotNegotiated: "an indirect descriptor without the feature"
    case .indirectMisplaced: "an indirect descriptor with a successor or in a table"
    case .indirectLengthInvalid(let length): "an indirect table of \(length) bytes"
    case .chainIncomplete: "the chain goes on into a descriptor that is not available"
    case .malformedRequest(let reason): reason
    case .invalidState: "the saved state is impossible"
    }
  }
}
