import CMemoryFile
import Glibc
import Synchronization

/// The contents of guest memory at one moment.
///
/// Snapshots share all pages that are the same in both, so one costs what was written since the one before. A snapshot
/// never changes and may be used by several threads.
public final class MemorySnapshot: Sendable {
  /// The size of the memory in bytes.
  public let size: UInt64
  /// The digest of the memory, as ``GuestMemory/digest()`` defines it.
  public let digest: UInt64
  let pageDigests: [UInt64]
  /// 64 pages each; `nil` for 64 pages of zeros.
  let groups: [PageGroup?]
  private let image = Mutex<ImageFile?>(nil)

  init(size: UInt64, digest: UInt64, pageDigests: [UInt64], groups: [PageGroup?]) {
    self.size = size
    self.digest = digest
    self.pageDigests = pageDigests
    self.groups = groups
  }

  /// Builds a snapshot from stored pages; pages not named are zero, and the last of several with one number counts.
  public convenience init(size: UInt64, pages: [(index: UInt64, bytes: [UInt8])]) throws(GuestMemoryError) {
    try GuestMemory.check(size: size)
    let pageCount = Int(size) / GuestMemory.pageSize
    var stored = [Int: StoredPage]()
    var pageDigests = [UInt64](repeating: 0, count: pageCount)
    for (index, bytes) in pages {
      guard index < UInt64(pageCount), bytes.count == GuestMemory.pageSize else {
        throw .invalidPage(index: index, bytes: bytes.count)
      }
      let page = StoredPage(copying: bytes)
      pageDigests[Int(index)] = GuestMemory.digestTerm(page.bytes, page: Int(index))
      stored[Int(index)] = pageDigests[Int(index)] == 0 && GuestMemory.isZero(page.bytes) ? nil : page
    }
    var groups = [PageGroup?](repeating: nil, count: (pageCount + 63) / 64)
    for (index, page) in stored { groups[index >> 6] = PageGroup(groups[index >> 6], setting: [(index & 63, page)]) }
    self.init(size: size, digest: pageDigests.reduce(0, &+), pageDigests: pageDigests, groups: groups)
  }

  /// The number of pages that are not zero.
  public var pageCount: UInt64 {
    groups.reduce(0) { count, group in
      count &+ UInt64(group?.pages.count { $0 != nil } ?? 0)
    }
  }

  /// Calls `body` with the number and the 4096 bytes of each page that is not zero, in ascending order.
  public func forEachPage(_ body: (Int, UnsafeRawBufferPointer) throws -> Void) rethrows {
    for (number, group) in groups.enumerated() {
      guard let group else { continue }
      for slot in 0..<64 {
        guard let page = group.pages[slot] else { continue }
        try body(number * 64 + slot, UnsafeRawBufferPointer(start: page.bytes, count: GuestMemory.pageSize))
      }
    }
  }

  /// The pages that differ from `other`, in ascending order; `nil` if the sizes differ.
  ///
  /// Pages that the two share are passed over 64 at a time.
  public func pagesDiffering(from other: MemorySnapshot) -> [Int]? {
    guard size == other.size else { return nil }
    var pages: [Int] = []
    forEachUnshared(groups, other.groups) { page, ours, theirs in
      if !StoredPage.sameBytes(ours, theirs) { pages.append(page) }
    }
    return pages
  }

  func page(_ index: Int) -> StoredPage? {
    groups[index >> 6]?.pages[index & 63]
  }

  /// A file with these contents, for forks to map. It is written at the first fork and lives as long as the snapshot.
  func imageFile() throws(GuestMemoryError) -> Int32 {
    try image.withLock { (existing: inout ImageFile?) throws(GuestMemoryError) -> Int32 in
      if let existing { return existing.descriptor }
      let file = try ImageFile(of: self)
      existing = file
      return file.descriptor
    }
  }
}

/// Calls `body` for each page that `a` and `b` do not share; a missing page is one of zeros.
func forEachUnshared(_ a: [PageGroup?], _ b: [PageGroup?], _ body: (Int, StoredPage?, StoredPage?) -> Void) {
  for number in 0..<a.count where a[number] !== b[number] {
    for slot in 0..<64 {
      let first = a[number]?.pages[slot]
      let second = b[number]?.pages[slot]
      if first !== second { body(number * 64 + slot, first, second) }
    }
  }
}

/// 64 pages that follow each other. It never changes.
final class PageGroup: Sendable {
  let pages: [StoredPage?]

  /// `old` with some slots replaced.
  init(_ old: PageGroup?, setting slots: [(Int, StoredPage?)]) {
    var pages = old?.pages ?? [StoredPage?](repeating: nil, count: 64)
    for (slot, page) in slots { pages[slot] = page }
    self.pages = pages
  }
}

/// 4096 bytes that never change once written.
final class StoredPage: @unchecked Sendable {
  let bytes: UnsafeRawPointer

  init(copying source: UnsafeRawPointer) {
    let copy = UnsafeMutableRawPointer.allocate(byteCount: GuestMemory.pageSize, alignment: 16)
    copy.copyMemory(from: source, byteCount: GuestMemory.pageSize)
    bytes = UnsafeRawPointer(copy)
  }

  deinit {
    bytes.deallocate()
  }

  func hasBytes(_ other: UnsafeRawPointer) -> Bool {
    memcmp(bytes, other, GuestMemory.pageSize) == 0
  }

  static func sameBytes(_ a: StoredPage?, _ b: StoredPage?) -> Bool {
    switch (a, b) {
    case (let a?, let b?): a.hasBytes(b.bytes)
    case (let page?, nil), (nil, let page?): GuestMemory.isZero(page.bytes)
    case (nil, nil): true
    }
  }
}

/// A file in memory that holds a snapshot's pages at their places.
private final class ImageFile: Sendable {
  let descriptor: Int32

  init(of snapshot: MemorySnapshot) throws(GuestMemoryError) {
    descriptor = memory_file_create()
    guard descriptor >= 0, ftruncate(descriptor, Int(snapshot.size)) == 0 else {
      throw .hostRefused(bytes: snapshot.size, errno: errno)
    }
    var failure: Int32?
    snapshot.forEachPage { page, bytes in
      let written = pwrite(descriptor, bytes.baseAddress, bytes.count, page * GuestMemory.pageSize)
      if written != bytes.count, failure == nil { failure = written < 0 ? errno : ENOSPC }
    }
    if let failure { throw .hostRefused(bytes: snapshot.size, errno: failure) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }
}
