/// A set of page numbers, one bit each, at an address that never moves: the engine's C code sets bits in it directly.
///
/// Page n is bit n % 64 of word n / 64.
public final class PageSet {
  public let pageCount: Int
  /// `wordCount` words; bits of pages from `pageCount` on stay 0.
  public let words: UnsafeMutablePointer<UInt64>
  public let wordCount: Int

  init(pageCount: Int) {
    precondition(pageCount > 0, "a set of no pages has no words to iterate over")
    self.pageCount = pageCount
    wordCount = (pageCount + 63) / 64
    words = .allocate(capacity: wordCount)
    words.initialize(repeating: 0, count: wordCount)
  }

  deinit {
    words.deallocate()
  }

  /// `page` must be below `pageCount`.
  @inline(__always)
  func insert(_ page: Int) {
    assert(page >= 0 && page < pageCount)
    words[page >> 6] |= 1 &<< UInt64(page & 63)
  }

  public func contains(_ page: Int) -> Bool {
    guard page >= 0, page < pageCount else { return false }
    return words[page >> 6] & (1 &<< UInt64(page & 63)) != 0
  }

  public var isEmpty: Bool {
    for word in 0..<wordCount where words[word] != 0 { return false }
    return true
  }

  public var count: Int {
    var total = 0
    for word in 0..<wordCount { total += words[word].nonzeroBitCount }
    return total
  }

  func removeAll() {
    words.update(repeating: 0, count: wordCount)
  }

  /// Both are sets of pages of the same memory.
  func formUnion(_ other: PageSet) {
    precondition(pageCount == other.pageCount, "sets of different memories have nothing in common")
    for word in 0..<wordCount where other.words[word] != 0 {
      words[word] |= other.words[word]
    }
  }
}

extension PageSet {
  /// Whether no bit stands for a page that does not exist: C code sets them too.
  func _checkInvariants() -> Bool {
    let unused = wordCount * 64 - pageCount
    return wordCount == (pageCount + 63) / 64 && unused < 64
      && words[wordCount - 1] & ~(UInt64.max >> UInt64(unused)) == 0
  }
}

/// The pages in ascending order.
extension PageSet: Sequence {
  public struct Iterator: IteratorProtocol {
    let pages: PageSet
    var word = 0
    var bits: UInt64

    init(_ pages: PageSet) {
      self.pages = pages
      bits = pages.words[0]
    }

    public mutating func next() -> Int? {
      while bits == 0 {
        word += 1
        guard word < pages.wordCount else { return nil }
        bits = pages.words[word]
      }
      defer { bits &= bits &- 1 }
      return word * 64 + bits.trailingZeroBitCount
    }
  }

  public func makeIterator() -> Iterator { Iterator(self) }
  public var underestimatedCount: Int { 0 }
}
