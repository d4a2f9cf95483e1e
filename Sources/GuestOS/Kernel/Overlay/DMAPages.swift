/// Pages that devices reach: rings and buffers. Where the machine announces a window (`dma_window.address=`, `dma_window.bytes=`), they come
/// from there, and nothing else does, so that no descriptor, however it came about, leads a device to the application, to tables or to code.
enum DMAPages {
  nonisolated(unsafe) private static var next: UInt64 = 0
  nonisolated(unsafe) private static var end: UInt64 = 0
  private static var hasWindow: Bool { end != 0 }

  /// Takes the announced window, if there is one, and what lies behind it out of the memory of others. A window that does not lie in free
  /// memory is a panic: no device could work.
  static func reserve() {
    let bytes = KernelCommandLine.number("dma_window.bytes=", 0, in: 0...GuestMemory.end)
    let address = KernelCommandLine.number("dma_window.address=", 0, in: 0...GuestMemory.end)
    guard bytes != 0 else { return }
    guard bytes % Pages.size == 0, address % Pages.size == 0, Pages.leave(from: address, bytes: bytes) else {
      Panic.stop("the DMA window does not lie in free memory")
    }
    (next, end) = (address, address &+ bytes)
  }

  /// `count` adjacent pages, cleared: nobody's old data is within a device's reach. Panics when the window is full.
  static func allocateCleared(_ count: UInt64) -> UInt64 {
    guard hasWindow else { return Pages.allocateCleared(count) }
    guard count <= (end &- next) / Pages.size else { Panic.stop("the DMA window is too small") }
    let start = next
    next &+= count &* Pages.size
    Pages.clear(start, bytes: count &* Pages.size)
    return start
  }

  static func allocate(_ count: UInt64) -> UInt64 { allocateCleared(count) }
}
