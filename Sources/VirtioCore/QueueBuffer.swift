/// One piece of a request: a range of guest-physical memory that the device reads or writes.
public struct QueueBuffer: Equatable, Sendable {
  public var address: UInt64
  /// In bytes.
  public var length: UInt32
  /// Whether the device writes it.
  public var isWritable: Bool

  public init(address: UInt64, length: UInt32, isWritable: Bool) {
    self.address = address
    self.length = length
    self.isWritable = isWritable
  }

  public static func readable(_ address: UInt64, _ length: UInt32) -> QueueBuffer {
    QueueBuffer(address: address, length: length, isWritable: false)
  }

  public static func writable(_ address: UInt64, _ length: UInt32) -> QueueBuffer {
    QueueBuffer(address: address, length: length, isWritable: true)
  }
}

/// A request that the device has finished with.
public struct UsedRequest: Equatable, Sendable {
  /// What adding the request returned.
  public var id: UInt16
  /// The number of bytes that the device says it has written, at most what the writable buffers hold.
  public var writtenBytes: UInt32

  public init(id: UInt16, writtenBytes: UInt32) {
    self.id = id
    self.writtenBytes = writtenBytes
  }
}

/// What the driver side of a queue negotiated.
public struct QueueOptions: Equatable, Sendable {
  public var eventIndex: Bool
  public var indirectDescriptors: Bool

  public init(eventIndex: Bool, indirectDescriptors: Bool) {
    self.eventIndex = eventIndex
    self.indirectDescriptors = indirectDescriptors
  }

  public init(_ features: Features) {
    eventIndex = features.contains(.eventIndex)
    indirectDescriptors = features.contains(.indirectDescriptors)
  }
}

/// Why the driver side of a queue refused a request, or what the device did wrong.
public enum QueueDriverError: Error, Equatable, Sendable {
  /// A request needs at least one buffer.
  case noBuffers
  /// A device-readable buffer after a device-writable one.
  case readableAfterWritable
  /// More buffers than the queue has descriptors (also in an indirect table: virtio 1.2, section 2.7.5.3.1).
  case tooManyBuffers
  /// The buffers hold 2^32 bytes or more together.
  case tooManyBytes
  /// Not enough free descriptors now; take used requests first.
  case queueFull
  /// An indirect table without the feature negotiated.
  case indirectNotNegotiated
  /// The queue or the indirect table is not all memory.
  case outsideMemory
  /// The device: it used more requests than were outstanding.
  case usedIndexImpossible
  /// The device: it used a request that is not outstanding.
  case usedUnknownRequest
  /// The device: it claims to have written more bytes than the request could hold.
  case usedLengthImpossible
}
