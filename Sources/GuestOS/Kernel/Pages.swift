import GuestBoot

/// Physical memory behind the image, handed out once and kept: tables, stacks, queues and the heap's arenas. What the
/// overlay loads and frees again has a pool of its own (``OverlayMemory``).
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

  /// `count` adjacent pages, not cleared. Without memory a unikernel cannot go on: panics.
  static func allocate(_ count: UInt64) -> UInt64 {
    guard count <= (end &- next) / size else { Panic.stop("out of memory") }
    let start = next
    next &+= count &* size
    return start
  }

  static func allocateCleared(_ count: UInt64) -> UInt64 {
    let start = allocate(count)
    clear(start, bytes: count &* size)
    return start
  }

  static func clear(_ start: UInt64, bytes: UInt64) {
    memset(UnsafeMutableRawPointer(bitPattern: UInt(start)), 0, Int(bytes))
  }
}
