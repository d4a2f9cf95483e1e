import ELFFiles
import Testing

/// Bytes that tell their own places.
private let counted = [UInt8](0..<128)

/// The number whose bytes are those of the places from `start` on.
private func number(_ start: Int, _ count: Int) -> UInt64 {
  (0..<count).reversed().reduce(0) { $0 << 8 | UInt64(start + $1) }
}

@Suite struct ELFFilesTests {
  @Test func numbersAreLittleEndianAndLieInTheBytes() {
    for start in [0, 3] {
      let reader = ByteReader((counted + [0xff])[start..<128])
      #expect(reader.u8(5) == UInt8(start + 5) && reader.u16(5) == UInt16(number(start + 5, 2)))
      #expect(reader.u32(5) == UInt32(number(start + 5, 4)) && reader.u64(5) == number(start + 5, 8))
      let count = reader.count
      #expect(count == 128 - start)
      #expect(reader.u8(count - 1) != nil && reader.u8(count) == nil && reader.u64(count - 8) != nil)
      #expect(
        reader.u64(count - 7) == nil && reader.u32(-1) == nil && reader.u16(.max) == nil && reader.u8(.min) == nil)
      #expect(reader.slice(4, 3) == counted[start + 4..<start + 7] && reader.slice(UInt64(count), 0) == [])
      #expect(reader.slice(UInt64(count), 1) == nil && reader.slice(.max, .max) == nil && reader.slice(1, .max) == nil)
    }
    #expect(ByteReader([UInt8]()).u8(0) == nil)
  }

  @Test func stringsEndWithTheirNULAndAreNotEndless() {
    let reader = ByteReader(Array("\u{7f}one\0two".utf8)[1...])
    #expect(reader.string(0, lengthMax: 8).map(Array.init) == Array("one".utf8))
    #expect(reader.string(3, lengthMax: 8) == [])
    // No NUL behind it.
    #expect(reader.string(4, lengthMax: 8) == nil && reader.string(7, lengthMax: 8) == nil)
    #expect(reader.string(.max, lengthMax: 8) == nil)
    // One byte too many is given, and tells.
    #expect(reader.string(0, lengthMax: 3)?.count == 3 && reader.string(0, lengthMax: 2)?.count == 3)
    #expect(reader.string(4, lengthMax: 2)?.count == 3 && reader.string(4, lengthMax: 3) == nil)
  }

  /// gABI, chapter 4: what stands where.
  @Test func theFieldsOfBothClassesAreWhereTheStandardHasThem() throws {
    let reader = ByteReader(counted)
    #expect(ELFClass.elf64.header.sections == 40 && ELFClass.elf32.header.sections == 32)
    #expect(ELFClass.elf64.header.sectionNames == 62 && ELFClass.elf32.header.sectionNames == 50)
    #expect(ELFClass.elf64.header.end == 64 && ELFClass.elf32.header.end == 52)
    let wide = try #require(SectionHeader(reader, at: 8))
    #expect(wide.nameOffset == UInt32(number(8, 4)) && wide.type == UInt32(number(12, 4)))
    #expect(wide.flags == number(16, 8) && wide.address == number(24, 8) && wide.offset == number(32, 8))
    #expect(wide.size == number(40, 8) && wide.link == UInt32(number(48, 4)) && wide.info == UInt32(number(52, 4)))
    #expect(wide.alignment == number(56, 8) && wide.entrySize == number(64, 8))
    let narrow = try #require(SectionHeader(reader, at: 8, .elf32))
    #expect(narrow.flags == number(16, 4) && narrow.address == number(20, 4) && narrow.offset == number(24, 4))
    #expect(
      narrow.size == number(28, 4) && narrow.link == UInt32(number(32, 4)) && narrow.info == UInt32(number(36, 4)))
    #expect(narrow.alignment == number(40, 4) && narrow.entrySize == number(44, 4))
    let symbol = try #require(SymbolEntry(reader, at: 8))
    #expect(symbol.info == 12 && symbol.other == 13 && symbol.sectionIndex == UInt16(number(14, 2)))
    #expect(symbol.value == number(16, 8) && symbol.size == number(24, 8))
    let small = try #require(SymbolEntry(reader, at: 8, .elf32))
    #expect(small.value == number(12, 4) && small.size == number(16, 4) && small.info == 20 && small.other == 21)
    #expect(small.sectionIndex == UInt16(number(22, 2)))
    let program = try #require(ProgramHeader(reader, at: 8, .elf64))
    #expect(program.offset == number(16, 8) && program.virtualAddress == number(24, 8))
    #expect(program.physicalAddress == number(32, 8) && program.fileSize == number(40, 8))
    #expect(program.memorySize == number(48, 8))
    let old = try #require(ProgramHeader(reader, at: 8, .elf32))
    #expect(old.offset == number(12, 4) && old.virtualAddress == number(16, 4) && old.memorySize == number(28, 4))
    let relocation = try #require(RelocationEntry(reader, at: 8, hasAddend: true))
    #expect(relocation.offset == number(8, 8) && relocation.rawType == UInt32(number(16, 4)))
    #expect(relocation.symbol == Int(number(20, 4)) && relocation.addend == Int64(number(24, 8)))
    #expect(RelocationEntry(reader, at: 8, hasAddend: false)?.addend == 0)
  }

  /// Cut anywhere, an entry is none.
  @Test(arguments: [ELFClass.elf32, .elf64])
  func anEntryThatEndsWithTheFileIsWholeOrNone(fileClass: ELFClass) {
    for count in 0...80 {
      let reader = ByteReader(counted[..<count])
      #expect((SectionHeader(reader, at: 4, fileClass) != nil) == (count >= 4 + SectionHeader.size(fileClass)))
      #expect((SymbolEntry(reader, at: 4, fileClass) != nil) == (count >= 4 + SymbolEntry.size(fileClass)))
      #expect((SectionTable(reader, fileClass) != nil) == (count >= fileClass.header.end))
      for hasAddend in [false, true] {
        let isThere = RelocationEntry(reader, at: 4, hasAddend: hasAddend) != nil
        #expect(isThere == (count >= 4 + RelocationEntry.size(hasAddend: hasAddend)))
      }
    }
  }

  @Test func aTableOfSectionsIsWithinTheFileOrNot() throws {
    var file = [UInt8](repeating: 0, count: 64 + 3 * 64)
    file.replaceSubrange(40..<48, with: [64, 0, 0, 0, 0, 0, 0, 0])
    file.replaceSubrange(58..<64, with: [64, 0, 3, 0, 2, 0])
    let table = try #require(SectionTable(ByteReader(file)))
    #expect(table.count == 3 && table.names == 2 && table.place(2) == 192)
    #expect(table.isWithin(ByteReader(file)) && !table.isWithin(ByteReader(file.dropLast())))
    #expect(table.header(2, in: ByteReader(file)) != nil && table.header(2, in: ByteReader(file.dropLast())) == nil)
    #expect(table.header(3, in: ByteReader(file)) == nil && table.header(-1, in: ByteReader(file)) == nil)
    file[47] = 0xff
    let far = try #require(SectionTable(ByteReader(file)))
    #expect(!far.isWithin(ByteReader(file)) && far.header(1, in: ByteReader(file)) == nil)
  }
}
