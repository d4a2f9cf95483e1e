extension ObjectError {
  /// One line for a person, in printable ASCII, without a newline. Names are cut at 120 bytes.
  public var message: [UInt8] {
    var line = ASCIILine()
    line.append(kind.text)
    if !name.isEmpty {
      line.append(" `")
      line.append(printable: name, max: 120)
      line.append("`")
    }
    switch kind.detail {
    case .nothing: break
    case .decimal:
      line.append(", is ")
      line.append(decimal: value)
    case .hexadecimal:
      line.append(", is 0x")
      line.append(hexadecimal: value)
    case .relocation:
      line.append(", ")
      line.append(RelocationType.name(of: UInt32(truncatingIfNeeded: value)))
      line.append(" (")
      line.append(decimal: value)
      line.append(")")
    }
    if let limit {
      line.append(", at most ")
      line.append(decimal: limit)
    }
    if let section {
      line.append(", section ")
      line.append(decimal: UInt64(section))
    }
    if kind.hasPlace {
      line.append(kind.isAboutRelocation ? ", offset 0x" : ", file offset 0x")
      line.append(hexadecimal: offset)
    }
    return line.bytes
  }
}

extension ObjectError.Kind {
  enum Detail { case nothing, decimal, hexadecimal, relocation }

  var detail: Detail {
    switch self {
    case .wrongClass, .wrongByteOrder, .wrongVersion, .wrongABI, .wrongMachine, .notRelocatable, .tooManySections,
      .tooManySymbols, .symbolNamesTooLarge, .tooManyRelocations, .sectionEntrySize, .sectionLink, .sectionInfo,
      .symbolType, .symbolBinding, .fileTooLarge, .imageTooLarge, .tooManySectionBounds:
      .decimal
    case .wrongHeaderField, .sectionFlags, .sectionAddress, .sectionAlignment, .sectionType, .symbolSection,
      .symbolValue, .symbolSize, .symbolVisibility, .commonAlignment, .memoryTooSmall,
      .memoryMisaligned, .segmentsTooFarApart, .initializerOutsideText, .symbolTableSize, .relocationTableSize,
      .sectionOutsideFile, .relocationFormat:
      .hexadecimal
    case .unsupportedRelocation, .relocationOffset, .relocationOverflow, .relocationSymbol, .symbolInSkippedSection:
      .relocation
    default: .nothing
    }
  }

  /// Errors of loading have no place in the file.
  var hasPlace: Bool {
    switch self {
    case .fileTooLarge, .imageTooLarge, .sectionBounds, .tooManySectionBounds, .undefinedSymbol, .undefinedLocalSymbol,
      .noMain, .mainNotCode,
      .memoryTooSmall, .memoryMisaligned, .segmentsTooFarApart, .initializerOutsideText:
      false
    default: true
    }
  }

  var text: StaticString {
    switch self {
    case .fileTooLarge: "the file is too large"
    case .truncatedHeader: "truncated: the file ends inside the ELF header"
    case .notELF: "not an ELF file"
    case .wrongClass: "not a 64-bit object: EI_CLASS must be 2"
    case .wrongByteOrder: "not little-endian: EI_DATA must be 1"
    case .wrongVersion: "unknown ELF version: must be 1"
    case .wrongABI: "unknown ABI: EI_OSABI must be 0 or 3 and EI_ABIVERSION 0"
    case .wrongMachine: "wrong machine: e_machine must be 62 (x86-64)"
    case .notRelocatable: "not a relocatable object: e_type must be 1"
    case .wrongHeaderField: "wrong field of the ELF header"
    case .noSections: "no section headers"
    case .tooManySections: "too many sections"
    case .sectionTableOutsideFile: "truncated: the section headers lie outside the file"
    case .sectionTableMisaligned: "the section headers are not aligned to 8 bytes"
    case .sectionNamesMissing: "e_shstrndx names no string table"
    case .nullSectionInUse: "section 0 is not empty"
    case .sectionOutsideFile: "truncated: section ends outside the file"
    case .sectionName: "section name outside the string table"
    case .sectionFlags: "unsupported section flags"
    case .sectionAddress: "sh_addr must be 0 in a relocatable object"
    case .sectionAlignment: "section alignment is no power of two or too large"
    case .sectionEntrySize: "wrong sh_entsize"
    case .sectionLink: "sh_link names no fitting section"
    case .sectionInfo: "sh_info names no fitting section or symbol"
    case .sectionType: "unsupported section type"
    case .writableCode: "section is writable and executable"
    case .threadLocalSection: "thread-local section"
    case .oldConstructors: "constructors outside .init_array"
    case .compressedSection: "compressed section cannot be loaded"
    case .stringTable: "string table does not begin and end with NUL"
    case .severalSymbolTables: "more than one symbol table"
    case .symbolTableSize: "size of the symbol table is no multiple of 24"
    case .tooManySymbols: "too many symbols"
    case .nullSymbolInUse: "symbol 0 is not empty"
    case .symbolName: "symbol name outside the string table"
    case .nameTooLong: "name too long"
    case .symbolNamesTooLarge: "the names of all symbols are too long"
    case .symbolType: "unsupported symbol type"
    case .symbolBinding: "unsupported symbol binding"
    case .symbolOrder: "local symbol after the first global one, or the reverse"
    case .symbolVisibility: "unsupported st_other of symbol"
    case .symbolSection: "st_shndx names no section"
    case .symbolValue: "st_value outside the section"
    case .symbolSize: "st_size reaches outside the section"
    case .commonAlignment: "alignment of common symbol is no power of two or too large"
    case .threadLocalSymbol: "thread-local symbol"
    case .indirectFunction: "indirect function (IFUNC)"
    case .symbolInSkippedSection: "relocation against a section that is not loaded"
    case .relocationWithoutAddend: "relocations without addend (SHT_REL)"
    case .relocationFormat: "unsupported table of relocations: sh_type"
    case .relocationTableSize: "size of the relocation table is no multiple of 24"
    case .tooManyRelocations: "too many relocations"
    case .relocationSymbol: "relocation names no symbol"
    case .unsupportedRelocation: "unsupported relocation"
    case .relocationOffset: "relocation outside its section"
    case .relocationOverflow: "relocation does not fit: target"
    case .imageTooLarge: "the image is too large"
    case .sectionBounds: "sections of this name have different rights, which leaves no one start and end:"
    case .tooManySectionBounds: "too many names of starts and ends of sections"
    case .undefinedSymbol: "undefined symbol"
    case .undefinedLocalSymbol: "undefined local symbol"
    case .noMain: "no main: the start of .text is not taken for an entry"
    case .mainNotCode: "main is no function of this object"
    case .initializerTable: "size of an initializer table is no multiple of 8"
    case .initializerOutsideText: "initializer outside the object's text"
    case .memoryTooSmall: "memory for a segment is too small"
    case .memoryMisaligned: "memory for a segment is misaligned or wraps around"
    case .segmentsTooFarApart: "text and rodata are more than 2 GiB apart"
    }
  }
}
