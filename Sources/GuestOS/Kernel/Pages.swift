import GuestBoot

/// Physical memory behind the image: tables, stacks, queues and the heap's arenas, which are kept, and the heap's large
/// blocks, which come back. What the overlay loads and frees again has a pool of its own (``OverlayMemory``).
enum Pages {
  static var size: UInt64 { 4096 }
  static var largeSize: UInt64 { 2 << 20 }

  nonisolated(unsafe) private static var next: UInt64 = 0
  nonisolated(unsafe) private static var end: UInt64 = 0
  /// Bytes that there were at start.
  nonisolated(unsafe) private(set) static var total: UInt64 = 0

  static func initialize(from start: UInt64, to end: UInt64) {
    next = start
    self.end = end
    total = end &- start
  }

  /// Bytes that are still to be had.
  static var left: UInt64 { end &- next }

  /// `count` adjacent pages, not cleared. Without memory a unikernel cannot go on: panics.
  static func allocate(_ count: UInt64) -> UInt64 {
    guard count <= (end &- next) / size else { Panic.stop("out of memory") }
    let start = next
    next &+= count &* size
    return start
  }

  /// The same from the other end of memory.
  static func allocateHigh(_ count: UInt64) -> UInt64 {
    guard count <= (end &- next) / size else { Panic.stop("out of memory") }
    end &-= count &* size
    return end
  }

  /// Takes back what lies directly behind the pages that were never handed out; says whether it does.
  static func giveBack(_ start: UInt64, bytes: UInt64) -> Bool {
    guard start == end else { return false }
    end &+= bytes
    return true
  }

  #if UIO_SERVICES
    /// Hands out nothing from `address` on any more; says whether so many bytes there were free.
    static func leave(from address: UInt64, bytes: UInt64) -> Bool {
      guard address >= next, address <= end, bytes <= end &- address else { return false }
      end = address
      return true
    }
  #endif

  static func allocateCleared(_ count: UInt64) -> UInt64 {
    let start = allocate(count)
    clear(start, bytes: count &* size)
    return start
  }

  static func clear(_ start: UInt64, bytes: UInt64) {
    memset(UnsafeMutableRawPointer(bitPattern: UInt(start)), 0, Int(bytes))
  }
}

#if !UIO_SERVICES
  /// Where no window can be announced, devices reach all of memory.
  typealias DMAPages = Pages
#endif
