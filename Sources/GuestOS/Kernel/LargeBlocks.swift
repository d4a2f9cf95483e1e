import GuestBoot

/// The heap's blocks of 64 KiB and more: whole pages. What is given back is kept as a list of free stretches by rising
/// address, neighbours joined, since files come in all sizes. They come from the end of memory, and the lowest stretch
/// goes back: what is kept for good lies at the other end, and divides nothing.
///
/// ```
/// | bytes of the stretch | the next one's address, or 0 |        in the first words of a free stretch
/// ```
enum LargeBlocks {
  /// The first free stretch, or 0.
  nonisolated(unsafe) private static var first: UInt64 = 0

  private static func bytes(_ stretch: UInt64) -> UInt64 { volatile_read64(stretch) }
  private static func next(_ stretch: UInt64) -> UInt64 { volatile_read64(stretch &+ 8) }

  private static func write(_ stretch: UInt64, bytes: UInt64, next: UInt64) {
    volatile_write64(stretch, bytes)
    volatile_write64(stretch &+ 8, next)
  }

  /// Makes the stretch before, or the list's head if that is 0, lead to another one.
  private static func link(_ before: UInt64, to stretch: UInt64) {
    if before == 0 { first = stretch } else { volatile_write64(before &+ 8, stretch) }
  }

  static func rounded(_ bytes: UInt64) -> UInt64 { (bytes &+ Pages.size &- 1) & ~(Pages.size &- 1) }

  /// The first stretch with room, else new pages. `size` is a multiple of a page.
  static func allocate(_ size: UInt64) -> UInt64 {
    var before: UInt64 = 0
    var stretch = first
    while stretch != 0, bytes(stretch) < size {
      before = stretch
      stretch = next(stretch)
    }
    guard stretch != 0 else { return Pages.allocateHigh(size / Pages.size) }
    let left = bytes(stretch) &- size
    if left != 0 { write(stretch &+ size, bytes: left, next: next(stretch)) }
    link(before, to: left == 0 ? next(stretch) : stretch &+ size)
    return stretch
  }

  static func free(_ start: UInt64, _ size: UInt64) {
    var before: UInt64 = 0
    var behind = first
    while behind != 0, behind < start {
      before = behind
      behind = next(behind)
    }
    write(start, bytes: size, next: behind)
    link(before, to: start)
    join(start)
    if before != 0 { join(before) }
    if Pages.giveBack(first, bytes: bytes(first)) { first = next(first) }
  }

  /// Makes one stretch of two neighbours.
  private static func join(_ stretch: UInt64) {
    let behind = next(stretch)
    guard behind != 0, stretch &+ bytes(stretch) == behind else { return }
    write(stretch, bytes: bytes(stretch) &+ bytes(behind), next: next(behind))
  }

  /// The size of the greatest block that there is room for, in bytes.
  static var largest: UInt64 {
    var result = Pages.left
    var stretch = first
    while stretch != 0 {
      result = max(result, bytes(stretch))
      stretch = next(stretch)
    }
    return result
  }
}
