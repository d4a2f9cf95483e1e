import PKRUModel
import SimMemory
import TestSupport
import Testing

private let nxe: UInt64 = 0xd00
private func longMode(efer: UInt64 = nxe, cr3: UInt64 = 0x1000, bits: UInt8 = 40, giant: Bool = true) -> PagingState {
  PagingState(
    cr0: 0x8001_0001, cr3: cr3, cr4: 0x20, efer: efer, physicalAddressBits: bits, hasGiantPages: giant)
}

/// Memory whose PML4 at 0x1000 leads over 0x2000 and 0x3000 to a page table at 0x4000, through all-permitting entries;
/// slot 1 of each.
private let linear: UInt64 = 1 << 39 | 1 << 30 | 1 << 21 | 1 << 12 | 0x123
private func tables(pml4e: UInt64 = 0x2007, pdpte: UInt64 = 0x3007, pde: UInt64 = 0x4007, pte: UInt64) throws
  -> GuestMemory
{
  let memory = try GuestMemory(size: 1 << 20)
  for (table, entry) in [(0x1008, pml4e), (0x2008, pdpte), (0x3008, pde), (0x4008, pte)] as [(UInt64, UInt64)] {
    #expect(memory.write64(entry, at: table))
  }
  return memory
}

@Suite struct FourLevelWalkTests {
  @Test func reachesPagesOfEverySize() throws {
    let small = PageWalker.walk(linear, longMode(), in: try tables(pte: 0x9007))
    #expect(small.physicalAddress == 0x9123 && small.pageSize == 4096 && small.depth == 4)
    #expect(small.entryAddresses == SIMD4(0x1008, 0x2008, 0x3008, 0x4008) && small.leafEntry == 0x9007)
    let middle = PageWalker.walk(linear, longMode(), in: try tables(pde: 0x40_0087, pte: 0))
    #expect(middle.physicalAddress == 0x40_1123 && middle.pageSize == 2 << 20 && middle.depth == 3)
    let large = PageWalker.walk(linear, longMode(), in: try tables(pdpte: 0x8000_0087, pte: 0))
    #expect(large.physicalAddress == 0x8020_1123 && large.pageSize == 1 << 30 && large.depth == 2)
  }

  /// R/W, U/S and XD of all four levels: 2^12 walks.
  @Test func combinesRightsOverAllLevels() throws {
    var walks = 0
    for n in 0..<(1 << 12) {
      func flags(_ level: Int) -> UInt64 {
        let bits = UInt64(n >> (3 * level)) & 7
        return 1 | (bits & 3) << 1 | (bits & 4) << 61
      }
      let memory = try tables(
        pml4e: 0x2000 | flags(0), pdpte: 0x3000 | flags(1), pde: 0x4000 | flags(2), pte: 0x9000 | flags(3) | 9 << 59)
      let rights = PageWalker.walk(linear, longMode(), in: memory).rights
      let all = [n & 7, n >> 3 & 7, n >> 6 & 7, n >> 9 & 7]
      let expected = PageRights(
        writable: all.allSatisfy { $0 & 1 != 0 }, user: all.allSatisfy { $0 & 2 != 0 },
        noExecute: all.contains { $0 & 4 != 0 }, key: ProtectionKey(truncating: 9))
      if rights != expected { Issue.record("walk \(n): \(rights), not \(expected)") }
      walks += 1
    }
    print("SimMemory: \(walks) combinations of rights over four levels")
  }

  @Test func theKeyIsThatOfTheLeafAlone() throws {
    for key in UInt64(0)..<16 {
      let other = (15 - key) << 59
      let memory = try tables(
        pml4e: 0x2007 | other, pdpte: 0x3007 | other, pde: 0x4007 | other, pte: 0x9007 | key << 59)
      #expect(PageWalker.walk(linear, longMode(), in: memory).rights.key.rawValue == UInt8(key))
      let large = try tables(pdpte: 0x3007 | other, pde: 0x40_0087 | key << 59, pte: 0)
      #expect(PageWalker.walk(linear, longMode(), in: large).rights.key.rawValue == UInt8(key))
    }
  }

  @Test func endsAtTheFirstEntryThatIsNotPresent() throws {
    let walks = [
      PageWalker.walk(linear, longMode(), in: try tables(pml4e: ~1, pte: 0x9007)),
      PageWalker.walk(linear, longMode(), in: try tables(pdpte: ~1, pte: 0x9007)),
      PageWalker.walk(linear, longMode(), in: try tables(pde: ~1, pte: 0x9007)),
      PageWalker.walk(linear, longMode(), in: try tables(pte: ~1)),
    ]
    for (level, walk) in walks.enumerated() {
      #expect(walk.depth == level + 1 && !walk.hasTranslation && walk.isCanonical)
      #expect(!walk.rights.isPresent && !walk.rights.hasReservedViolation)
    }
  }

  /// Every bit of every kind of entry, set alone, against the manual's list of reserved bits (tables 4-15 to 4-20).
  @Test(arguments: [true, false], [40, 52, 36] as [UInt8])
  func knowsTheReservedBits(nxEnabled: Bool, addressBits: UInt8) throws {
    let state = longMode(efer: nxEnabled ? nxe : 0x500, bits: addressBits)
    var checked = 0
    for bit in UInt64(1)..<64 {
      let mask = UInt64(1) << bit
      let high = (bit >= addressBits && bit <= 51) || (bit == 63 && !nxEnabled)
      // PS makes a table's entry that of a large page, of which the table's own address sets reserved bits.
      let cases: [(String, GuestMemory, Bool)] = [
        ("PML4E", try tables(pml4e: 0x2007 | mask, pte: 0x9007), high || bit == 7),
        ("PDPTE", try tables(pdpte: 0x3007 | mask, pte: 0x9007), high || bit == 7),
        ("1 GiB", try tables(pdpte: 0x4000_0087 | mask, pte: 0), high || (bit >= 13 && bit <= 29)),
        ("PDE", try tables(pde: 0x4007 | mask, pte: 0x9007), high || bit == 7),
        ("2 MiB", try tables(pde: 0x40_0087 | mask, pte: 0), high || (bit >= 13 && bit <= 20)),
        ("PTE", try tables(pte: 0x9007 | mask), high),
      ]
      for (name, memory, isReserved) in cases {
        let violation = PageWalker.walk(linear, state, in: memory).rights.hasReservedViolation
        #expect(violation == isReserved, "\(name) bit \(bit)")
        checked += 1
      }
    }
    print(
      "SimMemory: \(checked) single bits checked, XD \(nxEnabled ? "enabled" : "reserved"), \(addressBits) address bits"
    )
  }

  @Test func giantPagesNeedTheProcessorsConsent() throws {
    let memory = try tables(pdpte: 0x4000_0087, pte: 0)
    #expect(PageWalker.walk(linear, longMode(giant: false), in: memory).rights.hasReservedViolation)
    #expect(PageWalker.walk(linear, longMode(), in: memory).hasTranslation)
  }

  @Test func refusesAddressesThatAreNotCanonical() throws {
    let memory = try tables(pte: 0x9007)
    for address in [0x8000_0000_0000, 0xffff_7fff_ffff_ffff, 1 << 63, 0x0001_0000_0000_0000] as [UInt64] {
      let walk = PageWalker.walk(address, longMode(), in: memory)
      #expect(!walk.isCanonical && walk.depth == 0 && !walk.hasTranslation)
    }
    #expect(PageWalker.walk(0x7fff_ffff_ffff, longMode(), in: memory).isCanonical)
    #expect(PageWalker.walk(0xffff_8000_0000_0000, longMode(), in: memory).isCanonical)
  }

  @Test func tablesOutsideRAMReadAsZeros() throws {
    for cr3 in [1 << 20, 0xfee0_0000, 0xff_ffff_f000, .max] as [UInt64] {
      let walk = PageWalker.walk(linear, longMode(cr3: cr3), in: try tables(pte: 0x9007))
      #expect(walk.depth == 1 && !walk.rights.isPresent && walk.isCanonical)
    }
    let walk = PageWalker.walk(linear, longMode(), in: try tables(pdpte: 0xff_ffff_f007, pte: 0))
    #expect(walk.depth == 3 && !walk.rights.isPresent && !walk.rights.hasReservedViolation)
  }

  @Test func randomTablesNeverTrap() throws {
    let seed: UInt64 = 77
    var random = SeededGenerator(seed: seed)
    let memory = try GuestMemory(size: 16 * 4096)
    for address in stride(from: UInt64(0), to: memory.size, by: 8) {
      let isNear = Bool.random(using: &random)
      let entry = isNear ? UInt64.random(in: 0..<16, using: &random) << 12 | 7 : random.next()
      #expect(memory.write64(entry, at: address))
    }
    var translations = 0
    for _ in 0..<20_000 {
      var state = longMode(cr3: isOdd(&random) ? random.next() : UInt64.random(in: 0..<16, using: &random) << 12)
      state.mode = [.off, .thirtyTwoBit, .pae, .fourLevel][Int.random(in: 0..<4, using: &random)]
      state.pageSizeExtension = isOdd(&random)
      let walk = PageWalker.walk(random.next() >> 17, state, in: memory)
      PageWalker.setAccessedAndDirty(walk, for: .write, isAllowed: isOdd(&random), in: memory)
      if walk.hasTranslation { translations += 1 }
    }
    print("SimMemory: 20000 walks through random tables (seed \(seed)), \(translations) found a page")
    #expect(translations > 1000)
  }
}

private func isOdd(_ random: inout SeededGenerator) -> Bool { random.next() & 1 == 1 }

@Suite struct AccessedAndDirtyTests {
  @Test func anAllowedReadSetsAccessedEverywhereAndDirtyNowhere() throws {
    let memory = try tables(pte: 0x9007)
    let walk = PageWalker.walk(linear, longMode(), in: memory)
    #expect(PageWalker.setAccessedAndDirty(walk, for: .read, isAllowed: true, in: memory))
    for (table, entry) in [(0x1008, 0x2027), (0x2008, 0x3027), (0x3008, 0x4027), (0x4008, 0x9027)] as [(UInt64, UInt64)]
    {
      #expect(memory.read64(table) == entry)
    }
    #expect(memory.dirty.contains(1) && memory.dirty.contains(4))
    let again = PageWalker.walk(linear, longMode(), in: memory)
    #expect(!PageWalker.setAccessedAndDirty(again, for: .read, isAllowed: true, in: memory))
    #expect(PageWalker.setAccessedAndDirty(again, for: .write, isAllowed: true, in: memory))
    #expect(memory.read64(0x4008) == 0x9067 && memory.read64(0x3008) == 0x4027)
  }

  @Test func aRefusedAccessLeavesTheLeafAlone() throws {
    let memory = try tables(pte: 0x9005)
    let walk = PageWalker.walk(linear, longMode(), in: memory)
    #expect(PageWalker.setAccessedAndDirty(walk, for: .write, isAllowed: false, in: memory))
    #expect(memory.read64(0x4008) == 0x9005 && memory.read64(0x3008) == 0x4027)
    let missing = try tables(pde: 0x4006, pte: 0x9007)
    let ended = PageWalker.walk(linear, longMode(), in: missing)
    PageWalker.setAccessedAndDirty(ended, for: .read, isAllowed: false, in: missing)
    #expect(missing.read64(0x2008) == 0x3027 && missing.read64(0x3008) == 0x4006)
  }
}

@Suite struct OtherPagingModesTests {
  @Test func withoutPagingTheLinearAddressIsPhysical() throws {
    let memory = try GuestMemory(size: 8192)
    let state = PagingState(cr0: 1, cr3: 0, cr4: 0, efer: 0)
    let walk = PageWalker.walk(0x1_2345_6789, state, in: memory)
    #expect(walk.physicalAddress == 0x2345_6789 && walk.pageSize == 4096 && walk.depth == 0)
    #expect(walk.rights.isWritable && walk.rights.isUser && walk.rights.isPresent)
  }

  @Test func thirtyTwoBitPagingHasTwoLevelsAndLargePages() throws {
    let memory = try GuestMemory(size: 1 << 20)
    let state = PagingState(cr0: 0x8000_0001, cr3: 0x1000, cr4: 0x10, efer: 0)
    #expect(memory.write32(0x2007, at: 0x1004) && memory.write32(0x9003, at: 0x2008))
    let small = PageWalker.walk(0x40_2345, state, in: memory)
    #expect(small.physicalAddress == 0x9345 && small.rights == PageRights(writable: true, user: false))
    #expect(memory.write32(0x0080_2087, at: 0x1008))
    let large = PageWalker.walk(0x80_1234, state, in: memory)
    #expect(large.physicalAddress == 0x1_0080_1234 && large.pageSize == 4 << 20)
    #expect(memory.write32(0x00a0_0087, at: 0x1008))
    #expect(PageWalker.walk(0x80_1234, state, in: memory).rights.hasReservedViolation)
  }

  @Test func paeHasAPointerTableWithoutRights() throws {
    let memory = try GuestMemory(size: 1 << 20)
    let state = PagingState(cr0: 0x8000_0001, cr3: 0x1020, cr4: 0x20, efer: 0x800)
    #expect(memory.write64(0x2001, at: 0x1028) && memory.write64(0x3007, at: 0x2008))
    #expect(memory.write64(1 << 63 | 0x9007, at: 0x3008))
    let walk = PageWalker.walk(0x4020_1456, state, in: memory)
    #expect(walk.physicalAddress == 0x9456 && walk.depth == 3)
    #expect(walk.rights == PageRights(writable: true, user: true, noExecute: true))
    PageWalker.setAccessedAndDirty(walk, for: .write, isAllowed: true, in: memory)
    #expect(memory.read64(0x1028) == 0x2001 && memory.read64(0x2008) == 0x3027)
    #expect(memory.write64(0x2003, at: 0x1028))
    #expect(PageWalker.walk(0x4020_1456, state, in: memory).rights.hasReservedViolation)
    #expect(memory.write64(0x2001, at: 0x1028) && memory.write64(1 << 59 | 0x9007, at: 0x3008))
    #expect(PageWalker.walk(0x4020_1456, state, in: memory).rights.hasReservedViolation)
  }
}
