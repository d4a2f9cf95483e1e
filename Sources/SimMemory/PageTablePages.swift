/// The pages that hold the paging structures of four-level paging (SDM volume 3, 4.5).
public enum PageTablePages {
  /// More are those of a guest that makes them on purpose.
  public static let countMax = 4096

  /// Their physical addresses, in order; at most ``countMax``.
  ///
  /// - Parameter root: CR3.
  public static func all(root: UInt64, in memory: GuestMemory) -> [UInt64] {
    var found: Set<UInt64> = []
    var level = [root & PageEntry.addressBits]
    for depth in 0..<4 {
      var next: [UInt64] = []
      for table in level where table < memory.size && found.count < countMax && found.insert(table).inserted {
        // The last level's entries are pages, and so are large pages'.
        guard depth < 3, let bytes = memory.read(table, count: 4096) else { continue }
        bytes.withUnsafeBytes { raw in
          for entry in raw.bindMemory(to: UInt64.self) {
            let isLarge = depth > 0 && entry & PageEntry.pageSize != 0
            if entry & PageEntry.present != 0, !isLarge { next.append(entry & PageEntry.addressBits) }
          }
        }
      }
      level = next
    }
    return found.sorted()
  }
}
