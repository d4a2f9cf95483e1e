import GuestBoot

/// The heap behind Swift's runtime: one list of free blocks for each power of two, and a header before each block that
/// is checked when the block comes back. Blocks of 64 KiB and more are ``LargeBlocks``.
///
/// ```
/// | mark and class | distance to the block's start | user bytes ... |     free: the link to the next one in their place
/// ```
/// A large block has a class of its own, and its size before all that.
enum Heap {
  private static var headerSize: UInt64 { 16 }
  private static var classMin: UInt64 { 5 }
  private static var classMax: UInt64 { 16 }
  private static var largeClass: UInt64 { 17 }
  private static var bytesMax: UInt64 { 1 << 30 }
  private static var arenaSize: UInt64 { 64 << 10 }
  private static var inUse: UInt64 { 0x7a4c_d15e_0b00_0000 }
  private static var isFree: UInt64 { 0x51f3_ee00_bb00_0000 }

  /// The first free block of each class, in place of a tuple: an array would live on this heap.
  nonisolated(unsafe) private static var lists: UInt64 = 0
  /// The bytes of all blocks in ``lists``.
  nonisolated(unsafe) private static var listed: UInt64 = 0
  nonisolated(unsafe) private static var arena: UInt64 = 0
  nonisolated(unsafe) private static var arenaEnd: UInt64 = 0

  static func initialize() {
    lists = Pages.allocateCleared(1)
  }

  static func allocate(_ bytes: UInt64, alignment: UInt64) -> UInt64? {
    guard bytes < bytesMax, alignment < bytesMax else { return nil }
    #if UIO_BPF
      if let place = OverlayArena.take(bytes, alignment: alignment) { return place }
    #endif
    let slack = alignment > headerSize ? alignment : 0
    let needed = bytes &+ headerSize &+ slack
    var sizeClass = classMin
    while sizeClass < largeClass, 1 << sizeClass < needed { sizeClass &+= 1 }

    let block: UInt64
    var user: UInt64
    if sizeClass == largeClass {
      let size = LargeBlocks.rounded(needed &+ headerSize)
      block = LargeBlocks.allocate(size)
      volatile_write64(block, size)
      user = block &+ 2 &* headerSize
    } else {
      block = takeFree(sizeClass) ?? carve(1 << sizeClass)
      user = block &+ headerSize
    }
    if slack != 0 { user = (user &+ alignment &- 1) & ~(alignment &- 1) }
    volatile_write64(user &- 16, inUse | sizeClass)
    volatile_write64(user &- 8, user &- block)
    return user
  }

  static func free(_ user: UInt64) {
    #if UIO_BPF
      // An arena is freed as a whole.
      if OverlayMemory.contains(user) { return }
    #endif
    let mark = volatile_read64(user &- 16)
    let sizeClass = mark & 255
    guard mark == inUse | sizeClass, (classMin...largeClass).contains(sizeClass) else {
      Panic.stop(mark == isFree ? "heap: freed twice" : "heap: freed what was not allocated, or damaged")
    }
    volatile_write64(user &- 16, isFree)
    let block = user &- volatile_read64(user &- 8)
    if sizeClass == largeClass { return LargeBlocks.free(block, volatile_read64(block)) }
    let list = lists &+ sizeClass &* 8
    volatile_write64(block &+ headerSize, volatile_read64(list))
    volatile_write64(list, block)
    listed &+= 1 << sizeClass
  }

  /// What there is for blocks of all sizes together, in bytes; the greatest block may be ``LargeBlocks/largest``.
  static var left: UInt64 { LargeBlocks.largest &+ listed }

  private static func takeFree(_ sizeClass: UInt64) -> UInt64? {
    let list = lists &+ sizeClass &* 8
    let block = volatile_read64(list)
    guard block != 0 else { return nil }
    volatile_write64(list, volatile_read64(block &+ headerSize))
    listed &-= 1 << sizeClass
    return block
  }

  private static func carve(_ bytes: UInt64) -> UInt64 {
    if bytes >= arenaSize { return Pages.allocate(bytes / Pages.size) }
    if arenaEnd &- arena < bytes {
      arena = Pages.allocate(arenaSize / Pages.size)
      arenaEnd = arena &+ arenaSize
    }
    let block = arena
    arena &+= bytes
    return block
  }
}

/// Behind posix_memalign (Boot/memory.c); 0 if there is no such block.
@_cdecl("heap_allocate")
func heapAllocate(_ bytes: UInt64, _ alignment: UInt64) -> UInt64 {
  Heap.allocate(bytes, alignment: alignment) ?? 0
}

/// Behind free.
@_cdecl("heap_free")
func heapFree(_ address: UInt64) { Heap.free(address) }
