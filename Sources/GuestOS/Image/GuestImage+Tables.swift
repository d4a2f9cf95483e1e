/// Reading the tables of the file: program headers, notes, symbols.
extension GuestImage {
  mutating func readProgramHeaders(_ reader: ImageReader) throws(ImageError) {
    let (header, entry) = (layout.header, layout.programHeader)
    let table = try reader.word(header.programHeaders, "e_phoff")
    let size = try reader.number(header.programHeaderSize, "e_phentsize", as: UInt16.self)
    let count = try reader.number(header.programHeaderCount, "e_phnum", as: UInt16.self)
    guard count == 0 || Int(size) == entry.size else {
      throw ImageError(problem: "e_phentsize is \(size), not \(entry.size)", offset: header.programHeaderSize)
    }
    guard count <= Self.programHeaderMax else {
      throw ImageError(
        problem: "e_phnum is \(count); an image has at most \(Self.programHeaderMax)",
        offset: header.programHeaderCount)
    }
    let range = try reader.range(
      table, UInt64(count) * UInt64(entry.size), "the program header table (e_phoff)", at: header.programHeaders)
    for header in stride(from: range.lowerBound, to: range.upperBound, by: entry.size) {
      switch try reader.number(header, "p_type", as: UInt32.self) {
      case 1: try readSegment(reader, header)
      case 4: try readNotes(reader, header)
      default: break
      }
    }
  }

  private mutating func readSegment(_ reader: ImageReader, _ header: Int) throws(ImageError) {
    let entry = layout.programHeader
    let offset = try reader.word(header + entry.offset, "p_offset")
    let virtual = try reader.word(header + entry.virtualAddress, "p_vaddr")
    let physical = try reader.word(header + entry.physicalAddress, "p_paddr")
    let fileSize = try reader.word(header + entry.fileSize, "p_filesz")
    let memorySize = try reader.word(header + entry.memorySize, "p_memsz")
    guard memorySize > 0 else { return }
    guard fileSize <= memorySize else {
      throw ImageError(
        problem: "a segment has more bytes in the file than in memory (p_filesz > p_memsz)",
        offset: header + entry.fileSize)
    }
    guard !physical.addingReportingOverflow(memorySize).overflow else {
      throw ImageError(
        problem: "a segment wraps around the address space (p_paddr + p_memsz)",
        offset: header + entry.physicalAddress)
    }
    guard !virtual.addingReportingOverflow(memorySize).overflow else {
      throw ImageError(
        problem: "a segment wraps around the address space (p_vaddr + p_memsz)", offset: header + entry.virtualAddress)
    }
    let range = try reader.range(offset, fileSize, "a segment (p_offset)", at: header + entry.offset)
    for other in segments
    where physical < other.physicalAddress + other.memorySize && other.physicalAddress < physical + memorySize {
      throw ImageError(problem: "two segments overlap in memory (p_paddr)", offset: header + entry.physicalAddress)
    }
    segments.append(
      Segment(physicalAddress: physical, virtualAddress: virtual, bytes: reader.bytes[range], memorySize: memorySize))
  }

  private mutating func readNotes(_ reader: ImageReader, _ header: Int) throws(ImageError) {
    let entry = layout.programHeader
    let offset = try reader.word(header + entry.offset, "p_offset")
    let size = try reader.word(header + entry.fileSize, "p_filesz")
    let range = try reader.range(offset, size, "a note segment (p_offset)", at: header + entry.offset)
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
    let (header, section) = (layout.header, layout.section)
    let table = try reader.word(header.sections, "e_shoff")
    let size = try reader.number(header.sectionSize, "e_shentsize", as: UInt16.self)
    let count = try reader.number(header.sectionCount, "e_shnum", as: UInt16.self)
    guard table != 0, count > 0 else { return }
    guard Int(size) == section.size else {
      throw ImageError(problem: "e_shentsize is \(size), not \(section.size)", offset: header.sectionSize)
    }
    let headers = try reader.range(
      table, UInt64(count) * UInt64(section.size), "the section header table", at: header.sections)
    // gABI, "Sections": a file has at most one symbol table; what claims to be another is not read.
    for header in stride(from: headers.lowerBound, to: headers.upperBound, by: section.size)
    where try reader.number(header + 4, "sh_type", as: UInt32.self) == 2 {
      return try readSymbolTable(reader, header, headers: headers)
    }
  }

  private mutating func readSymbolTable(
    _ reader: ImageReader, _ header: Int, headers: Range<Int>
  ) throws(ImageError) {
    let (section, symbol) = (layout.section, layout.symbol)
    let link = Int(try reader.number(header + section.link, "sh_link", as: UInt32.self))
    guard link < headers.count / section.size else {
      throw ImageError(problem: "the symbol table's sh_link names no section", offset: header + section.link)
    }
    guard try reader.word(header + section.entrySize, "sh_entsize") == UInt64(symbol.size) else {
      throw ImageError(
        problem: "the symbol table's sh_entsize is not \(symbol.size)", offset: header + section.entrySize)
    }
    let names = try sectionRange(reader, headers.lowerBound + link * section.size, "the string table (sh_offset)")
    let entries = try sectionRange(reader, header, "the symbol table (sh_offset)")
    guard entries.count / symbol.size <= Self.symbolMax else {
      throw ImageError(
        problem: "the file has more than \(Self.symbolMax) symbols (sh_size)", offset: header + section.byteCount)
    }
    for index in 0..<entries.count / symbol.size {
      try readSymbol(reader, entries.lowerBound + index * symbol.size, names)
    }
    symbols.sort { ($0.address, $0.name) < ($1.address, $1.name) }
  }

  private func sectionRange(_ reader: ImageReader, _ header: Int, _ name: String) throws(ImageError) -> Range<Int> {
    let offset = try reader.word(header + layout.section.offset, "sh_offset")
    let size = try reader.word(header + layout.section.byteCount, "sh_size")
    return try reader.range(offset, size, name, at: header + layout.section.offset)
  }

  private mutating func readSymbol(_ reader: ImageReader, _ at: Int, _ names: Range<Int>) throws(ImageError) {
    let nameOffset = UInt64(try reader.number(at, "st_name", as: UInt32.self))
    let symbol = layout.symbol
    let kind = try reader.number(at + symbol.info, "st_info", as: UInt8.self) & 0xf
    let section = try reader.number(at + symbol.section, "st_shndx", as: UInt16.self)
    let address = try reader.word(at + symbol.value, "st_value")
    let size = try reader.word(at + symbol.byteCount, "st_size")
    guard kind <= 2, section != 0 else { return }
    guard let name = reader.string(nameOffset, in: names, max: Self.nameBytesMax) else {
      throw ImageError(problem: "a symbol's name lies outside the string table (st_name)", offset: at)
    }
    if !name.isEmpty { symbols.append(Symbol(name: name, address: address, size: size)) }
  }

  /// Whether an address belongs to a segment, by either of its addresses: protocols differ in which one they enter.
  public func isLoaded(_ address: UInt64) -> Bool {
    segments.contains { segment in
      address &- segment.virtualAddress < segment.memorySize || address &- segment.physicalAddress < segment.memorySize
    }
  }
}
