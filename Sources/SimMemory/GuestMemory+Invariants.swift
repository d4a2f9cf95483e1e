extension GuestMemory {
  /// Whether the sets of pages and the digest tell the truth: no page was written without a note. Reads all memory.
  public func _checkInvariants() -> Bool {
    guard [dirty, translated, changed, stale].allSatisfy({ $0._checkInvariants() && $0.pageCount == pageCount }),
      pageDigests.count == pageCount, digestSum == pageDigests.reduce(0, &+)
    else { return false }
    for page in 0..<pageCount where !dirty.contains(page) {
      let term = Self.digestTerm(base + page * Self.pageSize, page: page)
      guard stale.contains(page) || pageDigests[page] == term else { return false }
      guard changed.contains(page) || term == baseSnapshot?.pageDigests[page] ?? 0 else { return false }
    }
    return true
  }
}
