import ELFFiles

extension ObjectFile {
  /// The index of the one symbol table, checked with its string table; nil if the object has none.
  static func findSymbolTable(
    _ file: ByteReader, _ header: ObjectHeader, _ sections: [SectionHeader]
  ) throws(ObjectError) -> Int? {
    var found: Int?
    for (index, section) in sections.enumerated() where section.type == SectionType.symbolTable {
      let place = header.sections.place(index)
      guard found == nil else { throw ObjectError(.severalSymbolTables, at: place, section: index) }
      found = index
      guard section.entrySize == symbolSize else {
        throw ObjectError(.sectionEntrySize, at: place + 56, section: index, value: section.entrySize)
      }
      guard section.size % symbolSize == 0, section.size != 0 else {
        throw ObjectError(.symbolTableSize, at: place + 32, section: index, value: section.size)
      }
      let link = Int(section.link)
      guard link < sections.count, sections[link].type == SectionType.stringTable else {
        throw ObjectError(.sectionLink, at: place + 40, section: index, value: UInt64(section.link))
      }
      guard section.info != 0, UInt64(section.info) <= section.size / symbolSize else {
        throw ObjectError(.sectionInfo, at: place + 44, section: index, value: UInt64(section.info))
      }
      try checkStringTable(file, sections[link], index: link)
    }
    return found
  }

  static func readSymbols(
    _ file: ByteReader, _ sections: [SectionHeader], table: Int?, limits: ObjectLimits
  ) throws(ObjectError) -> [SymbolEntry] {
    guard let table else { return [] }
    let count = sections[table].size / symbolSize
    guard count <= UInt64(limits.symbolsMax) else {
      throw ObjectError(
        .tooManySymbols, at: sections[table].offset, section: table, value: count, limit: UInt64(limits.symbolsMax))
    }
    let names = sections[Int(sections[table].link)]
    var symbols: [SymbolEntry] = []
    symbols.reserveCapacity(Int(count))
    // Names may overlap in the file, so that the file's size does not bound their sum.
    var namesSize = 0
    for index in 0..<count {
      let place = sections[table].offset + index * symbolSize
      guard let symbol = SymbolEntry(file, at: Int(place)) else {
        throw ObjectError(.symbolTableSize, at: place, section: table)
      }
      if index == 0 {
        guard symbol.nameOffset == 0, symbol.info == 0, symbol.other == 0, symbol.isUndefined, symbol.value == 0,
          symbol.size == 0
        else { throw ObjectError(.nullSymbolInUse, at: place, section: table) }
      } else {
        guard UInt64(symbol.nameOffset) < names.size else {
          throw ObjectError(.symbolName, at: place, section: table, value: UInt64(symbol.nameOffset))
        }
        let name = Self.name(file, names, symbol.nameOffset, limits)
        let isBeforeGlobals = index < UInt64(sections[table].info)
        if let (kind, value) = fault(of: symbol, name, sections, isBeforeGlobals: isBeforeGlobals, limits: limits) {
          throw ObjectError(
            kind, at: place, section: table, value: value, name: Array(name), limit: limits.limit(of: kind))
        }
        namesSize += name.count
        guard namesSize <= limits.symbolNamesSizeMax else {
          throw ObjectError(
            .symbolNamesTooLarge, at: place, section: table, value: UInt64(namesSize),
            limit: UInt64(limits.symbolNamesSizeMax))
        }
      }
      symbols.append(symbol)
    }
    return symbols
  }

  /// What is wrong with a symbol, and the value that is; nil if nothing is.
  private static func fault(
    of symbol: SymbolEntry, _ name: ArraySlice<UInt8>, _ sections: [SectionHeader], isBeforeGlobals: Bool,
    limits: ObjectLimits
  ) -> (ObjectError.Kind, UInt64)? {
    if name.count > limits.nameLengthMax { return (.nameTooLong, 0) }
    switch symbol.type {
    case SymbolType.none, SymbolType.object, SymbolType.function, SymbolType.section, SymbolType.file,
      SymbolType.common:
      break
    case SymbolType.threadLocal: return (.threadLocalSymbol, 0)
    case SymbolType.indirectFunction: return (.indirectFunction, 0)
    default: return (.symbolType, UInt64(symbol.type))
    }
    switch symbol.binding {
    case SymbolBinding.local, SymbolBinding.global, SymbolBinding.weak, SymbolBinding.unique: break
    default: return (.symbolBinding, UInt64(symbol.binding))
    }
    if symbol.isLocal != isBeforeGlobals { return (.symbolOrder, 0) }
    if symbol.other & ~3 != 0 { return (.symbolVisibility, UInt64(symbol.other)) }

    if symbol.isCommon {
      let fits = symbol.value.isPowerOfTwo && symbol.value <= limits.alignmentMax
      return fits ? nil : (.commonAlignment, symbol.value)
    }
    if symbol.isUndefined || symbol.isAbsolute { return nil }
    guard let index = symbol.section, index < sections.count else {
      return (.symbolSection, UInt64(symbol.sectionIndex))
    }
    let section = sections[index]
    if symbol.value > section.size { return (.symbolValue, symbol.value) }
    if symbol.size > section.size - symbol.value { return (.symbolSize, symbol.size) }
    return nil
  }
}
