/// An entry of the section header table (gABI, chapter 4, "Sections").
public struct SectionHeader: Sendable {
  /// In bytes.
  public static func size(_ fileClass: ELFClass = .elf64) -> Int { Places(wordSize: fileClass.wordSize).end }

  /// Where the fields are, in bytes from the start of the entry.
  public struct Places: Sendable {
    public static var name: Int { 0 }
    public static var type: Int { 4 }
    public static var flags: Int { 8 }

    let wordSize: Int

    public var address: Int { Self.flags + wordSize }
    public var offset: Int { Self.flags + 2 * wordSize }
    public var size: Int { Self.flags + 3 * wordSize }
    public var link: Int { Self.flags + 4 * wordSize }
    public var info: Int { link + 4 }
    public var alignment: Int { link + 8 }
    public var entrySize: Int { alignment + wordSize }
    var end: Int { entrySize + wordSize }
  }

  public let nameOffset: UInt32
  public let type: UInt32
  public let flags: UInt64
  public let address: UInt64
  public let offset: UInt64
  public let size: UInt64
  public let link: UInt32
  public let info: UInt32
  public let alignment: UInt64
  public let entrySize: UInt64

  /// - Returns: nil if the file ends before the entry does.
  public init?(_ file: ByteReader, at place: Int, _ fileClass: ELFClass = .elf64) {
    let places = fileClass.section
    guard let nameOffset = file.u32(place), let type = file.u32(place + Places.type),
      let flags = fileClass.word(file, place + Places.flags),
      let address = fileClass.word(file, place + places.address),
      let offset = fileClass.word(file, place + places.offset), let size = fileClass.word(file, place + places.size),
      let link = file.u32(place + places.link), let info = file.u32(place + places.info),
      let alignment = fileClass.word(file, place + places.alignment),
      let entrySize = fileClass.word(file, place + places.entrySize)
    else { return nil }
    (self.nameOffset, self.type, self.flags, self.address) = (nameOffset, type, flags, address)
    (self.offset, self.size, self.link, self.info) = (offset, size, link, info)
    (self.alignment, self.entrySize) = (alignment, entrySize)
  }

  public var isEmptyNull: Bool {
    nameOffset == 0 && type == SectionType.null && flags == 0 && address == 0 && offset == 0 && size == 0 && link == 0
      && info == 0 && alignment == 0 && entrySize == 0
  }

  public var isAllocated: Bool { flags & SectionFlags.allocated != 0 }
  public var hasContent: Bool { type != SectionType.noBits }
}

extension ELFClass {
  public var section: SectionHeader.Places { SectionHeader.Places(wordSize: wordSize) }
}

/// sh_type (gABI, table 4.9, and the AMD64 supplement, section 4.2).
public enum SectionType {
  public static let null: UInt32 = 0
  public static let programBits: UInt32 = 1
  public static let symbolTable: UInt32 = 2
  public static let stringTable: UInt32 = 3
  public static let relocationsWithAddend: UInt32 = 4
  public static let note: UInt32 = 7
  public static let noBits: UInt32 = 8
  public static let relocations: UInt32 = 9
  public static let initializers: UInt32 = 14
  public static let finalizers: UInt32 = 15
  public static let group: UInt32 = 17
  public static let extendedIndices: UInt32 = 18
  /// SHT_RELR.
  public static let relativeRelocations: UInt32 = 19
  /// SHT_CREL, as LLVM numbers it.
  public static let compactRelocations: UInt32 = 0x4000_0014
  /// LLVM's SHT_LLVM_BB_ADDR_MAP and SHT_LLVM_JT_SIZES: about code, for tools.
  public static let blockAddresses: UInt32 = 0x6fff_4c0a
  public static let jumpTableSizes: UInt32 = 0x6fff_4c0d
  public static let unwind: UInt32 = 0x7000_0001
}

/// sh_flags (gABI, table 4.11, with the GNU and AMD64 extensions).
public enum SectionFlags {
  public static let write: UInt64 = 1 << 0
  public static let allocated: UInt64 = 1 << 1
  public static let execute: UInt64 = 1 << 2
  public static let merge: UInt64 = 1 << 4
  public static let strings: UInt64 = 1 << 5
  public static let infoLink: UInt64 = 1 << 6
  public static let linkOrder: UInt64 = 1 << 7
  public static let group: UInt64 = 1 << 9
  public static let threadLocal: UInt64 = 1 << 10
  public static let compressed: UInt64 = 1 << 11
  public static let retain: UInt64 = 1 << 21
  public static let large: UInt64 = 1 << 28
}

/// Special values of st_shndx and of the count of sections (gABI, table 4.8).
public enum SectionIndex {
  public static let undefined: UInt16 = 0
  public static let reserved = 0xff00
  public static let largeCommon: UInt16 = 0xff02
  public static let absolute: UInt16 = 0xfff1
  public static let common: UInt16 = 0xfff2
}
