import GuestBoot

/// The overlay's memory: a window from 0x80000000 (uIO's loader base) onto a pool at the end of RAM. The pool is mapped
/// nowhere else, so that a page's rights are what the window says; pages nobody uses are not mapped at all.
enum OverlayMemory {
  static var base: UInt64 { 0x8000_0000 }
  private static var bytesMax: UInt64 { 16 << 20 }
  private static var stackPages: UInt64 { 16 }

  nonisolated(unsafe) private static var pool: UInt64 = 0
  nonisolated(unsafe) private static var pageCount = 0
  /// One byte for each page: 1 while it is taken.
  nonisolated(unsafe) private static var taken: [UInt8] = []

  /// Takes a quarter of memory, at most 16 MiB, and returns the end of the rest. Called before there is a heap.
  static func reserve(of memoryEnd: UInt64) -> UInt64 {
    let bytes = min(memoryEnd / 4, bytesMax) & ~(Pages.largeSize &- 1)
    pool = (memoryEnd &- bytes) & ~(Pages.largeSize &- 1)
    pageCount = Int(bytes / Pages.size)
    return pool
  }

  /// The stack at the end of the window, between unmapped pages.
  static func initialize() {
    taken = [UInt8](repeating: 0, count: pageCount)
    guard pageCount > Int(stackPages) &+ 2 else { Panic.stop("no memory for the overlay") }
    for page in (pageCount &- Int(stackPages) &- 2)..<pageCount { taken[page] = 1 }
    map(stackBottom, pages: stackPages, .data)
  }

  static var end: UInt64 { base &+ UInt64(pageCount) &* Pages.size }
  static var stackTop: UInt64 { end &- Pages.size }
  static var stackBottom: UInt64 { stackTop &- stackPages &* Pages.size }
  /// The unmapped page that a stack which grows too far meets first.
  static var stackGuard: Range<UInt64> { (stackBottom &- Pages.size)..<stackBottom }

  static func contains(_ address: UInt64) -> Bool { address >= base && address < end }

  /// Adjacent pages, writable, not executable, cleared; nil if there are not so many. A page that stays unmapped follows.
  static func allocate(pages: UInt64, alignment: UInt64) -> UInt64? {
    let step = max(Int(alignment / Pages.size), 1)
    let count = Int(min(pages, UInt64(pageCount))) &+ 1
    guard pages < UInt64(pageCount) else { return nil }
    var first = 0
    while first &+ count <= pageCount {
      if (first..<first &+ count).allSatisfy({ taken[$0] == 0 }) {
        for page in first..<first &+ count { taken[page] = 1 }
        let address = base &+ UInt64(first) &* Pages.size
        map(address, pages: pages, .data)
        Pages.clear(address, bytes: pages &* Pages.size)
        return address
      }
      first &+= step
    }
    return nil
  }

  static func free(_ address: UInt64, pages: UInt64) {
    PageTables.unmap(address, bytes: pages &* Pages.size)
    let first = Int((address &- base) / Pages.size)
    for page in first...first &+ Int(pages) { taken[page] = 0 }
  }

  static func protect(_ address: UInt64, bytes: UInt64, _ rights: PageRights) {
    PageTables.protect(address, bytes: bytes, rights.with(key: IsolationDesign.current.overlayKey))
  }

  private static func map(_ address: UInt64, pages: UInt64, _ rights: PageRights) {
    let physical = pool &+ (address &- base)
    for page in 0..<pages {
      let offset = page &* Pages.size
      PageTables.map(
        address &+ offset, to: physical &+ offset, bytes: Pages.size,
        rights.with(key: IsolationDesign.current.overlayKey))
    }
  }
}
