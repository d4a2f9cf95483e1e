/// The digest's terms one by one, for whoever wants to know where two memories differ.
extension GuestMemory {
  /// The term of each page now (see ``digest()``): equal for equal pages at the same place.
  public var pageTerms: [UInt64] {
    _ = digest()
    return pageDigests
  }

  /// The digest without these pages. Numbers of pages that do not exist are ignored.
  public func digest(excluding pages: [Int]) -> UInt64 {
    let whole = digest()
    return pages.reduce(whole) { $1 >= 0 && $1 < pageCount ? $0 &- pageDigests[$1] : $0 }
  }
}
