import SimCPU
import Testing

@testable import Scenarios

@Suite struct GuardedRangeTests {
  private func range(_ address: UInt64, _ count: UInt64) -> GuardedRange {
    GuardedRange(what: "x", address: address, count: count, accesses: .write)
  }

  @Test func onlyMemoryIsWatchedWhateverAnImageSays() throws {
    #expect(range(0x1000, 8).within(0x2000) == range(0x1000, 8))
    #expect(range(0x1ffc, 8).within(0x2000) == range(0x1ffc, 4))
    #expect(range(0, .max).within(0x2000) == range(0, 0x2000))
    for nowhere in [range(0x1000, 0), range(0x2000, 1), range(.max, 8), range(.max - 3, .max)] {
      #expect(nowhere.within(0x2000) == nil)
    }
    let part = try #require(range(1, .max).within(0x2000))
    #expect(MemoryWatch(part.accesses, .physical, at: part.address, count: part.count).count == 0x1fff)
  }
}
