import Glibc

extension GuestMemory {
  /// Saves the contents. The cost is that of the pages written since the last snapshot, restore or fork.
  public func snapshot() -> MemorySnapshot {
    let digest = digest()
    var groups = baseSnapshot?.groups ?? [PageGroup?](repeating: nil, count: changed.wordCount)
    var slots: [(Int, StoredPage?)] = []
    for number in 0..<changed.wordCount where changed.words[number] != 0 {
      slots.removeAll(keepingCapacity: true)
      var bits = changed.words[number]
      while bits != 0 {
        let slot = bits.trailingZeroBitCount
        bits &= bits &- 1
        let page = number * 64 + slot
        let old = groups[number]?.pages[slot]
        let current = base + page * Self.pageSize
        if pageDigests[page] == 0, Self.isZero(current) {
          if old != nil { slots.append((slot, nil)) }
        } else if old?.hasBytes(current) != true {
          slots.append((slot, StoredPage(copying: current)))
        }
      }
      if !slots.isEmpty { groups[number] = PageGroup(groups[number], setting: slots) }
    }
    let snapshot = MemorySnapshot(size: size, digest: digest, pageDigests: pageDigests, groups: groups)
    baseSnapshot = snapshot
    changed.removeAll()
    return snapshot
  }

  /// Makes the contents those of `snapshot`, and returns the pages that were rewritten.
  ///
  /// The cost is that of the pages written since the last snapshot, restore or fork, and of those in which that one and
  /// `snapshot` differ. The engine must forget its translations and write permissions of the rewritten pages;
  /// ``onTranslatedPageWritten`` is called for those of ``translated``.
  @discardableResult
  public func restore(_ snapshot: MemorySnapshot) throws(GuestMemoryError) -> [Int] {
    guard snapshot.size == size else { throw .sizeMismatch(memory: size, snapshot: snapshot.size) }
    harvest()
    let baseGroups = baseSnapshot?.groups ?? [PageGroup?](repeating: nil, count: changed.wordCount)
    forEachUnshared(baseGroups, snapshot.groups) { page, _, _ in changed.insert(page) }
    var rewritten: [Int] = []
    for page in changed {
      let current = base + page * Self.pageSize
      if let stored = snapshot.page(page) {
        current.copyMemory(from: stored.bytes, byteCount: Self.pageSize)
      } else {
        memset(current, 0, Self.pageSize)
      }
      rewritten.append(page)
      if translated.contains(page) { onTranslatedPageWritten?(page) }
    }
    pageDigests = snapshot.pageDigests
    digestSum = snapshot.digest
    baseSnapshot = snapshot
    changed.removeAll()
    stale.removeAll()
    return rewritten
  }
}
