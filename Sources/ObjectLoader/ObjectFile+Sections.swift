import ELFFiles

extension ObjectFile {
  /// Reads the section headers and checks the fields whose meaning does not depend on the section's type.
  static func readSections(_ file: ByteReader, _ header: ObjectHeader) throws(ObjectError) -> [SectionHeader] {
    var sections: [SectionHeader] = []
    sections.reserveCapacity(header.sections.count)
    for index in 0..<header.sections.count {
      let place = header.sections.place(index)
      guard let section = header.sections.header(index, in: file) else {
        throw ObjectError(.sectionTableOutsideFile, at: place, section: index)
      }
      sections.append(section)
      if index == 0 {
        guard section.isEmptyNull else { throw ObjectError(.nullSectionInUse, at: place, section: 0) }
        continue
      }
      if section.hasContent, section.type != SectionType.null,
        !file.contains(section.offset, section.size)
      {
        throw ObjectError(.sectionOutsideFile, at: place + 24, section: index, value: section.size)
      }
      guard section.address == 0 else {
        throw ObjectError(.sectionAddress, at: place + 16, section: index, value: section.address)
      }
      guard section.alignment == 0 || section.alignment.isPowerOfTwo else {
        throw ObjectError(.sectionAlignment, at: place + 48, section: index, value: section.alignment)
      }
    }
    return sections
  }

  /// Checks names and decides what becomes of each section.
  static func readRoles(
    _ file: ByteReader, _ header: ObjectHeader, _ sections: [SectionHeader], names: SectionHeader, limits: ObjectLimits
  ) throws(ObjectError) -> [SectionRole] {
    var roles: [SectionRole] = []
    roles.reserveCapacity(sections.count)
    for (index, section) in sections.enumerated() {
      let place = header.sections.place(index)
      guard UInt64(section.nameOffset) < names.size else {
        throw ObjectError(.sectionName, at: place, section: index)
      }
      let name = Self.name(file, names, section.nameOffset, limits)
      guard name.count <= limits.nameLengthMax else {
        throw ObjectError(
          .nameTooLong, at: place, section: index, name: Array(name), limit: limits.limit(of: .nameTooLong))
      }
      let role = try SectionRole(section, name: name, index: index, place: place + 4)
      if role != .skipped {
        try checkLoaded(section, name: name, index: index, place: place, sections: sections, limits: limits)
      }
      roles.append(role)
    }
    try checkLinks(header, sections, roles)
    return roles
  }

  /// A section of an unknown type may be passed over only if it does not concern what is loaded.
  private static func checkLinks(
    _ header: ObjectHeader, _ sections: [SectionHeader], _ roles: [SectionRole]
  ) throws(ObjectError) {
    func isLoaded(_ index: UInt32) -> Bool { Int(index) < roles.count && roles[Int(index)] != .skipped }
    for (index, section) in sections.enumerated() where roles[index] == .skipped && !section.isUnderstood {
      let isLinked = isLoaded(section.link) || section.flags & SectionFlags.infoLink != 0 && isLoaded(section.info)
      guard !isLinked else {
        let place = header.sections.place(index)
        throw ObjectError(.sectionType, at: place + 4, section: index, value: UInt64(section.type))
      }
    }
  }

  private static func checkLoaded(
    _ section: SectionHeader, name: ArraySlice<UInt8>, index: Int, place: UInt64, sections: [SectionHeader],
    limits: ObjectLimits
  ) throws(ObjectError) {
    guard section.alignment <= limits.alignmentMax else {
      throw ObjectError(
        .sectionAlignment, at: place + 48, section: index, value: section.alignment, name: Array(name),
        limit: limits.alignmentMax)
    }
    guard section.flags & SectionFlags.merge == 0 || section.entrySize != 0 else {
      throw ObjectError(.sectionEntrySize, at: place + 56, section: index, value: 0, name: Array(name))
    }
    let isTable = section.type == SectionType.initializers || section.type == SectionType.finalizers
    guard !isTable || section.entrySize == 0 || section.entrySize == 8 else {
      throw ObjectError(
        .sectionEntrySize, at: place + 56, section: index, value: section.entrySize, name: Array(name))
    }
    guard section.flags & SectionFlags.linkOrder == 0 || Int(section.link) < sections.count else {
      throw ObjectError(.sectionLink, at: place + 40, section: index, value: UInt64(section.link))
    }
  }

  /// A string table begins with the empty name and ends with a NUL, so that every name in it is terminated.
  static func checkStringTable(_ file: ByteReader, _ table: SectionHeader, index: Int) throws(ObjectError) {
    guard let bytes = file.slice(table.offset, table.size), bytes.first == 0, bytes.last == 0 else {
      throw ObjectError(.stringTable, at: table.offset, section: index)
    }
  }
}
