/// An entry of the symbol table (gABI, chapter 4, "Symbol Table").
struct SymbolEntry: Sendable {
  static let size: UInt64 = 24

  let nameOffset: UInt32
  let info: UInt8
  let other: UInt8
  let sectionIndex: UInt16
  let value: UInt64
  let size: UInt64

  init(_ file: ByteTable, at offset: UInt64) {
    nameOffset = file.u32(offset)
    info = file.u8(offset + 4)
    other = file.u8(offset + 5)
    sectionIndex = file.u16(offset + 6)
    value = file.u64(offset + 8)
    size = file.u64(offset + 16)
  }

  var type: UInt8 { info & 15 }
  var binding: UInt8 { info >> 4 }
  var isLocal: Bool { binding == SymbolBinding.local }
  var isWeak: Bool { binding == SymbolBinding.weak }
  var isUndefined: Bool { sectionIndex == SectionIndex.undefined }
  var isAbsolute: Bool { sectionIndex == SectionIndex.absolute }
  var isCommon: Bool { sectionIndex == SectionIndex.common || sectionIndex == SectionIndex.largeCommon }
  /// Default or protected visibility: other objects may use it.
  var isVisible: Bool { !isLocal && (other & 3 == 0 || other & 3 == 3) }
  /// The section that defines it, or nil for undefined, absolute and common symbols.
  var section: Int? { !isUndefined && sectionIndex < SectionIndex.reserved ? Int(sectionIndex) : nil }
}

/// st_info, low half (gABI, table 4.17).
enum SymbolType {
  static let none: UInt8 = 0
  static let object: UInt8 = 1
  static let function: UInt8 = 2
  static let section: UInt8 = 3
  static let file: UInt8 = 4
  static let common: UInt8 = 5
  static let threadLocal: UInt8 = 6
  static let indirectFunction: UInt8 = 10
}

/// st_info, high half (gABI, table 4.16).
enum SymbolBinding {
  static let local: UInt8 = 0
  static let global: UInt8 = 1
  static let weak: UInt8 = 2
  /// GNU: one definition in the whole process. An object stands alone here, so this is a global.
  static let unique: UInt8 = 10
}
