/// Why an object is refused, and where.
public struct ObjectError: Error, Equatable, Sendable {
  public var kind: Kind
  /// Where: an offset in the file or, for kinds about relocations (``Kind/isAboutRelocation``), in the section.
  public var offset: UInt64
  /// The index of the section concerned, or nil.
  public var section: Int?
  /// The value that is wrong: a field's content, a relocation's type, a size.
  public var value: UInt64
  /// The name of the symbol or section concerned, or empty. Not to be trusted: bytes from the file.
  public var name: [UInt8]
  /// The greatest value that ``ObjectLimits`` allows, for what is too large or too many; otherwise nil.
  public var limit: UInt64?

  public init(
    _ kind: Kind, at offset: UInt64 = 0, section: Int? = nil, value: UInt64 = 0, name: [UInt8] = [],
    limit: UInt64? = nil
  ) {
    self.kind = kind
    self.offset = offset
    self.section = section
    self.value = value
    self.name = name
    self.limit = limit
  }

  /// The reasons. The comment names the field of the gABI that is wrong.
  public enum Kind: UInt8, CaseIterable, Sendable {
    // The file and its header
    case fileTooLarge, truncatedHeader, notELF
    case wrongClass, wrongByteOrder, wrongVersion, wrongABI, wrongMachine, notRelocatable
    /// e_phoff, e_phnum or e_flags is not 0, e_entry neither 0 nor main, or e_ehsize, e_phentsize or e_shentsize not the
    /// gABI's size.
    case wrongHeaderField

    // Section headers
    case noSections, tooManySections, sectionTableOutsideFile, sectionTableMisaligned, sectionNamesMissing
    case nullSectionInUse, sectionOutsideFile, sectionName, sectionFlags, sectionAddress, sectionAlignment
    case sectionEntrySize, sectionLink, sectionInfo, sectionType, writableCode, threadLocalSection, oldConstructors
    case compressedSection

    // String and symbol tables
    case stringTable, severalSymbolTables, symbolTableSize, tooManySymbols, nullSymbolInUse, symbolName, nameTooLong
    case symbolNamesTooLarge
    case symbolType, symbolBinding, symbolOrder, symbolVisibility, symbolSection, symbolValue, symbolSize
    case commonAlignment, threadLocalSymbol, indirectFunction, symbolInSkippedSection

    // Relocations
    case relocationWithoutAddend, relocationFormat, relocationTableSize, tooManyRelocations, relocationSymbol,
      unsupportedRelocation
    case relocationOffset, relocationOverflow

    // Loading
    case imageTooLarge, sectionBounds, tooManySectionBounds, undefinedSymbol, undefinedLocalSymbol, noMain, mainNotCode,
      initializerTable
    case initializerOutsideText, memoryTooSmall, memoryMisaligned, segmentsTooFarApart

    /// Whether ``ObjectError/offset`` counts from the start of the section rather than of the file.
    public var isAboutRelocation: Bool {
      switch self {
      case .unsupportedRelocation, .relocationSymbol, .relocationOffset, .relocationOverflow, .symbolInSkippedSection:
        true
      default: false
      }
    }
  }
}
