import SimMemory
import Testing

@Suite struct PhysicalAddressMapTests {
  @Test func findsTheOwnerAndTheOffset() throws {
    var map = PhysicalAddressMap()
    try map.add(.device(2), start: 0xfee0_0000, count: 0x1000)
    try map.add(.ram, start: 0, count: 64 << 20)
    try map.add(.device(1), start: 0xfeb0_0000, count: 0x200)
    try map.add(.device(9), start: .max, count: 1)
    #expect(map.lookup(0)?.owner == .ram && map.lookup((64 << 20) - 1)?.offset == (64 << 20) - 1)
    #expect(map.lookup(64 << 20) == nil)
    #expect(map.lookup(0xfeb0_01ff)?.owner == .device(1) && map.lookup(0xfeb0_01ff)?.offset == 0x1ff)
    #expect(map.lookup(0xfeb0_0200) == nil && map.lookup(0xfeaf_ffff) == nil)
    #expect(map.lookup(0xfee0_0000)?.owner == .device(2) && map.lookup(.max)?.owner == .device(9))
    #expect(map.ranges.map(\.start) == map.ranges.map(\.start).sorted())
  }

  @Test func refusesOverlapsEmptyRangesAndTheEndOfTheSpace() throws {
    var map = PhysicalAddressMap()
    try map.add(.ram, start: 0x1000, count: 0x1000)
    for (start, count) in [(0x1fff, 1), (0, 0x1001), (0, 0x1_0000), (0x1800, 0x10), (0x1000, 0x1000)]
      as [(UInt64, UInt64)]
    {
      #expect(throws: PhysicalAddressMap.MapError.self) { try map.add(.device(0), start: start, count: count) }
    }
    #expect(throws: PhysicalAddressMap.MapError.empty(start: 5)) { try map.add(.ram, start: 5, count: 0) }
    #expect(throws: PhysicalAddressMap.MapError.pastTheEnd(start: .max, count: 2)) {
      try map.add(.ram, start: .max, count: 2)
    }
    try map.add(.device(0), start: 0, count: 0x1000)
    try map.add(.device(1), start: 0x2000, count: 0x1000)
    #expect(map.ranges.count == 3)
  }
}
