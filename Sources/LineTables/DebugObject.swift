import ELFFiles

/// The sections of an ELF64 file that a line table is in, with their relocations carried out as far as they name sections (System V ABI,
/// AMD64 supplement, 4.4).
package struct DebugObject {
  struct Section {
    var name: String
    var type: UInt32
    var contents: Range<Int>
    var link: Int
    var info: Int
  }

  package struct Symbol {
    package var name: String
    package var section: Int
    package var value: UInt64
    package var isFunction: Bool
  }

  let bytes: [UInt8]
  private(set) var sections: [Section] = []
  package private(set) var symbols: [Symbol] = []
  /// Addresses are of sections that nobody has placed yet.
  package let isRelocatable: Bool

  /// - Returns: nil for what is no such file, or one that contradicts itself.
  package init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    let reader = ByteReader(bytes)
    let isElf64 = bytes.starts(with: FileHeader.magic + [ELFClass.elf64.rawValue, 1])
    guard isElf64, let type = reader.u16(FileHeader.Places.type), let table = SectionTable(reader),
      table.names < table.count
    else { return nil }
    isRelocatable = type == FileHeader.relocatable
    var headers: [(name: UInt32, section: Section)] = []
    for index in 0..<table.count {
      guard let header = table.header(index, in: reader) else { return nil }
      var contents = 0..<0
      if header.hasContent {
        guard reader.contains(header.offset, header.size) else { return nil }
        contents = Int(header.offset)..<Int(header.offset + header.size)
      }
      headers.append(
        (
          header.nameOffset,
          Section(name: "", type: header.type, contents: contents, link: Int(header.link), info: Int(header.info))
        ))
    }
    let strings = DebugData(bytes[headers[table.names].section.contents])
    sections = headers.map { name, section in
      var section = section
      section.name = strings.text(at: Int(name)) ?? ""
      return section
    }
    symbols = readSymbols()
  }

  private func readSymbols() -> [Symbol] {
    guard let table = sections.first(where: { $0.type == SectionType.symbolTable }),
      sections.indices.contains(table.link)
    else { return [] }
    let reader = ByteReader(bytes[table.contents])
    let strings = DebugData(bytes[sections[table.link].contents])
    return (0..<table.contents.count / SymbolEntry.size()).compactMap { index in
      guard let entry = SymbolEntry(reader, at: SymbolEntry.size() * index) else { return nil }
      return Symbol(
        name: strings.text(at: Int(entry.nameOffset)) ?? "", section: Int(entry.sectionIndex), value: entry.value,
        isFunction: entry.type == SymbolType.function)
    }
  }

  /// The contents of a section by name; nil if there is none.
  func data(_ name: String) -> DebugData? {
    guard let index = sections.firstIndex(where: { $0.name == name }) else { return nil }
    var data = DebugData(bytes[sections[index].contents])
    for table in sections where isRelocatable && table.type == SectionType.relocationsWithAddend && table.info == index
    {
      relocate(&data, by: ByteReader(bytes[table.contents]))
    }
    return data
  }

  /// R_X86_64_64 and R_X86_64_32 against symbols of the file: where the bytes are to be, and of which section.
  private func relocate(_ data: inout DebugData, by table: ByteReader) {
    for place in stride(from: 0, to: table.count, by: RelocationEntry.size(hasAddend: true)) {
      guard let entry = RelocationEntry(table, at: place, hasAddend: true), let place = Int(exactly: entry.offset)
      else { return }
      let isWord = entry.rawType == 1
      guard symbols.indices.contains(entry.symbol), isWord || entry.rawType == 10 else { continue }
      let symbol = symbols[entry.symbol]
      data.set(symbol.value &+ UInt64(bitPattern: entry.addend), at: place, bytes: isWord ? 8 : 4)
      if isWord { data.sections[place] = symbol.section }
    }
  }
}
