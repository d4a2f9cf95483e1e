import ObjectLoader
import Testing

/// What each relocation stores, and what does not fit, at addresses that are chosen for it.
@Suite struct RelocationTests {
  /// An object with one relocation at offset 8 of .text, against symbol 1, undefined: `outside`.
  private func object(_ type: UInt32, addend: Int64, binding: UInt8 = 1) -> [UInt8] {
    var builder = ObjectBuilder()
    builder.symbols = [.init(name: "outside", binding: binding)]
    builder.relocations = [.init(offset: 8, type: type, symbol: 1, addend: addend)]
    return builder.build()
  }

  struct Case: Sendable {
    let type: UInt32
    let symbol: UInt64
    let addend: Int64
    let base: UInt64
    /// What is stored at base + 8, or nil for an overflow.
    let stored: UInt64?

    init(_ type: UInt32, _ symbol: UInt64, _ addend: Int64, at base: UInt64 = 0x8000_0000, stores stored: UInt64?) {
      (self.type, self.symbol, self.addend, self.base, self.stored) = (type, symbol, addend, base, stored)
    }
  }

  static let cases: [Case] = [
    Case(1, 0x1122_3344_5566_7788, 1, stores: 0x1122_3344_5566_7789),
    Case(1, 0, -1, stores: .max),
    Case(1, .max, 1, stores: 0),
    Case(24, 0, 0, stores: UInt64(bitPattern: -0x8000_0008)),
    Case(24, 0x7fff_ffff_8000_0008, 0x10, stores: 0x7fff_ffff_0000_0010),
    // 32: zero-extended, so up to 2^32 - 1.
    Case(10, 0xffff_fff0, 15, stores: 0xffff_ffff),
    Case(10, 0xffff_fff0, 16, stores: nil),
    Case(10, 0, -1, stores: nil),
    Case(10, 0, 0, stores: 0),
    // 32S: sign-extended, so the lowest and highest 2 GiB.
    Case(11, 0x7fff_ffff, 0, stores: 0x7fff_ffff),
    Case(11, 0x7fff_ffff, 1, stores: nil),
    Case(11, 0xffff_ffff_8000_0000, 0, stores: 0x8000_0000),
    Case(11, 0xffff_ffff_8000_0000, -1, stores: nil),
    Case(11, 0, -1, stores: 0xffff_ffff),
    // PC32: 2 GiB around the place, which is base + 8.
    Case(2, 0x8000_0100, -4, stores: 0xf4),
    Case(2, 0xffff_ffff + 8, 0, stores: 0x7fff_ffff),
    Case(2, 0xffff_ffff + 9, 0, stores: nil),
    Case(2, 8, 0, stores: 0x8000_0000),
    Case(2, 7, 0, stores: nil),
    Case(2, 0xffff_ffff_9000_0000, -4, at: 0xffff_ffff_8000_0000, stores: 0x0fff_fff4),
    // PLT32 goes directly where it can.
    Case(4, 0x8000_1008, -4, stores: 0xffc),
    Case(4, 8, 0, stores: 0x8000_0000),
  ]

  @Test(arguments: cases)
  func oneRelocation(_ test: Case) throws {
    let bytes = object(test.type, addend: test.addend)
    guard let stored = test.stored else {
      let error = loadError(bytes, at: test.base) { _ in test.symbol }
      #expect(error?.kind == .relocationOverflow && error?.section == 1 && error?.offset == 8)
      #expect(error?.value == UInt64(test.type) && error?.name == Array("outside".utf8))
      return
    }
    let image = try TestImage(bytes, at: test.base) { _ in test.symbol }
    let width = [1, 24].contains(test.type) ? 8 : 4
    #expect(image.read(test.base + 8, width) == stored)
    #expect(image.read(test.base + 8 - 1, 1) == 0x90, "the byte before belongs to somebody else")
    #expect(image.read(test.base + 8 + UInt64(width), 1) == 0x90, "so does the byte behind")
  }

  @Test(arguments: [UInt64(0), 0xffff_ffff_ffff_0000])
  func aCallThatCannotReachGoesThroughThePLT(target: UInt64) throws {
    let base: UInt64 = 0x40_0000_0000
    let image = try TestImage(object(4, addend: -4), at: base) { _ in target }
    let stub = follow(image.read(base + 8, 4), from: base + 12)
    #expect(stub >= base + 32 && stub + 16 <= base + image.plan.text.size)
    #expect(image.read(stub, 2) == 0x25ff)
    let slot = follow(image.read(stub + 2, 4), from: stub + 6)
    #expect(slot >= base + image.plan.rodata.imageOffset)
    #expect(image.read(slot) == target)
  }

  @Test(arguments: [UInt32(9), 41, 42])
  func aGOTRelocationPointsToASlotWithTheAddress(type: UInt32) throws {
    let image = try TestImage(object(type, addend: -4)) { _ in 0x1234_5678_9abc_def0 }
    let slot = follow(image.read(image.base + 8, 4), from: image.base + 12)
    #expect(image.read(slot) == 0x1234_5678_9abc_def0)
  }

  @Test func everySymbolHasOneSlotHoweverOftenItIsUsed() throws {
    var builder = ObjectBuilder()
    builder.symbols = [.init(name: "a"), .init(name: "b")]
    builder.relocations = [
      .init(offset: 0, type: 9, symbol: 1, addend: -4), .init(offset: 4, type: 42, symbol: 1, addend: -4),
      .init(offset: 8, type: 9, symbol: 2, addend: -4),
    ]
    let image = try TestImage(builder.build()) { $0 == "a" ? 1 : 2 }
    let slots = [0, 4, 8].map { follow(image.read(image.base + $0, 4), from: image.base + $0 + 4) }
    #expect(slots[0] == slots[1] && slots[2] == slots[0] + 8)
    #expect(image.asked == ["a", "b"], "each name is asked for once, in the order of the symbol table")
  }

  @Test func anUnknownNameIsAnErrorUnlessItIsWeak() throws {
    #expect(loadError(object(1, addend: 0)) { _ in nil }?.kind == .undefinedSymbol)
    let image = try TestImage(object(1, addend: 0, binding: 2)) { _ in nil }
    #expect(image.read(image.base + 8) == 0)
    let found = try TestImage(object(1, addend: 0, binding: 2)) { _ in 77 }
    #expect(found.read(found.base + 8) == 77)
  }

  @Test func aNameThatNoRelocationNeedsIsNotAskedFor() throws {
    var builder = ObjectBuilder()
    builder.symbols = [.init(name: "_GLOBAL_OFFSET_TABLE_")]
    let image = try TestImage(builder.build()) { _ in nil }
    #expect(image.asked.isEmpty)
  }

  @Test func relocationsAgainstWhatIsNotLoadedAreRefused() {
    var builder = ObjectBuilder()
    builder.more = [.init(name: ".debug_info", type: 1, content: [1, 2, 3])]
    builder.symbols = [.init(name: "", binding: 0, type: 3, section: 9)]
    builder.relocations = [.init(offset: 0, type: 1, symbol: 1, addend: 0)]
    #expect(loadError(builder.build())?.kind == .symbolInSkippedSection)
    #expect(loadError(builder.build())?.name == Array(".debug_info".utf8))
  }

  @Test func relocationsOfWhatIsNotLoadedAreNotLookedAt() {
    var builder = ObjectBuilder()
    builder.more = [
      .init(name: ".debug_info", type: 1, content: [1, 2, 3]),
      .init(
        name: ".rela.debug_info", type: 4, content: [UInt8](repeating: 0xff, count: 24), link: 6, info: 9,
        entrySize: 24),
    ]
    #expect(loadError(builder.build()) == nil)
  }

  @Test func everyUnsupportedTypeIsRefusedByNameAndNumber() {
    let supported: Set<UInt32> = [0, 1, 2, 4, 9, 10, 11, 24, 41, 42]
    var names = Set<String>()
    for type in UInt32(0)..<60 where !supported.contains(type) {
      let error = loadError(object(type, addend: 0))
      #expect(error?.kind == .unsupportedRelocation && error?.value == UInt64(type))
      let line = error?.line ?? ""
      #expect(line.contains("(\(type)), section 1, offset 0x8"))
      names.insert(line)
    }
    #expect(names.count == 60 - supported.count)
  }

  private func follow(_ displacement: UInt64, from next: UInt64) -> UInt64 {
    next &+ UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: displacement)))
  }
}
