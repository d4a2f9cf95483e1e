/// An entry of the section header table (gABI, chapter 4, "Sections").
struct SectionHeader: Sendable {
  static let size: UInt64 = 64

  let nameOffset: UInt32
  let type: UInt32
  let flags: UInt64
  let address: UInt64
  let offset: UInt64
  let size: UInt64
  let link: UInt32
  let info: UInt32
  let alignment: UInt64
  let entrySize: UInt64

  init(_ file: ByteTable, at offset: UInt64) {
    nameOffset = file.u32(offset)
    type = file.u32(offset + 4)
    flags = file.u64(offset + 8)
    address = file.u64(offset + 16)
    self.offset = file.u64(offset + 24)
    size = file.u64(offset + 32)
    link = file.u32(offset + 40)
    info = file.u32(offset + 44)
    alignment = file.u64(offset + 48)
    entrySize = file.u64(offset + 56)
  }

  var isEmptyNull: Bool {
    nameOffset == 0 && type == SectionType.null && flags == 0 && address == 0 && offset == 0 && size == 0 && link == 0
      && info == 0 && alignment == 0 && entrySize == 0
  }

  var isAllocated: Bool { flags & SectionFlags.allocated != 0 }
  var hasContent: Bool { type != SectionType.noBits }

  /// Whether sh_info names the section that these relocations change.
  var hasRelocations: Bool {
    switch type {
    case SectionType.relocations, SectionType.relocationsWithAddend, SectionType.compactRelocations: true
    default: false
    }
  }

  /// Whether it is known what a section that is not loaded holds, or that others look after it.
  var isUnderstood: Bool {
    switch type {
    case SectionType.null...SectionType.relocationsWithAddend, SectionType.note, SectionType.noBits,
      SectionType.relocations, SectionType.group, SectionType.extendedIndices, SectionType.relativeRelocations,
      SectionType.compactRelocations, SectionType.blockAddresses, SectionType.jumpTableSizes, SectionType.unwind:
      true
    default: false
    }
  }
}

/// sh_type (gABI, table 4.9, and the AMD64 supplement, section 4.2).
enum SectionType {
  static let null: UInt32 = 0
  static let programBits: UInt32 = 1
  static let symbolTable: UInt32 = 2
  static let stringTable: UInt32 = 3
  static let relocationsWithAddend: UInt32 = 4
  static let note: UInt32 = 7
  static let noBits: UInt32 = 8
  static let relocations: UInt32 = 9
  static let initializers: UInt32 = 14
  static let finalizers: UInt32 = 15
  static let group: UInt32 = 17
  static let extendedIndices: UInt32 = 18
  /// SHT_RELR.
  static let relativeRelocations: UInt32 = 19
  /// SHT_CREL, as LLVM numbers it.
  static let compactRelocations: UInt32 = 0x4000_0014
  /// LLVM's SHT_LLVM_BB_ADDR_MAP and SHT_LLVM_JT_SIZES: about code, for tools.
  static let blockAddresses: UInt32 = 0x6fff_4c0a
  static let jumpTableSizes: UInt32 = 0x6fff_4c0d
  static let unwind: UInt32 = 0x7000_0001
}

/// sh_flags (gABI, table 4.11, with the GNU and AMD64 extensions).
enum SectionFlags {
  static let write: UInt64 = 1 << 0
  static let allocated: UInt64 = 1 << 1
  static let execute: UInt64 = 1 << 2
  static let merge: UInt64 = 1 << 4
  static let strings: UInt64 = 1 << 5
  static let infoLink: UInt64 = 1 << 6
  static let linkOrder: UInt64 = 1 << 7
  static let group: UInt64 = 1 << 9
  static let threadLocal: UInt64 = 1 << 10
  static let compressed: UInt64 = 1 << 11
  static let retain: UInt64 = 1 << 21
  static let large: UInt64 = 1 << 28

  /// What a loaded section may carry; none of these changes how it is loaded, other than the first three.
  static let loadable = write | allocated | execute | merge | strings | infoLink | linkOrder | group | retain | large
}

/// Special values of st_shndx and of the count of sections (gABI, table 4.8).
enum SectionIndex {
  static let undefined: UInt16 = 0
  static let reserved = 0xff00
  static let largeCommon: UInt16 = 0xff02
  static let absolute: UInt16 = 0xfff1
  static let common: UInt16 = 0xfff2
}
