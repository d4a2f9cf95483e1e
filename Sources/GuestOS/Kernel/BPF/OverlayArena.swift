import GuestBoot

/// Overlay memory for the objects that a BPF program works on: executable, stack, maps, context. The interpreter changes
/// them (reference counts included) while PKRU leaves it the overlay's memory only, so they cannot lie on the heap.
///
/// Memory is handed out front to back and taken back as a whole, when none of the objects is used any more.
final class OverlayArena {
  let address: UInt64
  let pages: UInt64
  private var next: UInt64

  nonisolated(unsafe) private static var filled: OverlayArena?

  /// Room for `bytes`; nil if the overlay has no such memory left.
  init?(bytes: UInt64) {
    pages = max(bytes / Pages.size &+ 1, 1)
    guard let address = OverlayMemory.allocate(pages: pages, alignment: Pages.size) else { return nil }
    self.address = address
    next = address
  }

  /// What `body` allocates lies in this arena.
  func fill<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    Self.filled = self
    defer { Self.filled = nil }
    return try body()
  }

  /// For the heap: a place in the arena that is being filled; nil if there is none, or no room.
  static func take(_ bytes: UInt64, alignment: UInt64) -> UInt64? {
    guard let arena = filled else { return nil }
    let step = max(alignment, 16)
    let place = (arena.next &+ step &- 1) & ~(step &- 1)
    let end = arena.address &+ arena.pages &* Pages.size
    guard place <= end, bytes <= end &- place else { return nil }
    arena.next = place &+ bytes
    return place
  }

  func free() { OverlayMemory.free(address, pages: pages) }
}
