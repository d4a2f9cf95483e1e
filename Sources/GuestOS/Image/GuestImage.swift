/// A guest's ELF64 executable, as the host sees it (ELF gABI, chapters 4 and 5): what to load, where to enter, and the
/// names of its addresses.
public struct GuestImage: Sendable {
  /// A part to load.
  public struct Segment: Sendable {
    public var physicalAddress: UInt64
    public var virtualAddress: UInt64
    /// What the file holds; the rest up to `memorySize` is zero.
    public var bytes: ArraySlice<UInt8>
    public var memorySize: UInt64
  }

  public struct Symbol: Equatable, Sendable {
    public var name: String
    public var address: UInt64
    /// 0 when the file does not say.
    public var size: UInt64
  }

  static let sizeMax = 256 << 20
  static let symbolMax = 1 << 20

  public let bytes: [UInt8]
  public private(set) var entry: UInt64
  /// The 32-bit entry of the PVH protocol, from the Xen note of type 18.
  public private(set) var pvhEntry: UInt64?
  public private(set) var segments: [Segment] = []
  /// Sorted by address; local and global functions and objects.
  public private(set) var symbols: [Symbol] = []

  public init(_ bytes: [UInt8]) throws(ImageError) {
    self.bytes = bytes
    let reader = ImageReader(bytes: bytes)
    guard bytes.count <= Self.sizeMax else {
      throw ImageError(problem: "the file has \(bytes.count) bytes; an image has at most \(Self.sizeMax)", offset: 0)
    }
    guard bytes.prefix(4) == [0x7f, 0x45, 0x4c, 0x46] else {
      throw ImageError(problem: "the file is no ELF file: its first bytes are not 7f 45 4c 46", offset: 0)
    }
    let expectations: [(offset: Int, value: UInt8, what: String)] = [
      (4, 2, "the file is not a 64-bit ELF file (EI_CLASS)"), (5, 1, "the file is not little-endian (EI_DATA)"),
      (6, 1, "the file has an unknown ELF version (EI_VERSION)"),
    ]
    for field in expectations where try reader.number(field.offset, "e_ident", as: UInt8.self) != field.value {
      throw ImageError(problem: field.what, offset: field.offset)
    }
    guard try reader.number(16, "e_type", as: UInt16.self) == 2 else {
      throw ImageError(problem: "the file is not an executable (e_type is not ET_EXEC)", offset: 16)
    }
    guard try reader.number(18, "e_machine", as: UInt16.self) == 62 else {
      throw ImageError(problem: "the file is not for x86-64 (e_machine is not 62)", offset: 18)
    }
    entry = try reader.number(24, "e_entry", as: UInt64.self)
    try readProgramHeaders(reader)
    guard !segments.isEmpty else { throw ImageError(problem: "the file has nothing to load (no PT_LOAD)", offset: 32) }
    try readSymbols(reader)
  }

  private mutating func readProgramHeaders(_ reader: ImageReader) throws(ImageError) {
    let table = try reader.number(32, "e_phoff", as: UInt64.self)
    let size = try reader.number(54, "e_phentsize", as: UInt16.self)
    let count = try reader.number(56, "e_phnum", as: UInt16.self)
    guard count == 0 || size == 56 else {
      throw ImageError(problem: "e_phentsize is \(size), not 56", offset: 54)
    }
    let range = try reader.range(table, UInt64(count) * 56, "the program header table", at: 32)
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
    let range = try reader.range(offset, fileSize, "a segment", at: header + 8)
    for other in segments
    where physical < other.physicalAddress + other.memorySize && other.physicalAddress < physical + memorySize {
      throw ImageError(problem: "two segments overlap in memory", offset: header + 24)
    }
    segments.append(
      Segment(physicalAddress: physical, virtualAddress: virtual, bytes: reader.bytes[range], memorySize: memorySize))
  }

  private mutating func readNotes(_ reader: ImageReader, _ header: Int) throws(ImageError) {
    let offset = try reader.number(header + 8, "p_offset", as: UInt64.self)
    let size = try reader.number(header + 32, "p_filesz", as: UInt64.self)
    let range = try reader.range(offset, size, "a note segment", at: header + 8)
    var at = range.lowerBound
    while at + 12 <= range.upperBound {
      let nameSize = Int(try reader.number(at, "n_namesz", as: UInt32.self))
      let contentSize = Int(try reader.number(at + 4, "n_descsz", as: UInt32.self))
      let kind = try reader.number(at + 8, "n_type", as: UInt32.self)
      let content = at + 12 + (nameSize + 3) & ~3
      guard content + contentSize <= range.upperBound else {
        throw ImageError(problem: "a note reaches beyond its segment", offset: at)
      }
      if kind == 18, nameSize == 4, reader.bytes[at + 12..<at + 16] == [0x58, 0x65, 0x6e, 0] {
        pvhEntry =
          contentSize >= 8
          ? try reader.number(content, "the PVH entry", as: UInt64.self)
          : UInt64(try reader.number(content, "the PVH entry", as: UInt32.self))
      }
      at = content + (contentSize + 3) & ~3
    }
  }

  private mutating func readSymbols(_ reader: ImageReader) throws(ImageError) {
    let table = try reader.number(40, "e_shoff", as: UInt64.self)
    let size = try reader.number(58, "e_shentsize", as: UInt16.self)
    let count = try reader.number(60, "e_shnum", as: UInt16.self)
    guard table != 0, count > 0 else { return }
    guard size == 64 else { throw ImageError(problem: "e_shentsize is \(size), not 64", offset: 58) }
    let headers = try reader.range(table, UInt64(count) * 64, "the section header table", at: 40)
    for header in stride(from: headers.lowerBound, to: headers.upperBound, by: 64)
    where try reader.number(header + 4, "sh_type", as: UInt32.self) == 2 {
      let link = Int(try reader.number(header + 40, "sh_link", as: UInt32.self))
      guard link < Int(count) else {
        throw ImageError(problem: "the symbol table's sh_link names no section", offset: header + 40)
      }
      let names = try sectionRange(reader, headers.lowerBound + link * 64, "the string table")
      let entries = try sectionRange(reader, header, "the symbol table")
      guard entries.count / 24 <= Self.symbolMax else {
        throw ImageError(problem: "the file has more than \(Self.symbolMax) symbols", offset: header + 32)
      }
      for at in stride(from: entries.lowerBound, through: entries.upperBound - 24, by: 24) {
        try readSymbol(reader, at, names)
      }
    }
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
    guard let name = reader.string(nameOffset, in: names) else {
      throw ImageError(problem: "a symbol's name lies outside the string table (st_name)", offset: at)
    }
    if !name.isEmpty { symbols.append(Symbol(name: name, address: address, size: size)) }
  }
}

extension GuestImage {
  public func symbol(named name: String) -> Symbol? { symbols.first { $0.name == name } }

  /// The symbol that `address` belongs to, and how far into it the address lies.
  public func symbol(at address: UInt64) -> (symbol: Symbol, offset: UInt64)? {
    var low = 0
    var high = symbols.count
    while low < high {
      let middle = (low + high) / 2
      if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let symbol = symbols[low - 1]
    let offset = address - symbol.address
    return symbol.size == 0 || offset < symbol.size ? (symbol, offset) : nil
  }
}

/// The guest's variants, as the build makes them from one source.
public enum GuestVariant: String, CaseIterable, Sendable {
  case noshell, ushell, ushellmpk

  /// The file that the build makes, in its folder of images.
  public var fileName: String { "uio-\(rawValue).elf" }
}
