/// The driver's own record of what is outstanding, in memory that no device can write.
///
/// A split queue indexes it by the head descriptor, a packed one by buffer id. Free entries form a list, so that the
/// last one given back is the first to be used again.
struct RequestBook {
  private(set) var freeCount: UInt16
  private(set) var outstandingCount: UInt16 = 0
  private var firstFree: UInt16 = 0
  /// The next entry of the free list, or of the request's chain.
  private var next: [UInt16]
  /// The number of entries that a request takes; 0 when none is outstanding under this id.
  private var entries: [UInt16]
  private var writableBytes: [UInt32]

  init(size: UInt16) {
    freeCount = size
    next = [UInt16](repeating: 0, count: Int(size))
    entries = [UInt16](repeating: 0, count: Int(size))
    writableBytes = [UInt32](repeating: 0, count: Int(size))
    for index in 0..<Int(size) { next[index] = UInt16(truncatingIfNeeded: index &+ 1) }
  }

  /// The entry that the next request will begin with. Only valid while something is free.
  var head: UInt16 { firstFree }

  /// The entry after `entry`.
  func entry(after entry: UInt16) -> UInt16 { next[Int(entry)] }

  /// Takes `links` entries from the free list as one request that accounts for `cost` of them.
  ///
  /// A split chain takes as many as it has descriptors; a packed one takes a single id and occupies `cost` slots.
  mutating func take(links: UInt16, cost: UInt16, writableBytes bytes: UInt32) -> UInt16 {
    let id = firstFree
    var last = id
    for _ in 1..<max(links, 1) { last = next[Int(last)] }
    firstFree = next[Int(last)]
    entries[Int(id)] = cost
    writableBytes[Int(id)] = bytes
    freeCount &-= cost
    outstandingCount &+= 1
    return id
  }

  /// The number of entries of the outstanding request `id`, and how much the device may have written to it.
  func outstanding(_ id: UInt16) -> (cost: UInt16, writableBytes: UInt32)? {
    guard Int(id) < entries.count, entries[Int(id)] != 0 else { return nil }
    return (entries[Int(id)], writableBytes[Int(id)])
  }

  /// Gives back a request that ``outstanding(_:)`` has just found, with the number of links it took.
  mutating func giveBack(_ id: UInt16, links: UInt16) {
    var last = id
    for _ in 1..<max(links, 1) { last = next[Int(last)] }
    next[Int(last)] = firstFree
    firstFree = id
    freeCount &+= entries[Int(id)]
    entries[Int(id)] = 0
    outstandingCount &-= 1
  }
}

/// What the buffers of one request add up to.
struct RequestShape {
  var count: UInt16
  var writableBytes: UInt32

  /// Checks what holds for requests in any kind of queue (virtio 1.2, sections 2.7.4.2, 2.7.5.3.1).
  init<Buffers: RandomAccessCollection>(_ buffers: Buffers, queueSize: UInt16) throws(QueueDriverError)
  where Buffers.Element == QueueBuffer {
    guard !buffers.isEmpty else { throw .noBuffers }
    guard buffers.count <= Int(queueSize) else { throw .tooManyBuffers }
    var total: UInt64 = 0
    var writable: UInt64 = 0
    var hasWritable = false
    for buffer in buffers {
      guard buffer.isWritable || !hasWritable else { throw .readableAfterWritable }
      hasWritable = buffer.isWritable
      total &+= UInt64(buffer.length)
      if buffer.isWritable { writable &+= UInt64(buffer.length) }
    }
    guard total <= UInt64(UInt32.max) else { throw .tooManyBytes }
    count = UInt16(truncatingIfNeeded: buffers.count)
    writableBytes = UInt32(truncatingIfNeeded: writable)
  }
}
