import CMemoryFile
import Glibc

/// The RAM of the guest: physical addresses from 0 to `size`.
///
/// The host gives pages only when they are touched. Every write is noted page by page: those through this type here,
/// those of the engine by itself (see ``dirty``). No address, however wrong, can trap: what is out of range is refused.
public final class GuestMemory {
  /// The bytes of a page, the unit of dirtiness, snapshots and digests.
  public static let pageSize = 4096
  /// RAM ends below the devices, which have the top quarter of the first 4 GiB.
  public static let largestSize: UInt64 = 0xc000_0000

  /// The size of RAM in bytes, a multiple of ``pageSize``.
  public let size: UInt64
  public let pageCount: Int
  /// Where RAM begins in the host. For engines only: whoever writes through it must mark the pages in ``dirty``.
  public let base: UnsafeMutableRawPointer

  /// Pages written since the last harvest.
  ///
  /// An engine that keeps write permission for a page whose bit is set must take it away again when
  /// ``harvestCount`` has changed, so that the next write is noted again.
  public let dirty: PageSet
  /// How often pages were taken out of ``dirty``, by ``digest()``, ``snapshot()`` and ``restore(_:)``.
  public internal(set) var harvestCount: UInt64 = 0

  /// Pages of which the engine keeps translated code. The engine sets and clears the bits.
  public let translated: PageSet
  /// Called after this type wrote to a page of ``translated``, with its number: the engine discards what it translated.
  public var onTranslatedPageWritten: ((Int) -> Void)?

  /// Is told of the writes through this type. Engines tell of theirs by themselves.
  /// It must outlive the memory, or take itself away.
  public unowned(unsafe) var observer: (any MemoryObserver)?

  /// Pages that may differ from `baseSnapshot`.
  let changed: PageSet
  /// Pages whose term in `pageDigests` is out of date.
  let stale: PageSet
  /// The term of each page in the digest; 0 for pages of zeros.
  var pageDigests: [UInt64]
  /// The wrapping sum of `pageDigests`.
  var digestSum: UInt64 = 0
  /// What memory holds, except for the pages in `changed` and `dirty`; `nil` stands for all zeros.
  var baseSnapshot: MemorySnapshot?

  /// RAM full of zeros.
  public convenience init(size: UInt64) throws(GuestMemoryError) {
    try Self.check(size: size)
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let address = try Self.map(size: size, flags: flags, file: -1)
    self.init(mapped: address, size: size, pageDigests: [UInt64](repeating: 0, count: Int(size) / Self.pageSize))
  }

  /// RAM that holds what `snapshot` holds: a fork, whose pages are shared with it until they are written.
  public convenience init(forking snapshot: MemorySnapshot) throws(GuestMemoryError) {
    let file = try snapshot.imageFile()
    let address = try Self.map(size: snapshot.size, flags: MAP_PRIVATE | MAP_NORESERVE, file: file)
    self.init(mapped: address, size: snapshot.size, pageDigests: snapshot.pageDigests)
    digestSum = snapshot.digest
    baseSnapshot = snapshot
  }

  private init(mapped address: UnsafeMutableRawPointer, size: UInt64, pageDigests: [UInt64]) {
    self.size = size
    pageCount = Int(size) / Self.pageSize
    base = address
    dirty = PageSet(pageCount: pageCount)
    translated = PageSet(pageCount: pageCount)
    changed = PageSet(pageCount: pageCount)
    stale = PageSet(pageCount: pageCount)
    self.pageDigests = pageDigests
  }

  deinit {
    munmap(base, Int(size))
  }

  static func check(size: UInt64) throws(GuestMemoryError) {
    guard size >= UInt64(pageSize), size % UInt64(pageSize) == 0, size <= largestSize else {
      throw .invalidSize(size)
    }
  }

  private static func map(size: UInt64, flags: Int32, file: Int32) throws(GuestMemoryError) -> UnsafeMutableRawPointer {
    guard let address = mmap(nil, Int(size), PROT_READ | PROT_WRITE, flags, file, 0), address != MAP_FAILED else {
      throw .hostRefused(bytes: size, errno: errno)
    }
    return address
  }

  /// Whether all of `count` bytes from `address` are RAM. An empty range may also stand at the end.
  @inline(__always)
  public func contains(_ address: UInt64, count: UInt64) -> Bool {
    address <= size && count <= size &- address
  }

  /// Notes that `page` was written. Pages that do not exist are ignored.
  public func markDirty(page: Int) {
    guard page >= 0, page < pageCount else { return }
    dirty.insert(page)
  }

  /// Notes a write of `count` bytes in range, and tells the engine when it kept code of these pages.
  @inline(__always)
  func noteWrite(_ address: UInt64, _ count: Int) {
    guard count > 0 else { return }
    let first = Int(address >> 12)
    let last = Int((address &+ UInt64(count) &- 1) >> 12)
    for page in first...last {
      dirty.insert(page)
      if translated.words[page >> 6] & (1 &<< UInt64(page & 63)) != 0 { onTranslatedPageWritten?(page) }
    }
    observer?.didWrite(address, count: count)
  }
}
