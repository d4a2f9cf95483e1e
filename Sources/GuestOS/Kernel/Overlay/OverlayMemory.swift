import GuestBoot

/// The overlay's memory: a window from 0x80000000 (uIO's loader base) onto a pool at the end of RAM. The pool is mapped
/// nowhere else, so that a page's rights are what the window says; pages nobody uses are not mapped at all.
///
/// The stack, the last pages of the pool, ends at 8 GiB, and nothing is mapped below it down to 4 GiB: an instruction can
/// make a frame of at most 2 GiB, so none reaches anything else.
enum OverlayMemory {
  static var base: UInt64 { 0x8000_0000 }
  private static var bytesMax: UInt64 { 16 << 20 }
  private static var stackPages: UInt64 { 16 }
  static var stackTop: UInt64 { 0x2_0000_0000 }
  private static var stackGuardBottom: UInt64 { 0x1_0000_0000 }

  nonisolated(unsafe) private static var pool: UInt64 = 0
  nonisolated(unsafe) private static var pageCount = 0
  /// One byte for each page: 1 while it is taken.
  nonisolated(unsafe) private static var taken: [UInt8] = []

  /// Takes a quarter of memory, at most 16 MiB, and returns the end of the rest. Called before there is a heap.
  static func reserve(of memoryEnd: UInt64) -> UInt64 {
    let bytes = min(memoryEnd / 4, bytesMax) & ~(Pages.largeSize &- 1)
    pool = (memoryEnd &- bytes) & ~(Pages.largeSize &- 1)
    pageCount = Int(bytes / Pages.size) &- Int(stackPages)
    return pool
  }

  static func initialize() {
    guard pageCount > 0 else { Panic.stop("no memory for the overlay") }
    taken = [UInt8](repeating: 0, count: pageCount)
    map(stackBottom, to: pool &+ (end &- base), pages: stackPages, .data)
  }

  /// Of the window; the stack is not in it.
  static var end: UInt64 { base &+ UInt64(pageCount) &* Pages.size }
  static var stackBottom: UInt64 { stackTop &- stackPages &* Pages.size }

  /// Whether an access there was the stack's, by a frame for which it had no room: the stack pointer tells it from a wild
  /// access, but for the page that a stack meets first.
  static func isOverrun(_ address: UInt64, stackPointer: UInt64) -> Bool {
    guard address >= stackGuardBottom, address < stackBottom else { return false }
    return address >= stackBottom &- Pages.size || (stackPointer >= stackGuardBottom && stackPointer <= stackBottom)
  }

  static func contains(_ address: UInt64) -> Bool {
    address >= base && address < end || address >= stackBottom && address < stackTop
  }

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
        map(address, to: pool &+ (address &- base), pages: pages, .data)
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

  /// The key that pages get now.
  private static var key: UInt64 {
    #if UIO_HARDENED
      OverlayKeys.current
    #else
      IsolationDesign.current.overlayKey
    #endif
  }

  #if UIO_SERVICES
    /// The stack is everybody's, one after the other: what one leaves the next must not find.
    static func clearStack() { access { Pages.clear(stackBottom, bytes: stackPages &* Pages.size) } }
  #endif

  #if UIO_RING3
    static func openStack() { PageTables.setUser(stackBottom, bytes: stackPages &* Pages.size, true) }
  #endif

  /// The unikernel's own accesses to an extension's memory. Under `ring3` that is user pages, which CR4.SMAP keeps from code at CPL 0
  /// everywhere else; under the other designs there is nothing to open.
  @inline(__always)
  static func access<Result>(_ body: () -> Result) -> Result {
    #if UIO_RING3
      Processor.openUserMemory()
      defer { Processor.closeUserMemory() }
    #endif
    return body()
  }

  static func protect(_ address: UInt64, bytes: UInt64, _ rights: PageRights) {
    PageTables.protect(address, bytes: bytes, rights.with(key: key))
  }

  private static func map(_ address: UInt64, to physical: UInt64, pages: UInt64, _ rights: PageRights) {
    for page in 0..<pages {
      let offset = page &* Pages.size
      PageTables.map(
        address &+ offset, to: physical &+ offset, bytes: Pages.size,
        rights.with(key: key))
    }
  }
}
