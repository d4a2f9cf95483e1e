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

    var isCode: Bool { type == Self.programBits && flags & Self.executable != 0 }

    static let programBits: UInt32 = 1
    static let symbolTable: UInt32 = 2
    static let relocationsWithAddend: UInt32 = 4
    static let noBits: UInt32 = 8
    static let relocations: UInt32 = 9
    static let allocated: UInt64 = 2
    static let writable: UInt64 = 1
    static let executable: UInt64 = 4
  }

  struct Symbol {
    var name: [UInt8]
    var type: UInt8
    var binding: UInt8
    /// Index of its section; `nil` when it is undefined, absolute or common.
    var section: Int?
    var value: UInt64
    var size: UInt64

    var isFunction: Bool { type == 2 }
    var isSection: Bool { type == 3 }
    var isGlobal: Bool { binding != 0 }
  }

  struct Relocation {
    var offset: Int
    var type: UInt32
    var symbol: Int
  }

  static let machineBPF: UInt16 = 247

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
    guard reader.u32(0) == 0x464c_457f, reader.count >= 64 else { throw ObjectError(.notELF) }
    guard reader.u8(4) == 2 else { throw ObjectError(.wrongClass) }
    guard reader.u8(5) == 1 else { throw ObjectError(.wrongByteOrder) }
    guard reader.u16(16) == 1 else { throw ObjectError(.wrongType) }
    // Objects from before the machine had a number say 0.
    guard reader.u16(18) == machineBPF || reader.u16(18) == 0 else { throw ObjectError(.wrongMachine) }
    guard reader.u16(58) == 64 else { throw ObjectError(.badSectionTable) }
  }

  // MARK: Sections

  private mutating func readSections(_ reader: ByteReader) throws(ObjectError) {
    guard let offset = reader.u64(40), let count = reader.u16(60), let names = reader.u16(62),
      let table = reader.slice(offset, UInt64(count) * 64), names < count
    else { throw ObjectError(.badSectionTable) }
    guard Int(count) <= Self.maximumSectionCount else { throw ObjectError(.tooManySections) }
    let headers = ByteReader(table)
    var nameOffsets: [UInt32] = []
    for index in 0..<Int(count) {
      let base = index * 64
      guard let name = headers.u32(base), let type = headers.u32(base + 4), let flags = headers.u64(base + 8),
        let offset = headers.u64(base + 24), let size = headers.u64(base + 32), let link = headers.u32(base + 40),
        let info = headers.u32(base + 44)
      else { throw ObjectError(.badSectionTable) }
      var contents: ArraySlice<UInt8> = []
      if type != Section.noBits && type != 0 {
        guard let slice = reader.slice(offset, size) else { throw ObjectError(.badSection, at: index) }
        contents = slice
      }
      nameOffsets.append(name)
      sections.append(
        Section(name: [], type: type, flags: flags, contents: contents, size: size, link: link, info: info))
    }
    let strings = ByteReader(sections[Int(names)].contents)
    for index in sections.indices where nameOffsets[index] != 0 {
      guard let name = strings.string(UInt64(nameOffsets[index])) else { throw ObjectError(.badStringTable) }
      sections[index].name = Array(name)
    }
  }

  // MARK: Symbols

  private mutating func readSymbols() throws(ObjectError) {
    guard let table = sections.first(where: { $0.type == Section.symbolTable }) else { return }
    guard table.contents.count % 24 == 0, Int(table.link) < sections.count else { throw ObjectError(.badSymbolTable) }
    let strings = ByteReader(sections[Int(table.link)].contents)
    let entries = ByteReader(table.contents)
    for base in stride(from: 0, to: entries.count, by: 24) {
      guard let nameOffset = entries.u32(base), let info = entries.u8(base + 4), let section = entries.u16(base + 6),
        let value = entries.u64(base + 8), let size = entries.u64(base + 16)
      else { throw ObjectError(.badSymbolTable) }
      var name: [UInt8] = []
      if nameOffset != 0 {
        guard let string = strings.string(UInt64(nameOffset)) else { throw ObjectError(.badStringTable) }
        name = Array(string)
      }
      let index = Int(section)
      if section != 0 && section < 0xff00 {
        guard index < sections.count, value <= sections[index].size, size <= sections[index].size - value else {
          throw ObjectError(.badSymbol, name)
        }
      }
      symbols.append(
        Symbol(
          name: name, type: info & 15, binding: info >> 4, section: section != 0 && section < 0xff00 ? index : nil,
          value: value, size: size))
    }
  }

  // MARK: Relocations

  private mutating func readRelocations() throws(ObjectError) {
    relocations = Array(repeating: [], count: sections.count)
    var total = 0
    for table in sections {
      let isPlain = table.type == Section.relocations
      guard isPlain || table.type == Section.relocationsWithAddend else { continue }
      let target = Int(table.info)
      guard target < sections.count else { throw ObjectError(.badRelocationTable, table.name) }
      // Relocations of type and debug information are not needed.
      guard sections[target].flags & Section.allocated != 0 else { continue }
      // BPF objects keep addends in the instructions.
      guard isPlain, table.contents.count % 16 == 0 else { throw ObjectError(.badRelocationTable, table.name) }
      let entries = ByteReader(table.contents)
      total += entries.count / 16
      guard total <= Self.maximumRelocationCount else { throw ObjectError(.tooManyRelocations) }
      for base in stride(from: 0, to: entries.count, by: 16) {
        guard let offset = entries.u64(base), let type = entries.u32(base + 8), let symbol = entries.u32(base + 12),
          Int(symbol) < symbols.count, offset < sections[target].size
        else { throw ObjectError(.badRelocation, sections[target].name) }
        guard let offset = Int(exactly: offset) else { throw ObjectError(.badRelocation, sections[target].name) }
        relocations[target].append(Relocation(offset: offset, type: type, symbol: Int(symbol)))
      }
    }
  }
}
