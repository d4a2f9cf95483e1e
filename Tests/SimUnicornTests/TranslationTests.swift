import SimCPU
import SimEvents
import SimMemory
import Testing

/// What the guest's TLB holds, and when it is forgotten (SDM volume 3, 4.10).
@Suite struct TranslationTests {
  private typealias Place = CPUBench.Place
  private static let page = Place.test
  private static let (frameA, frameB): (UInt64, UInt64) = (0x80_0000, 0x90_0000)

  private static func bench(entry: UInt64 = 3) throws -> CPUBench {
    let bench = try CPUBench()
    bench.put(frameA, 0xa)
    bench.put(frameB, 0xb)
    bench.map(page, frameA | entry)
    bench.handle(14, Asm.hlt)
    return bench
  }

  /// Loads, has the guest change the entry to frame B and execute `between`, loads again.
  private static func reloaded(entry: UInt64 = 3, cr4: UInt64 = 0, _ between: Code) throws -> (UInt64, UInt64) {
    let bench = try bench(entry: entry)
    bench.change { $0.cr4 |= cr4 }
    bench.place(
      Asm.load(.r8, page), Asm.mov(.rax, frameB | entry), Asm.store(bench.entryAddress(page), .rax), between,
      Asm.load(.r9, page), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [])
    return (bench.register(.r8), bench.register(.r9))
  }

  @Test func aTranslationIsStaleUntilItIsInvalidated() throws {
    #expect(try Self.reloaded(Asm.nop) == (0xa, 0xa))
    #expect(try Self.reloaded(Asm.invlpg(Self.page)) == (0xa, 0xb))
    #expect(try Self.reloaded(Asm.invlpg(Self.page + 0xfff)) == (0xa, 0xb))
    #expect(try Self.reloaded(Asm.invlpg(Self.page + 0x1000)) == (0xa, 0xa))
  }

  private static let reloadCR3 = Asm.fromControl(.rax, 3) + Asm.toControl(3, .rax)
  private static func toggle(cr4 bit: UInt64) -> Code {
    let flip = Asm.mov(.rcx, bit) + [0x48, 0x31, 0xc8] + Asm.toControl(4, .rax)
    return Asm.fromControl(.rax, 4) + flip + flip
  }

  @Test func aCR3WriteForgetsAllButGlobalPages() throws {
    #expect(try Self.reloaded(Self.reloadCR3) == (0xa, 0xb))
    #expect(try Self.reloaded(entry: 0x103, cr4: 0x80, Self.reloadCR3) == (0xa, 0xa))
    #expect(try Self.reloaded(entry: 0x103, Self.reloadCR3) == (0xa, 0xb), "G means nothing without CR4.PGE")
  }

  @Test func aChangeOfCR4PGEForgetsGlobalPagesToo() throws {
    #expect(try Self.reloaded(entry: 0x103, cr4: 0x80, Self.toggle(cr4: 0x80)) == (0xa, 0xb))
    #expect(try Self.reloaded(entry: 0x103, cr4: 0x80, Asm.invlpg(Self.page)) == (0xa, 0xb))
  }

  @Test func invlpgInsideALargePageForgetsAllOfIt() throws {
    let bench = try CPUBench()
    let directory = Place.tables + 0x2000
    bench.put(0xa0_0000, 0xa)
    bench.put(0xa0_0000 + 0x5000, 0xa)
    bench.put(0xc0_0000 + 0x5000, 0xb)
    bench.place(
      Asm.load(.r8, 0xa0_5000), Asm.mov(.rax, 0xc0_0083), Asm.store(directory + 5 * 8, .rax), Asm.load(.r9, 0xa0_5000),
      Asm.invlpg(0xa0_0000), Asm.load(.r10, 0xa0_5000), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect([bench.register(.r8), bench.register(.r9), bench.register(.r10)] == [0xa, 0xa, 0xb])
  }

  /// Read-only in the TLB and in memory, which has another frame by now: the write faults, and the next read walks anew.
  @Test func aRefusedWriteForgetsTheEntryForReadsToo() throws {
    let bench = try Self.bench(entry: 1)
    bench.handle(14, Asm.dropErrorCode, [0x48, 0x83, 0x04, 0x24, 0x08], Asm.iretq)
    bench.place(
      Asm.load(.r8, Self.page), Asm.mov(.rax, Self.frameB | 1), Asm.store(bench.entryAddress(Self.page), .rax),
      Asm.load(.r9, Self.page), Asm.store(Self.page, .rax), Asm.load(.r10, Self.page), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [14])
    #expect([bench.register(.r8), bench.register(.r9), bench.register(.r10)] == [0xa, 0xa, 0xb])
  }

  /// What a large page has in the TLB goes as a whole, by INVLPG and by a fault, and nothing beside it.
  @Test(arguments: [Asm.invlpg(0xa0_0000), Asm.store(0xa0_0000, .rax)] as [Code])
  func aLargePageIsForgottenAlone(forgets: Code) throws {
    let bench = try Self.bench()
    let directory = Place.tables + 0x2000
    bench.handle(14, Asm.dropErrorCode, [0x48, 0x83, 0x04, 0x24, 0x08], Asm.iretq)
    bench.put(directory + 5 * 8, 0xa0_0081)
    let parts = (0..<100).map { 0xa0_0000 + UInt64($0) * 0x1000 }
    for part in parts {
      bench.put(part, 0xa)
      bench.put(part + 0x20_0000, 0xb)
    }
    let reads: Code = parts.flatMap { part -> Code in Asm.load(.r8, part) + [0x4d, 0x01, 0xc1] }  // add r9, r8
    bench.place(
      reads, Asm.load(.r10, Self.page), Asm.mov(.rax, 0xc0_0081), Asm.store(directory + 5 * 8, .rax),
      Asm.mov(.rax, Self.frameB | 3), Asm.store(bench.entryAddress(Self.page), .rax), forgets, Asm.mov(.r9, 0), reads,
      Asm.load(.r11, Self.page), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.register(.r9) == 100 * 0xb)
    #expect([bench.register(.r10), bench.register(.r11)] == [0xa, 0xa], "stale, as nobody has invalidated it")
  }

  @Test func aPageOfAGibibyteIsForgottenAsAWhole() throws {
    let bench = try CPUBench()
    bench.handle(14, Asm.hlt)
    let (gibibyte, entry) = (1 << 30 as UInt64, Place.tables + 0x1000 + 8)
    bench.put(entry, 0x81)
    bench.put(Place.data, 0xa)
    let address = gibibyte + Place.data
    bench.place(
      Asm.load(.r8, address), Asm.mov(.rax, 0), Asm.store(entry, .rax), Asm.load(.r9, address),
      Asm.invlpg(gibibyte + 0x2000_0000), Asm.load(.r10, address), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect([bench.register(.r8), bench.register(.r9), bench.register(.r10)] == [0xa, 0xa, 0])
    #expect(bench.exceptions.map(\.address) == [address])
  }

  @Test func aFaultForgetsItsOwnStaleEntry() throws {
    // Read-only in the TLB, writable in memory: the write must not fault, without any INVLPG.
    let bench = try Self.bench(entry: 1)
    bench.place(
      Asm.load(.r8, Self.page), Asm.mov(.rax, Self.frameB | 3), Asm.store(bench.entryAddress(Self.page), .rax),
      Asm.store(Self.page, .rax), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [])
    #expect(bench.memory.read64(Self.frameB) == Self.frameB | 3)
  }

  @Test func writeProtectHoldsFromTheNextInstruction() throws {
    let bench = try Self.bench(entry: 1)
    bench.change { $0.cr0 = 0x8000_0033 }
    let code = Asm.store(Self.page, .rbx) + Asm.mov(.rax, 0x8001_0033) + Asm.toControl(0, .rax)
    bench.place(code, Asm.store(Self.page, .rbx), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(
      bench.exceptions == [
        .init(
          vector: 14, errorCode: 3, instructionPointer: Place.code + UInt64(code.count), address: Self.page, retired: 3)
      ])
  }

  @Test func pkruHoldsFromTheNextAccessAndKeepsEveryTranslation() throws {
    let bench = try Self.bench(entry: 7 | 3 << 59)
    let other = Self.page + 0x1000
    bench.map(other, 0x81_0000 | 7 | 4 << 59)
    bench.handle(14, Asm.dropErrorCode, [0x48, 0x83, 0x04, 0x24, 0x08], Asm.iretq)
    let both = Asm.load(.r8, Self.page) + Asm.store(Self.page, .r8) + Asm.load(.r9, other) + Asm.store(other, .r9)
    let readOnly: UInt32 = 2 << 6
    let none: UInt32 = 1 << 6
    bench.place(
      both, both, Asm.setPKRU(readOnly), both, Asm.setPKRU(none), both, Asm.setPKRU(readOnly), both, Asm.setPKRU(0),
      both, Asm.hlt)
    bench.run(8)
    let walks = bench.cpu.statistics.walks
    #expect(bench.run() == .halt)
    #expect(bench.exceptions.map(\.errorCode) == [0x23, 0x21, 0x23, 0x23])
    #expect(bench.exceptions.map(\.address) == [UInt64](repeating: Self.page, count: 4))
    // Four refusals, and what they forgot walked again: two reads, and the handler's first run (code and stack).
    #expect(bench.cpu.statistics.walks - walks <= 10)
    let writes = bench.events.compactMap { event -> UInt32? in
      if case .pkruWrite(_, let new, _) = event.payload { new } else { nil }
    }
    #expect(writes == [readOnly, none, readOnly, 0])
  }

  @Test func aPKRUWriteFlushesOnlyThePagesWhoseRightsShrink() throws {
    let bench = try Self.bench(entry: 7 | 3 << 59)
    let other = Self.page + 0x1000
    bench.map(other, 0x81_0000 | 7 | 4 << 59)
    let turn =
      Asm.mov(.rax, 0) + Asm.wrpkru + Asm.store(Self.page, .r8) + Asm.store(other, .r8) + Asm.mov(.rax, 2 << 6)
      + Asm.wrpkru + Asm.store(other, .r8)
    bench.place(Asm.mov(.rbx, 100), turn, [0x48, 0xff, 0xcb], Asm.jnz(-Int8(turn.count + 5)), Asm.hlt)
    bench.run(1 + 9)  // the first turn fills
    let before = bench.cpu.statistics
    #expect(bench.run() == .halt)
    let after = bench.cpu.statistics
    #expect(bench.vectors == [])
    #expect(after.walks == before.walks)
    #expect(after.fills - before.fills == 99, "one fill a turn: the page that became writable again")
  }

  @Test func moreKeyedPagesThanAreRememberedAreStillRevoked() throws {
    let bench = try CPUBench()
    var code = Code()
    for index in 0..<100 as Range<UInt64> {
      bench.map(Place.test + index << 12, (0x80_0000 + index << 12) | 7 | 3 << 59)
      code += Asm.store(Place.test + index << 12, .rbx)
    }
    bench.handle(14, Asm.dropErrorCode, [0x48, 0x83, 0x04, 0x24, 0x08], Asm.iretq)
    bench.place(code, Asm.setPKRU(2 << 6), code, Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.exceptions.map(\.address) == (0..<100).map { Place.test + UInt64($0) << 12 })
    #expect(Set(bench.exceptions.map(\.errorCode)) == [0x23])
  }

  @Test(
    arguments: [
      (Asm.load(.r8, Place.test), 0x20), (Asm.store(Place.test, .r8), 0x60),
      (Asm.load(.r8, Place.test) + Asm.store(Place.test, .r8), 0x60),
      (Asm.mov(.rax, Place.test) + [0xff, 0xd0], 0x20),
    ] as [(Code, UInt64)])
  func accessedAndDirtyAreSetByTheAccess(code: Code, flags: UInt64) throws {
    let bench = try Self.bench()
    bench.place(Asm.ret, at: Self.frameA)
    bench.place(code, Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.memory.read64(bench.entryAddress(Self.page)) == Self.frameA | 3 | flags)
    #expect((bench.memory.read64(Place.tables) ?? 0) & 0x60 == 0x20)
  }

  @Test func aRefusedAccessLeavesTheLeafAlone() throws {
    let bench = try Self.bench(entry: 1)
    bench.place(Asm.store(Self.page, .r8))
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [14])
    #expect(bench.memory.read64(bench.entryAddress(Self.page)) == Self.frameA | 1)
  }

  @Test func exactlyTheStoredPagesAreDirtyAfterEachHarvest() throws {
    let bench = try Self.bench()
    let second = Self.page + 0x1000
    bench.map(second, Self.frameB | 3)
    let code = Asm.load(.r9, second) + Asm.store(Self.page, .r8) + Asm.hlt
    bench.place(code, Asm.load(.r9, Self.page), Asm.hlt, Asm.store(second, .r8), Asm.hlt)
    bench.run()
    _ = bench.memory.digest()
    bench.enter()
    #expect(bench.run() == .halt)
    #expect(Array(bench.memory.dirty) == [Int(Self.frameA >> 12)])
    _ = bench.memory.digest()
    #expect(bench.run() == .halt)
    #expect(bench.memory.dirty.isEmpty, "a load makes nothing dirty")
    // The entry's D bit, and the page.
    #expect(bench.run() == .halt)
    #expect(Array(bench.memory.dirty) == [Int(bench.entryAddress(second) >> 12), Int(Self.frameB >> 12)])
    _ = bench.memory.digest()
    bench.enter()
    #expect(bench.run() == .halt)
    #expect(Array(bench.memory.dirty) == [Int(Self.frameA >> 12)])
  }

  @Test func theTLBCanBeTakenOutAndPutBack() throws {
    let bench = try Self.bench()
    bench.place(Asm.load(.r8, Self.page), Asm.hlt, Asm.load(.r9, Self.page), Asm.hlt)
    #expect(bench.run() == .halt)
    let saved = bench.cpu.translations
    let entry = saved.first { $0.virtualPage == Self.page >> 12 && !$0.isFetch }
    #expect(entry?.physicalPage == Self.frameA)
    #expect(entry?.isDirty == false)
    bench.map(Self.page, Self.frameB | 3)
    bench.change { _ in }
    #expect(bench.cpu.translations == [])
    bench.cpu.translations = saved
    #expect(bench.cpu.translations == saved)
    #expect(bench.run() == .halt)
    #expect(bench.register(.r9) == 0xa, "still stale")
  }
}
