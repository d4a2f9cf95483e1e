import SimCPU

/// Whose code runs, told by the physical pages that instructions come from.
extension Machine {
  /// Says whose code some pages of RAM hold. All others are of domain 0. From the first call on, the machine knows at each
  /// moment whose code runs (``currentDomain``), at the cost of a comparison in each block of code.
  ///
  /// - Parameter domain: at most 63.
  /// - Parameter pages: numbers of physical pages, all of them in RAM.
  /// - Throws: on an engine that can't tell whose code runs.
  public func setDomain(_ domain: UInt8, ofPages pages: Range<Int>) throws(MachineError) {
    try requireWatches()
    guard !isRunning else { throw MachineError("domains can't be changed in the middle of an instruction") }
    precondition(domain <= Self.domainMask, "a domain's number is at most \(Self.domainMask)")
    precondition(pages.lowerBound >= 0 && pages.upperBound <= memory.pageCount, "pages outside of RAM")
    let map = domainMap()
    for page in pages where map[page] & Self.domainMask != domain {
      map[page] = map[page] & ~Self.domainMask | domain
    }
    stopsChanged()
  }

  /// Takes back what ``setDomain(_:ofPages:)`` said. The regions of code that the machine itself looks at stay.
  func forgetDomains() {
    currentDomain = nil
    guard let map = domains else { return }
    guard witness != nil else {
      map.deallocate()
      domains = nil
      return
    }
    for page in 0..<memory.pageCount { map[page] &= ~Self.domainMask }
  }

  func domainMap() -> UnsafeMutablePointer<UInt8> {
    if let domains { return domains }
    let map = UnsafeMutablePointer<UInt8>.allocate(capacity: memory.pageCount)
    map.initialize(repeating: 0, count: memory.pageCount)
    domains = map
    return map
  }

  public func domainChanged(from old: UInt8?, to new: UInt8, at address: UInt64, pkru: UInt32) -> UInt8 {
    var alike = new
    if let region = CodeRegion(rawValue: new >> Self.domainBits), regionChanged(to: region, at: address, pkru) {
      // Text and outside differ in their lowest bit.
      alike = new ^ 1 << Self.domainBits
    }
    let (left, entered) = (old.map { $0 & Self.domainMask }, new & Self.domainMask)
    guard left != entered else { return alike }
    currentDomain = entered
    if agenda.noteDomain(left: left, entered: entered) {
      schedule.isStale = true
      reschedule()
    }
    return alike
  }
}
