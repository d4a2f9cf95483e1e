import SimCPU

/// Whose code runs, told by the physical pages that instructions come from.
extension Machine {
  /// Says whose code some pages of RAM hold. All others are of domain 0. From the first call on, the machine knows at each
  /// moment whose code runs (``currentDomain``), at the cost of a comparison in each block of code.
  ///
  /// - Parameter pages: numbers of physical pages, all of them in RAM.
  /// - Throws: on an engine that can't tell whose code runs.
  public func setDomain(_ domain: UInt8, ofPages pages: Range<Int>) throws(MachineError) {
    try requireWatches()
    guard !isRunning else { throw MachineError("domains can't be changed in the middle of an instruction") }
    precondition(pages.lowerBound >= 0 && pages.upperBound <= memory.pageCount, "pages outside of RAM")
    let map = domains ?? makeDomains()
    for page in pages where map[page] != domain {
      map[page] = domain
      guard let observing = engine as? any ObservingEngine else { continue }
      observing.forgetCode(at: UInt64(page) << 12, count: 4096)
    }
    stopsChanged()
  }

  private func makeDomains() -> UnsafeMutablePointer<UInt8> {
    let map = UnsafeMutablePointer<UInt8>.allocate(capacity: memory.pageCount)
    map.initialize(repeating: 0, count: memory.pageCount)
    domains = map
    return map
  }

  public func domainChanged(from old: UInt8?, to new: UInt8) {
    currentDomain = new
    if agenda.noteDomain(left: old, entered: new) {
      schedule.isStale = true
      reschedule()
    }
  }
}
