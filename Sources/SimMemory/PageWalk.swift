import PKRUModel

/// What a page walk found.
public struct PageWalk: Equatable, Sendable {
  /// The linear address is canonical. An access to one that is not raises #GP or #SS instead of a page fault; there
  /// was no walk then.
  public internal(set) var isCanonical = true
  /// The rights of the page, combined over the entries; PKRUModel decides with them.
  public internal(set) var rights = PageRights.notPresent
  /// Where the linear address leads; meaningful only when there is a translation.
  public internal(set) var physicalAddress: UInt64 = 0
  /// 4 KiB, 2 MiB, 4 MiB or 1 GiB; 0 when there is no translation.
  public internal(set) var pageSize: UInt64 = 0
  /// How many entries were read, the last of them the leaf if there is a translation: 0…4.
  public internal(set) var depth = 0
  /// The physical addresses of the entries, and what they held; `depth` of them count.
  public internal(set) var entryAddresses = SIMD4<UInt64>(repeating: 0)
  public internal(set) var entries = SIMD4<UInt64>(repeating: 0)
  /// The bytes of an entry: 4 with 32-bit paging, otherwise 8.
  public internal(set) var entrySize: UInt8 = 8

  /// The first entry is a PDPTE of PAE paging.
  var isPAE = false

  init() {}

  /// The level of the first entry: 4 for the PML4, 3 for PAE's pointer table, 2 with 32-bit paging.
  public var levels: Int { entrySize == 4 ? 2 : isPAE ? 3 : 4 }

  /// There is a physical address, whatever the rights.
  public var hasTranslation: Bool { pageSize != 0 }

  /// The last entry that was read; 0 when there was none.
  public var leafEntry: UInt64 { depth > 0 ? entries[depth - 1] : 0 }

  mutating func note(_ address: UInt64, _ entry: UInt64) {
    entryAddresses[depth] = address
    entries[depth] = entry
    depth += 1
  }

  /// A present entry with a reserved bit ends the walk.
  mutating func endWithReservedBit() {
    rights = PageRights(writable: false, user: false, reservedViolation: true)
  }

  mutating func end(page: UInt64, size: UInt64, linear: UInt64, combined: UInt64, noExecute: Bool) {
    physicalAddress = page | (linear & (size &- 1))
    pageSize = size
    rights = PageRights(
      writable: combined & PageEntry.writable != 0, user: combined & PageEntry.user != 0, noExecute: noExecute,
      key: entrySize == 8 ? ProtectionKey(leafEntry: leafEntry) : .zero)
  }
}
