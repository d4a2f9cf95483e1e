import ELFFiles

extension ObjectFile {
  /// The tables that concern loaded sections, with sh_link, sh_info, sh_entsize and their sizes checked.
  static func findRelocationTables(
    _ header: ObjectHeader, _ sections: [SectionHeader], _ roles: [SectionRole], symbolTable: Int?,
    limits: ObjectLimits
  ) throws(ObjectError) -> [Int] {
    var tables: [Int] = []
    var total: UInt64 = 0
    for (index, section) in sections.enumerated() {
      let place = header.sections.place(index)
      // These say by themselves what they change, not by sh_info.
      if section.type == SectionType.relativeRelocations {
        throw ObjectError(.relocationFormat, at: place + 4, section: index, value: UInt64(section.type))
      }
      guard section.hasRelocations else { continue }
      let target = Int(section.info)
      guard target != 0, target < sections.count else {
        throw ObjectError(.sectionInfo, at: place + 44, section: index, value: UInt64(section.info))
      }
      if roles[target] == .skipped { continue }
      if section.type == SectionType.compactRelocations {
        throw ObjectError(.relocationFormat, at: place + 4, section: index, value: UInt64(section.type))
      }
      guard section.type == SectionType.relocationsWithAddend else {
        throw ObjectError(.relocationWithoutAddend, at: place + 4, section: index)
      }
      guard let symbolTable, Int(section.link) == symbolTable else {
        throw ObjectError(.sectionLink, at: place + 40, section: index, value: UInt64(section.link))
      }
      guard section.entrySize == relocationSize else {
        throw ObjectError(.sectionEntrySize, at: place + 56, section: index, value: section.entrySize)
      }
      guard section.size % relocationSize == 0 else {
        throw ObjectError(.relocationTableSize, at: place + 32, section: index, value: section.size)
      }
      // The table lies in the file, whose size is bounded, so the sum cannot overflow.
      total += section.size / relocationSize
      guard total <= UInt64(limits.relocationsMax) else {
        throw ObjectError(
          .tooManyRelocations, at: place + 32, section: index, value: total, limit: UInt64(limits.relocationsMax))
      }
      tables.append(index)
    }
    return tables
  }

  /// Checks every relocation of a loaded section: type, symbol and place.
  func checkRelocations() throws(ObjectError) {
    for table in relocationTables {
      let target = Int(sections[table].info)
      for index in 0..<relocationCount(ofTable: table) {
        let entry = relocation(index, ofTable: table)
        guard entry.symbol < symbols.count else {
          throw ObjectError(.relocationSymbol, at: entry.offset, section: target, value: UInt64(entry.rawType))
        }
        guard let type = RelocationType(rawValue: entry.rawType) else {
          throw refusal(.unsupportedRelocation, entry, target)
        }
        let size = sections[target].hasContent ? sections[target].size : 0
        guard entry.offset <= size, type.width <= size - entry.offset else {
          throw refusal(.relocationOffset, entry, target)
        }
        if type != .none, let defining = symbols[entry.symbol].section, roles[defining] == .skipped {
          throw refusal(.symbolInSkippedSection, entry, target)
        }
      }
    }
  }

  func refusal(_ kind: ObjectError.Kind, _ entry: RelocationEntry, _ target: Int) -> ObjectError {
    ObjectError(
      kind, at: entry.offset, section: target, value: UInt64(entry.rawType), name: Array(name(ofSymbol: entry.symbol)))
  }
}
