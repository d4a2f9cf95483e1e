/// An entry of the symbol table (gABI, chapter 4, "Symbol Table").
public struct SymbolEntry: Sendable {
  /// In bytes.
  public static func size(_ fileClass: ELFClass = .elf64) -> Int { fileClass == .elf64 ? 24 : 16 }

  public let nameOffset: UInt32
  public let info: UInt8
  public let other: UInt8
  public let sectionIndex: UInt16
  public let value: UInt64
  public let size: UInt64

  /// - Returns: nil if the file ends before the entry does.
  public init?(_ file: ByteReader, at place: Int, _ fileClass: ELFClass = .elf64) {
    // The classes have the same fields in another order.
    let (info, section, value) = fileClass == .elf64 ? (4, 6, 8) : (12, 14, 4)
    guard let nameOffset = file.u32(place), let type = file.u8(place + info), let other = file.u8(place + info + 1),
      let sectionIndex = file.u16(place + section), let value = fileClass.word(file, place + value),
      let size = fileClass.word(file, place + Self.sizePlace(fileClass))
    else { return nil }
    (self.nameOffset, self.info, self.other) = (nameOffset, type, other)
    (self.sectionIndex, self.value, self.size) = (sectionIndex, value, size)
  }

  private static func sizePlace(_ fileClass: ELFClass) -> Int { fileClass == .elf64 ? 16 : 8 }

  public var type: UInt8 { info & 15 }
  public var binding: UInt8 { info >> 4 }
  public var isLocal: Bool { binding == SymbolBinding.local }
  public var isWeak: Bool { binding == SymbolBinding.weak }
  public var isUndefined: Bool { sectionIndex == SectionIndex.undefined }
  public var isAbsolute: Bool { sectionIndex == SectionIndex.absolute }
  public var isCommon: Bool { sectionIndex == SectionIndex.common || sectionIndex == SectionIndex.largeCommon }
  /// Default or protected visibility: other objects may use it.
  public var isVisible: Bool { !isLocal && (other & 3 == 0 || other & 3 == 3) }
  /// The section that defines it, or nil for undefined, absolute and common symbols.
  public var section: Int? { !isUndefined && sectionIndex < SectionIndex.reserved ? Int(sectionIndex) : nil }
}

/// st_info, low half (gABI, table 4.17).
public enum SymbolType {
  public static let none: UInt8 = 0
  public static let object: UInt8 = 1
  public static let function: UInt8 = 2
  public static let section: UInt8 = 3
  public static let file: UInt8 = 4
  public static let common: UInt8 = 5
  public static let threadLocal: UInt8 = 6
  public static let indirectFunction: UInt8 = 10
}

/// st_info, high half (gABI, table 4.16).
public enum SymbolBinding {
  public static let local: UInt8 = 0
  public static let global: UInt8 = 1
  public static let weak: UInt8 = 2
  /// GNU: one definition in the whole process. An object stands alone here, so this is a global.
  public static let unique: UInt8 = 10
}
