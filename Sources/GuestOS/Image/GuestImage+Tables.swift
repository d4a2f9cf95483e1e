/// Reading the tables of the file: program headers, notes, symbols.
extension GuestImage {
  mutating func readProgramHeaders(_ reader: ImageReader) throws(ImageError) {
    let table = try reader.number(32, "e_phoff", as: UInt64.self)
    let size = try reader.number(54, "e_phentsize", as: UInt16.self)
    let count = try reader.number(56, "e_phnum", as: UInt16.self)
    guard count == 0 || size == 56 else {
      throw ImageError(problem: "e_phentsize is \(size), not 56", offset: 54)
    }
    guard count <= Self.programHeaderMax else {
      throw ImageError(problem: "e_phnum is \(count); an image has at most \(Self.programHeaderMax)", offset: 56)
    }
    let range = try reader.range(table, UInt64(count) * 56, "the program header table (e_phoff)", at: 32)
    for header in stride(from: range.lowerBound, to: range.upperBound, by: 56) {
      switch try reader.number(header, "p_type", as: UInt32.self) {
      case 1: try readSegment(reader, header)
      case 4: try readNotes(reader, header)
      default: break
      }
    }
  }

  private mutating func readSegment(_ reader: ImageReader, _ header: Int) throws(ImageError) {
    let offset = try reader.number(header + 8, "p_offset", as: UInt64.self)
    let virtual = try reader.number(header + 16, "p_vaddr", as: UInt64.self)
    let physical = try reader.number(header + 24, "p_paddr", as: UInt64.self)
    let fileSize = try reader.number(header + 32, "p_filesz", as: UInt64.self)
    let memorySize = try reader.number(header + 40, "p_memsz", as: UInt64.self)
    guard memorySize > 0 else { return }
    guard fileSize <= memorySize else {
      throw ImageError(
        problem: "a segment has more bytes in the file than in memory (p_filesz > p_memsz)", offset: header + 32)
    }
    guard !physical.addingReportingOverflow(memorySize).overflow else {
      throw ImageError(problem: "a segment wraps around the address space (p_paddr + p_memsz)", offset: header + 24)
    }
    guard !virtual.addingReportingOverflow(memorySize).overflow else {
      throw ImageError(
        problem: "a segment wraps around the address space (p_vaddr + p_memsz)", offset: header + 16)
    }
    let range = try reader.range(offset, fileSize, "a segment (p_offset)", at: header + 8)
    for other in segments
    where physical < other.physicalAddress + other.memorySize && other.physicalAddress < physical + memorySize {
      throw ImageError(problem: "two segments overlap in memory (p_paddr)", offset: header + 24)
    }
    segments.append(
      Segment(physicalAddress: physical, virtualAddress: virtual, bytes: reader.bytes[range], memorySize: memorySize))
  }

  private mutating func readNotes(_ reader: ImageReader, _ header: Int) throws(ImageError) {
    let offset = try reader.number(header + 8, "p_offset", as: UInt64.self)
    let size = try reader.number(header + 32, "p_filesz", as: UInt64.self)
    let range = try reader.range(offset, size, "a note segment (p_offset)", at: header + 8)
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
    let table = try reader.number(40, "e_shoff", as: UInt64.self)
    let size = try reader.number(58, "e_shentsize", as: UInt16.self)
    let count = try reader.number(60, "e_shnum", as: UInt16.self)
    guard table != 0, count > 0 else { return }
    guard size == 64 else { throw ImageError(problem: "e_shentsize is \(size), not 64", offset: 58) }
    let headers = try reader.range(table, UInt64(count) * 64, "the section header table", at: 40)
    // gABI, "Sections": a file has at most one symbol table; what claims to be another is not read.
    for header in stride(from: headers.lowerBound, to: headers.upperBound, by: 64)
    where try reader.number(header + 4, "sh_type", as: UInt32.self) == 2 {
      return try readSymbolTable(reader, header, headers: headers)
    }
  }

  private mutating func readSymbolTable(
    _ reader: ImageReader, _ header: Int, headers: Range<Int>
  ) throws(ImageError) {
    let link = Int(try reader.number(header + 40, "sh_link", as: UInt32.self))
    guard link < headers.count / 64 else {
      throw ImageError(problem: "the symbol table's sh_link names no section", offset: header + 40)
    }
    guard try reader.number(header + 56, "sh_entsize", as: UInt64.self) == 24 else {
      throw ImageError(problem: "the symbol table's sh_entsize is not 24", offset: header + 56)
    }
    let names = try sectionRange(reader, headers.lowerBound + link * 64, "the string table (sh_offset)")
    let entries = try sectionRange(reader, header, "the symbol table (sh_offset)")
    guard entries.count / 24 <= Self.symbolMax else {
      throw ImageError(problem: "the file has more than \(Self.symbolMax) symbols (sh_size)", offset: header + 32)
    }
    for index in 0..<entries.count / 24 { try readSymbol(reader, entries.lowerBound + index * 24, names) }
    symbols.sort { ($0.address, $0.name) < ($1.address, $1.name) }
  }

  private func sectionRange(_ reader: ImageReader, _ header: Int, _ name: String) throws(ImageError) -> Range<Int> {
    let offset = try reader.number(header + 24, "sh_offset", as: UInt64.self)
    let size = try reader.number(header + 32, "sh_size", as: UInt64.self)
    return try reader.range(offset, size, name, at: header + 24)
  }

  private mutating func readSymbol(_ reader: ImageReader, _ at: Int, _ names: Range<Int>) throws(ImageError) {
    let nameOffset = UInt64(try reader.number(at, "st_name", as: UInt32.self))
    let kind = try reader.number(at + 4, "st_info", as: UInt8.self) & 0xf
    let section = try reader.number(at + 6, "st_shndx", as: UInt16.self)
    let address = try reader.number(at + 8, "st_value", as: UInt64.self)
    let size = try reader.number(at + 16, "st_size", as: UInt64.self)
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
