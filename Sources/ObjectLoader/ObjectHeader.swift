import ELFFiles

/// What the ELF header of an object says, checked field by field.
struct ObjectHeader {
  /// e_entry, which says something only in comparison with the symbols.
  let entry: UInt64
  let sections: SectionTable

  private typealias Places = FileHeader.Places

  init(_ file: ByteReader, limits: ObjectLimits) throws(ObjectError) {
    guard file.count <= limits.fileSizeMax else {
      throw ObjectError(.fileTooLarge, value: UInt64(file.count), limit: UInt64(limits.fileSizeMax))
    }
    let magic = FileHeader.magic
    guard file.bytes.starts(with: magic) || magic.starts(with: file.bytes) else { throw ObjectError(.notELF) }
    let places = ELFClass.elf64.header
    guard file.count >= places.end, let entry = file.u64(Places.entry), let table = SectionTable(file) else {
      throw ObjectError(.truncatedHeader, at: UInt64(file.count))
    }

    try Self.expect(file.u8(Places.fileClass), at: Places.fileClass, [2], else: .wrongClass)
    try Self.expect(file.u8(Places.byteOrder), at: Places.byteOrder, [1], else: .wrongByteOrder)
    try Self.expect(file.u8(Places.identVersion), at: Places.identVersion, [1], else: .wrongVersion)
    try Self.expect(file.u8(Places.abi), at: Places.abi, [0, 3], else: .wrongABI)
    try Self.expect(file.u8(Places.abiVersion), at: Places.abiVersion, [0], else: .wrongABI)
    try Self.expect(file.u16(Places.type), at: Places.type, [FileHeader.relocatable], else: .notRelocatable)
    try Self.expect(file.u16(Places.machine), at: Places.machine, [FileHeader.amd64], else: .wrongMachine)
    try Self.expect(file.u32(Places.version), at: Places.version, [1], else: .wrongVersion)
    try Self.expect(file.u64(places.programHeaders), at: places.programHeaders, [0], else: .wrongHeaderField)
    try Self.expect(file.u32(places.flags), at: places.flags, [0], else: .wrongHeaderField)
    try Self.expect(file.u16(places.headerSize), at: places.headerSize, [64], else: .wrongHeaderField)
    try Self.expect(file.u16(places.programHeaderSize), at: places.programHeaderSize, [0, 56], else: .wrongHeaderField)
    try Self.expect(file.u16(places.programHeaderCount), at: places.programHeaderCount, [0], else: .wrongHeaderField)
    try Self.expect(file.u16(places.sectionSize), at: places.sectionSize, [64], else: .wrongHeaderField)

    self.entry = entry
    sections = table
    let countPlace = UInt64(places.sectionCount)
    guard table.offset != 0, table.count != 0 else { throw ObjectError(.noSections, at: countPlace) }
    guard table.count <= limits.sectionsMax, table.count < SectionIndex.reserved else {
      throw ObjectError(
        .tooManySections, at: countPlace, value: UInt64(table.count),
        limit: UInt64(min(limits.sectionsMax, SectionIndex.reserved - 1)))
    }
    guard table.offset % 8 == 0 else { throw ObjectError(.sectionTableMisaligned, at: UInt64(places.sections)) }
    guard table.isWithin(file) else { throw ObjectError(.sectionTableOutsideFile, at: UInt64(places.sections)) }
    guard table.names != 0, table.names < table.count else {
      throw ObjectError(.sectionNamesMissing, at: UInt64(places.sectionNames))
    }
  }

  private static func expect<T: FixedWidthInteger & UnsignedInteger>(
    _ value: T?, at place: Int, _ allowed: [T], else kind: ObjectError.Kind
  ) throws(ObjectError) {
    guard let value else { throw ObjectError(.truncatedHeader, at: UInt64(place)) }
    guard allowed.contains(value) else { throw ObjectError(kind, at: UInt64(place), value: UInt64(value)) }
  }
}
