import CXXHash
import Glibc
import Invariants

/// The digest of all memory: the wrapping sum of one term for each page.
///
/// The term of a page of zeros is 0; that of any other page is XXH3-64 of its 4096 bytes with the page number as seed. So
/// the digest depends on contents only, not on how they came about, and a write costs one new term.
extension GuestMemory {
  /// The digest now. It costs as much as there are pages written since it was last asked for.
  public func digest() -> UInt64 {
    Invariants.check("guest memory", _checkInvariants())
    harvest()
    for page in stale {
      let term = Self.digestTerm(base + page * Self.pageSize, page: page)
      digestSum = digestSum &- pageDigests[page] &+ term
      pageDigests[page] = term
    }
    stale.removeAll()
    return digestSum
  }

  /// The pages written since the last ``snapshot()``, ``restore(_:)`` or fork, or since the beginning.
  public var changedPages: [Int] {
    harvest()
    return Array(changed)
  }

  static func digestTerm(_ bytes: UnsafeRawPointer, page: Int) -> UInt64 {
    isZero(bytes) ? 0 : XXH3_64bits_withSeed(bytes, pageSize, UInt64(page))
  }

  /// A page is zero when its first word is, and every byte equals the one eight before.
  static func isZero(_ bytes: UnsafeRawPointer) -> Bool {
    bytes.load(as: UInt64.self) == 0 && memcmp(bytes, bytes + 8, pageSize - 8) == 0
  }

  /// Takes the dirty pages over into the two sets that have their own use for them.
  func harvest() {
    guard !dirty.isEmpty else { return }
    stale.formUnion(dirty)
    changed.formUnion(dirty)
    dirty.removeAll()
    harvestCount &+= 1
  }
}
