/// The ELF header (gABI, chapter 4, "ELF Header"), checked field by field.
struct FileHeader {
  static let size: UInt64 = 64

  /// e_entry, which says something only in comparison with the symbols.
  let entry: UInt64
  let sectionTable: UInt64
  let sectionCount: Int
  let sectionNames: Int

  init(_ file: ByteTable, limits: ObjectLimits) throws(ObjectError) {
    guard file.bytes.count <= limits.fileSizeMax else {
      throw ObjectError(.fileTooLarge, value: file.count, limit: UInt64(limits.fileSizeMax))
    }
    let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]
    guard file.bytes.starts(with: magic) || magic.starts(with: file.bytes) else { throw ObjectError(.notELF) }
    guard file.count >= Self.size else { throw ObjectError(.truncatedHeader, at: file.count) }

    try Self.expect(UInt64(file.u8(4)), at: 4, [2], else: .wrongClass)
    try Self.expect(UInt64(file.u8(5)), at: 5, [1], else: .wrongByteOrder)
    try Self.expect(UInt64(file.u8(6)), at: 6, [1], else: .wrongVersion)
    try Self.expect(UInt64(file.u8(7)), at: 7, [0, 3], else: .wrongABI)
    try Self.expect(UInt64(file.u8(8)), at: 8, [0], else: .wrongABI)
    try Self.expect(UInt64(file.u16(16)), at: 16, [1], else: .notRelocatable)
    try Self.expect(UInt64(file.u16(18)), at: 18, [62], else: .wrongMachine)
    try Self.expect(UInt64(file.u32(20)), at: 20, [1], else: .wrongVersion)
    try Self.expect(file.u64(32), at: 32, [0], else: .wrongHeaderField)  // e_phoff
    try Self.expect(UInt64(file.u32(48)), at: 48, [0], else: .wrongHeaderField)  // e_flags
    try Self.expect(UInt64(file.u16(52)), at: 52, [Self.size], else: .wrongHeaderField)  // e_ehsize
    try Self.expect(UInt64(file.u16(54)), at: 54, [0, 56], else: .wrongHeaderField)  // e_phentsize
    try Self.expect(UInt64(file.u16(56)), at: 56, [0], else: .wrongHeaderField)  // e_phnum
    try Self.expect(UInt64(file.u16(58)), at: 58, [SectionHeader.size], else: .wrongHeaderField)  // e_shentsize

    entry = file.u64(24)
    sectionTable = file.u64(40)
    sectionCount = Int(file.u16(60))
    sectionNames = Int(file.u16(62))
    guard sectionTable != 0, sectionCount != 0 else { throw ObjectError(.noSections, at: 60) }
    guard sectionCount <= limits.sectionsMax, sectionCount < SectionIndex.reserved else {
      throw ObjectError(
        .tooManySections, at: 60, value: UInt64(sectionCount),
        limit: UInt64(min(limits.sectionsMax, SectionIndex.reserved - 1)))
    }
    guard sectionTable % 8 == 0 else { throw ObjectError(.sectionTableMisaligned, at: 40) }
    guard file.contains(offset: sectionTable, size: UInt64(sectionCount) * SectionHeader.size) else {
      throw ObjectError(.sectionTableOutsideFile, at: 40)
    }
    guard sectionNames != 0, sectionNames < sectionCount else { throw ObjectError(.sectionNamesMissing, at: 62) }
  }

  private static func expect(
    _ value: UInt64, at offset: UInt64, _ allowed: [UInt64], else kind: ObjectError.Kind
  ) throws(ObjectError) {
    guard allowed.contains(value) else { throw ObjectError(kind, at: offset, value: value) }
  }
}
