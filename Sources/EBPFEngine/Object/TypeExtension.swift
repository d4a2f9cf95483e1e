import ELFFiles

/// The records of `.BTF.ext` (the kernel's Documentation/bpf/btf.rst): for instructions of each section, where they come
/// from in the source, and which of them have to be changed for the types of the target.
struct TypeExtension {
  /// One record: the section's name as an offset in the strings of `.BTF`, and where its fields are.
  struct Record {
    var section: UInt32
    var offset: Int
  }

  let reader: ByteReader
  /// Bytes before the data.
  private let headerSize: Int

  init(_ contents: ArraySlice<UInt8>) throws(ObjectError) {
    reader = ByteReader(contents)
    guard reader.u16(0) == 0xeb9f, reader.u8(2) == 1, let headerSize = reader.u32(4), Int(headerSize) <= reader.count
    else {
      throw ObjectError(.badTypeInformation)
    }
    self.headerSize = Int(headerSize)
  }

  /// Records of source lines: offset of the instruction in bytes, file, line's text, line << 10 | column.
  func lines() throws(ObjectError) -> [Record] { try records(16, smallest: 16) }

  /// Records of relocations: offset of the instruction in bytes, type, access, kind.
  func relocations() throws(ObjectError) -> [Record] { headerSize >= 32 ? try records(24, smallest: 16) : [] }

  /// The table whose place and length are in the header at `field`: the size of a record, then for each section its
  /// name, the number of its records, and these.
  private func records(_ field: Int, smallest: UInt32) throws(ObjectError) -> [Record] {
    let malformed = ObjectError(.badTypeInformation)
    guard let offset = reader.u32(field), let length = reader.u32(field + 4),
      reader.slice(UInt64(headerSize) + UInt64(offset), UInt64(length)) != nil
    else { throw malformed }
    guard length > 0 else { return [] }
    var place = headerSize + Int(offset)
    let end = place + Int(length)
    guard let size = reader.u32(place), size >= smallest, size <= 1024 else { throw malformed }
    place += 4
    var records: [Record] = []
    while place < end {
      guard let section = reader.u32(place), let count = reader.u32(place + 4), count > 0,
        UInt64(count) * UInt64(size) <= UInt64(max(end - place - 8, 0))
      else { throw malformed }
      place += 8
      for _ in 0..<count {
        records.append(Record(section: section, offset: place))
        place += Int(size)
      }
    }
    return records
  }
}
