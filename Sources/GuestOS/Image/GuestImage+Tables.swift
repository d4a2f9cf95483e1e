import ELFFiles

/// Reading the tables of the file: program headers, notes, symbols.
extension GuestImage {
  mutating func readProgramHeaders(_ reader: ImageReader) throws(ImageError) {
    let (header, entrySize) = (fileClass.header, ProgramHeader.size(fileClass))
    let table = try reader.word(header.programHeaders, "e_phoff")
    let size = try reader.number(header.programHeaderSize, "e_phentsize", as: UInt16.self)
    let count = try reader.number(header.programHeaderCount, "e_phnum", as: UInt16.self)
    guard count == 0 || Int(size) == entrySize else {
      throw ImageError(problem: "e_phentsize is \(size), not \(entrySize)", offset: header.programHeaderSize)
    }
    guard count <= Self.programHeaderMax else {
      throw ImageError(
        problem: "e_phnum is \(count); an image has at most \(Self.programHeaderMax)",
        offset: header.programHeaderCount)
    }
    let range = try reader.range(
      table, UInt64(count) * UInt64(entrySize), "the program header table (e_phoff)", at: header.programHeaders)
    for place in stride(from: range.lowerBound, to: range.upperBound, by: entrySize) {
      let header = try reader.programHeader(at: place)
      switch header.type {
      case ProgramHeader.load: try readSegment(reader, header, at: place)
      case ProgramHeader.note: try readNotes(reader, header, at: place)
      default: break
      }
    }
  }

  private mutating func readSegment(
    _ reader: ImageReader, _ header: ProgramHeader, at place: Int
  ) throws(ImageError) {
    let places = fileClass.program
    let (virtual, physical) = (header.virtualAddress, header.physicalAddress)
    let (fileSize, memorySize) = (header.fileSize, header.memorySize)
    guard memorySize > 0 else { return }
    guard fileSize <= memorySize else {
      throw ImageError(
        problem: "a segment has more bytes in the file than in memory (p_filesz > p_memsz)",
        offset: place + places.fileSize)
    }
    guard !physical.addingReportingOverflow(memorySize).overflow else {
      throw ImageError(
        problem: "a segment wraps around the address space (p_paddr + p_memsz)",
        offset: place + places.physicalAddress)
    }
    guard !virtual.addingReportingOverflow(memorySize).overflow else {
      throw ImageError(
        problem: "a segment wraps around the address space (p_vaddr + p_memsz)", offset: place + places.virtualAddress)
    }
    let range = try reader.range(header.offset, fileSize, "a segment (p_offset)", at: place + places.offset)
    for other in segments
    where physical < other.physicalAddress + other.memorySize && other.physicalAddress < physical + memorySize {
      throw ImageError(problem: "two segments overlap in memory (p_paddr)", offset: place + places.physicalAddress)
    }
    segments.append(
      Segment(physicalAddress: physical, virtualAddress: virtual, bytes: reader.bytes[range], memorySize: memorySize))
  }

  private mutating func readNotes(
    _ reader: ImageReader, _ header: ProgramHeader, at place: Int
  ) throws(ImageError) {
    let range = try reader.range(
      header.offset, header.fileSize, "a note segment (p_offset)", at: place + fileClass.program.offset)
    var at = range.lowerBound
    while at + 12 <= range.upperBound {
      let nameSize = Int(try reader.number(at, "n_namesz", as: UInt32.self))
      let contentSize = Int(try reader.number(at + 4, "n_descsz", as: UInt32.self))
      let kind = try reader.number(at + 8, "n_type", as: UInt32.self)
      let content = at + 12 + (nameSize + 3) & ~3
      guard content + contentSize <= range.upperBound else {
        throw ImageError(problem: "a note reaches beyond its segment (n_namesz, n_descsz)", offset: at)
      }
      if kind == 18, nameSize == 4, reader.bytes[at + 12..<at + 16] == [0x58, 0x65, 0x6e, 0] {
        switch contentSize {
        case 4: pvhEntry = UInt64(try reader.number(content, "the PVH entry", as: UInt32.self))
        case 8: pvhEntry = try reader.number(content, "the PVH entry", as: UInt64.self)
        default:
          throw ImageError(problem: "the PVH note's n_descsz is \(contentSize), neither 4 nor 8", offset: at + 4)
        }
      }
      at = content + (contentSize + 3) & ~3
    }
  }

  mutating func readSymbols(_ reader: ImageReader) throws(ImageError) {
    let (header, headerSize) = (fileClass.header, SectionHeader.size(fileClass))
    let table = try reader.word(header.sections, "e_shoff")
    let size = try reader.number(header.sectionSize, "e_shentsize", as: UInt16.self)
    let count = try reader.number(header.sectionCount, "e_shnum", as: UInt16.self)
    guard table != 0, count > 0 else { return }
    guard Int(size) == headerSize else {
      throw ImageError(problem: "e_shentsize is \(size), not \(headerSize)", offset: header.sectionSize)
    }
    let headers = try reader.range(
      table, UInt64(count) * UInt64(headerSize), "the section header table", at: header.sections)
    // gABI, "Sections": a file has at most one symbol table; what claims to be another is not read.
    for place in stride(from: headers.lowerBound, to: headers.upperBound, by: headerSize) {
      let section = try reader.section(at: place)
      if section.type == SectionType.symbolTable {
        return try readSymbolTable(reader, section, place, headers: headers)
      }
    }
  }

  private mutating func readSymbolTable(
    _ reader: ImageReader, _ section: SectionHeader, _ place: Int, headers: Range<Int>
  ) throws(ImageError) {
    let (places, symbolSize) = (fileClass.section, SymbolEntry.size(fileClass))
    let headerSize = SectionHeader.size(fileClass)
    guard Int(section.link) < headers.count / headerSize else {
      throw ImageError(problem: "the symbol table's sh_link names no section", offset: place + places.link)
    }
    guard section.entrySize == UInt64(symbolSize) else {
      throw ImageError(
        problem: "the symbol table's sh_entsize is not \(symbolSize)", offset: place + places.entrySize)
    }
    let strings = headers.lowerBound + Int(section.link) * headerSize
    let names = try reader.range(of: reader.section(at: strings), at: strings, "the string table (sh_offset)")
    let entries = try reader.range(of: section, at: place, "the symbol table (sh_offset)")
    guard entries.count / symbolSize <= Self.symbolMax else {
      throw ImageError(
        problem: "the file has more than \(Self.symbolMax) symbols (sh_size)", offset: place + places.size)
    }
    for index in 0..<entries.count / symbolSize {
      try readSymbol(reader, entries.lowerBound + index * symbolSize, names)
    }
    symbols.sort { ($0.address, $0.name) < ($1.address, $1.name) }
  }

  private mutating func readSymbol(_ reader: ImageReader, _ at: Int, _ names: Range<Int>) throws(ImageError) {
    let entry = try reader.symbol(at: at)
    guard entry.type <= SymbolType.function, !entry.isUndefined else { return }
    guard let name = reader.string(UInt64(entry.nameOffset), in: names, max: Self.nameBytesMax) else {
      throw ImageError(problem: "a symbol's name lies outside the string table (st_name)", offset: at)
    }
    if !name.isEmpty { symbols.append(Symbol(name: name, address: entry.value, size: entry.size)) }
  }

  /// Whether an address belongs to a segment, by either of its addresses: protocols differ in which one they enter.
  public func isLoaded(_ address: UInt64) -> Bool {
    segments.contains { segment in
      address &- segment.virtualAddress < segment.memorySize || address &- segment.physicalAddress < segment.memorySize
    }
  }
}
