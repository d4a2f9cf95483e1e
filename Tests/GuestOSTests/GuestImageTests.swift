import GuestOS
import TestSupport
import Testing

@Suite struct GuestImageTests {
  @Test func anImageGivesItsEntriesSegmentsAndSymbols() throws {
    let image = try GuestImage(ImageBuilder.image())
    #expect(image.entry == ImageBuilder.entry)
    #expect(image.pvhEntry == ImageBuilder.pvhEntry)
    #expect(image.segments.count == 1)
    #expect(image.segments[0].physicalAddress == 0x10_0000)
    #expect(image.segments[0].memorySize == 4096)
    #expect(Array(image.segments[0].bytes) == Array(0..<64))
    #expect(image.symbols.map(\.name) == ["main", "count"])
  }

  @Test func symbolsAreFoundByNameAndByAddress() throws {
    let image = try GuestImage(ImageBuilder.image())
    #expect(image.symbol(named: "count")?.address == 0x10_0800)
    #expect(image.symbol(named: "counts") == nil)
    #expect(image.symbol(at: 0x10_000f) == nil)
    #expect(image.symbol(at: 0x10_0010)?.offset == 0)
    let inside = try #require(image.symbol(at: 0x10_002f))
    #expect(inside.symbol.name == "main")
    #expect(inside.offset == 0x1f)
    #expect(image.symbol(at: 0x10_0030) == nil)
    #expect(image.symbol(at: 0x10_0807)?.symbol.name == "count")
    #expect(image.symbol(at: .max) == nil)
  }

  /// A lie: what is put where, and what the message must name.
  struct Lie: CustomTestStringConvertible, Sendable {
    var offset: Int
    var bytes: [UInt8]
    var names: String
    var testDescription: String { "\(names) at \(offset)" }

    init<T: FixedWidthInteger>(_ value: T, at offset: Int, names: String) {
      self.offset = offset
      bytes = [UInt8](repeating: 0, count: T.bitWidth / 8)
      bytes.put(value, at: 0)
      self.names = names
    }
  }

  static let lies: [Lie] = [
    Lie(UInt8(0), at: 0, names: "ELF"), Lie(UInt8(3), at: 4, names: "EI_CLASS"),
    Lie(UInt8(1), at: 4, names: "e_machine"),
    Lie(UInt8(2), at: 5, names: "EI_DATA"), Lie(UInt8(9), at: 6, names: "EI_VERSION"),
    Lie(UInt16(1), at: 16, names: "e_type"), Lie(UInt16(183), at: 18, names: "e_machine"),
    Lie(UInt32(2), at: 20, names: "e_version"), Lie(UInt64(7), at: 24, names: "e_entry"),
    Lie(UInt64.max, at: 32, names: "e_phoff"), Lie(UInt64(ImageBuilder.size - 8), at: 32, names: "e_phoff"),
    Lie(UInt64.max - 3, at: 40, names: "section header table"), Lie(UInt16(55), at: 54, names: "e_phentsize"),
    Lie(UInt16.max, at: 56, names: "e_phnum"), Lie(UInt16(0), at: 56, names: "PT_LOAD"),
    Lie(UInt16(63), at: 58, names: "e_shentsize"), Lie(UInt16.max, at: 60, names: "section header table"),
    // The code segment: p_offset, p_vaddr, p_paddr, p_filesz, p_memsz.
    Lie(UInt64.max, at: 128, names: "p_offset"), Lie(UInt64.max - 1, at: 136, names: "p_vaddr"),
    Lie(UInt64.max - 1, at: 144, names: "p_paddr"), Lie(UInt64(4097), at: 152, names: "p_filesz"),
    Lie(UInt64(63), at: 160, names: "p_memsz"), Lie(UInt64.max, at: 160, names: "p_memsz"),
    // The note.
    Lie(UInt64(1 << 40), at: 72, names: "p_offset"), Lie(UInt32.max, at: ImageBuilder.note, names: "n_namesz"),
    Lie(UInt32.max, at: ImageBuilder.note + 4, names: "n_descsz"),
    Lie(UInt32(2), at: ImageBuilder.note + 4, names: "n_descsz"),
    // .symtab: sh_offset, sh_size, sh_link, sh_entsize; a symbol's st_name; .strtab: sh_size.
    Lie(UInt64.max, at: ImageBuilder.sections + 64 + 24, names: "sh_offset"),
    Lie(UInt64(1 << 50), at: ImageBuilder.sections + 64 + 32, names: "symbol table"),
    Lie(UInt32(3), at: ImageBuilder.sections + 64 + 40, names: "sh_link"),
    Lie(UInt64(0), at: ImageBuilder.sections + 64 + 56, names: "sh_entsize"),
    Lie(UInt32(12), at: ImageBuilder.symbols + 24, names: "st_name"),
    Lie(UInt64(11), at: ImageBuilder.sections + 128 + 32, names: "st_name"),
  ]

  @Test(arguments: lies)
  func aFieldThatLiesIsNamed(lie: Lie) {
    var bytes = ImageBuilder.image()
    bytes.replaceSubrange(lie.offset..<lie.offset + lie.bytes.count, with: lie.bytes)
    let error = #expect(throws: ImageError.self) { try GuestImage(bytes) }
    #expect(error?.problem.contains(lie.names) == true, "\(error?.description ?? "")")
  }

  @Test func everyTruncationIsRefused() {
    let bytes = ImageBuilder.image()
    for count in 0..<bytes.count {
      #expect(throws: ImageError.self, "cut to \(count) bytes") { try GuestImage(Array(bytes[..<count])) }
    }
    print("truncations refused: \(bytes.count)")
  }

  @Test func damageNeverTraps() {
    let seed: UInt64 = 0x6775_6573_7431
    var generator = SeededGenerator(seed: seed)
    print("seed: \(seed)")
    let original = ImageBuilder.image()
    var refused = 0
    let runs = 20_000
    for _ in 0..<runs {
      var bytes = original
      for _ in 0...generator.next() % 4 {
        // Extreme values find more than random ones.
        let byte = [0, 0x7f, 0x80, 0xff, UInt8(truncatingIfNeeded: generator.next())][Int(generator.next() % 5)]
        let start = Int(generator.next() % UInt64(bytes.count))
        for index in start..<min(start + 1 + Int(generator.next() % 8), bytes.count) { bytes[index] = byte }
      }
      if let image = try? GuestImage(bytes) { _ = image.symbol(at: 0x10_0010) } else { refused += 1 }
    }
    print("damaged images: \(runs), refused: \(refused)")
    #expect(refused > 0 && refused < runs)
  }
}
