/// Where the fields of an ELF file are, by its class (ELF gABI, chapter 4).
struct ELFClass: Sendable {
  struct Header: Sendable {
    var entry, programHeaders, sections, programHeaderSize, programHeaderCount: Int
    var sectionSize, sectionCount, sectionNames: Int
  }

  struct ProgramHeader: Sendable {
    var size, offset, virtualAddress, physicalAddress, fileSize, memorySize: Int
  }

  struct Section: Sendable {
    var size, offset, byteCount, link, entrySize: Int
  }

  struct Symbol: Sendable {
    var size, info, section, value, byteCount: Int
  }

  /// Bytes of an address, an offset or a size.
  var wordSize: Int
  var header: Header
  var programHeader: ProgramHeader
  var section: Section
  var symbol: Symbol

  static let elf64 = ELFClass(
    wordSize: 8,
    header: .init(
      entry: 24, programHeaders: 32, sections: 40, programHeaderSize: 54, programHeaderCount: 56, sectionSize: 58,
      sectionCount: 60, sectionNames: 62),
    programHeader: .init(size: 56, offset: 8, virtualAddress: 16, physicalAddress: 24, fileSize: 32, memorySize: 40),
    section: .init(size: 64, offset: 24, byteCount: 32, link: 40, entrySize: 56),
    symbol: .init(size: 24, info: 4, section: 6, value: 8, byteCount: 16))

  static let elf32 = ELFClass(
    wordSize: 4,
    header: .init(
      entry: 24, programHeaders: 28, sections: 32, programHeaderSize: 42, programHeaderCount: 44, sectionSize: 46,
      sectionCount: 48, sectionNames: 50),
    programHeader: .init(size: 32, offset: 4, virtualAddress: 8, physicalAddress: 12, fileSize: 16, memorySize: 20),
    section: .init(size: 40, offset: 16, byteCount: 20, link: 24, entrySize: 36),
    symbol: .init(size: 16, info: 12, section: 14, value: 4, byteCount: 8))
}
