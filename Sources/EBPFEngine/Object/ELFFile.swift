import ELFFiles

/// Sections and symbols of a relocatable ELF64 object for BPF (System V gABI, chapters 4 and 5). Every field may lie:
/// what is handed out was checked against the file's size.
struct ELFFile {
  struct Section {
    var name: [UInt8]
    var type: UInt32
    var flags: UInt64
    /// Contents; empty for `SHT_NOBITS`.
    var contents: ArraySlice<UInt8>
    var size: UInt64
    var link: UInt32
    var info: UInt32

    var isCode: Bool { type == SectionType.programBits && flags & SectionFlags.execute != 0 }
  }

  struct Symbol {
    var name: [UInt8]
    var type: UInt8
    var binding: UInt8
    /// Index of its section; `nil` when it is undefined, absolute or common.
    var section: Int?
    var value: UInt64
    var size: UInt64

    var isFunction: Bool { type == SymbolType.function }
    var isSection: Bool { type == SymbolType.section }
    var isGlobal: Bool { binding != SymbolBinding.local }
  }

  struct Relocation {
    var offset: Int
    var type: UInt32
    var symbol: Int
  }

  // Sections may share bytes of the file, so its size alone bounds neither of these.
  static let maximumSectionCount = 4096
  static let maximumRelocationCount = 1 << 20

  private(set) var sections: [Section] = []
  private(set) var symbols: [Symbol] = []
  /// Relocations of code and data by the index of the section that they apply to, in file order.
  private(set) var relocations: [[Relocation]] = []

  init(_ bytes: [UInt8]) throws(ObjectError) {
    let reader = ByteReader(bytes[...])
    try Self.checkHeader(reader)
    try readSections(reader)
    try readSymbols()
    try readRelocations()
  }

  /// Index of the section of code with that name.
  func codeSection(named name: ArraySlice<UInt8>) -> Int? {
    sections.firstIndex { $0.isCode && $0.name.elementsEqual(name) }
  }

  private static func checkHeader(_ reader: ByteReader) throws(ObjectError) {
    typealias Places = FileHeader.Places
    guard reader.bytes.starts(with: FileHeader.magic), reader.count >= ELFClass.elf64.header.end else {
      throw ObjectError(.notELF)
    }
    guard reader.u8(Places.fileClass) == ELFClass.elf64.rawValue else { throw ObjectError(.wrongClass) }
    guard reader.u8(Places.byteOrder) == 1 else { throw ObjectError(.wrongByteOrder) }
    guard reader.u16(Places.type) == FileHeader.relocatable else { throw ObjectError(.wrongType) }
    // Objects from before the machine had a number say 0.
    guard reader.u16(Places.machine) == FileHeader.bpf || reader.u16(Places.machine) == 0 else {
      throw ObjectError(.wrongMachine)
    }
  }

  // MARK: Sections

  private mutating func readSections(_ reader: ByteReader) throws(ObjectError) {
    guard let table = SectionTable(reader), table.isWithin(reader), table.names < table.count else {
      throw ObjectError(.badSectionTable)
    }
    guard table.count <= Self.maximumSectionCount else { throw ObjectError(.tooManySections) }
    var nameOffsets: [UInt32] = []
    for index in 0..<table.count {
      guard let header = table.header(index, in: reader) else { throw ObjectError(.badSectionTable) }
      var contents: ArraySlice<UInt8> = []
      if header.hasContent && header.type != SectionType.null {
        guard let slice = reader.slice(header.offset, header.size) else { throw ObjectError(.badSection, at: index) }
        contents = slice
      }
      nameOffsets.append(header.nameOffset)
      sections.append(
        Section(
          name: [], type: header.type, flags: header.flags, contents: contents, size: header.size, link: header.link,
          info: header.info))
    }
    let strings = ByteReader(sections[table.names].contents)
    for index in sections.indices where nameOffsets[index] != 0 {
      guard let name = strings.string(UInt64(nameOffsets[index])) else { throw ObjectError(.badStringTable) }
      sections[index].name = Array(name)
    }
  }

  // MARK: Symbols

  private mutating func readSymbols() throws(ObjectError) {
    guard let table = sections.first(where: { $0.type == SectionType.symbolTable }) else { return }
    let size = SymbolEntry.size()
    guard table.contents.count % size == 0, Int(table.link) < sections.count else { throw ObjectError(.badSymbolTable) }
    let strings = ByteReader(sections[Int(table.link)].contents)
    let entries = ByteReader(table.contents)
    for place in stride(from: 0, to: entries.count, by: size) {
      guard let entry = SymbolEntry(entries, at: place) else { throw ObjectError(.badSymbolTable) }
      var name: [UInt8] = []
      if entry.nameOffset != 0 {
        guard let string = strings.string(UInt64(entry.nameOffset)) else { throw ObjectError(.badStringTable) }
        name = Array(string)
      }
      if let section = entry.section {
        guard section < sections.count, entry.value <= sections[section].size,
          entry.size <= sections[section].size - entry.value
        else { throw ObjectError(.badSymbol, name) }
      }
      symbols.append(
        Symbol(
          name: name, type: entry.type, binding: entry.binding, section: entry.section, value: entry.value,
          size: entry.size))
    }
  }

  // MARK: Relocations

  private mutating func readRelocations() throws(ObjectError) {
    relocations = Array(repeating: [], count: sections.count)
    var total = 0
    for table in sections {
      let isPlain = table.type == SectionType.relocations
      guard isPlain || table.type == SectionType.relocationsWithAddend else { continue }
      let target = Int(table.info)
      guard target < sections.count else { throw ObjectError(.badRelocationTable, table.name) }
      // Relocations of type and debug information are not needed.
      guard sections[target].flags & SectionFlags.allocated != 0 else { continue }
      // BPF objects keep addends in the instructions.
      let size = RelocationEntry.size(hasAddend: false)
      guard isPlain, table.contents.count % size == 0 else { throw ObjectError(.badRelocationTable, table.name) }
      let entries = ByteReader(table.contents)
      total += entries.count / size
      guard total <= Self.maximumRelocationCount else { throw ObjectError(.tooManyRelocations) }
      for place in stride(from: 0, to: entries.count, by: size) {
        guard let entry = RelocationEntry(entries, at: place, hasAddend: false), entry.symbol < symbols.count,
          entry.offset < sections[target].size, let offset = Int(exactly: entry.offset)
        else { throw ObjectError(.badRelocation, sections[target].name) }
        relocations[target].append(Relocation(offset: offset, type: entry.rawType, symbol: entry.symbol))
      }
    }
  }
}
