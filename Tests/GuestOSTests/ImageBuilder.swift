/// A small but complete executable: headers, one note, one code segment, two symbols. Offsets of fields are fixed, so
/// that tests can lie in one of them.
enum ImageBuilder {
  static let programHeaders = 64
  static let note = 64 + 2 * 56
  static let code = note + 24
  static let symbols = code + 64
  static let names = symbols + 3 * 24
  static let sections = names + 24
  static let size = sections + 3 * 64

  static let entry: UInt64 = 0x10_0010
  static let pvhEntry: UInt64 = 0x10_0000

  static func image() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    bytes.replaceSubrange(0..<8, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0])
    bytes.put(UInt16(2), at: 16)  // e_type
    bytes.put(UInt16(62), at: 18)  // e_machine
    bytes.put(UInt32(1), at: 20)  // e_version
    bytes.put(entry, at: 24)
    bytes.put(UInt64(programHeaders), at: 32)
    bytes.put(UInt64(sections), at: 40)
    bytes.put(UInt16(64), at: 52)
    bytes.put(UInt16(56), at: 54)
    bytes.put(UInt16(2), at: 56)
    bytes.put(UInt16(64), at: 58)
    bytes.put(UInt16(3), at: 60)

    // PT_NOTE and PT_LOAD: p_type, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz.
    bytes.putProgramHeader(at: 64, type: 4, offset: note, address: 0, fileSize: 24, memorySize: 24)
    bytes.putProgramHeader(at: 120, type: 1, offset: code, address: 0x10_0000, fileSize: 64, memorySize: 4096)

    bytes.put(UInt32(4), at: note)
    bytes.put(UInt32(8), at: note + 4)
    bytes.put(UInt32(18), at: note + 8)
    bytes.replaceSubrange(note + 12..<note + 16, with: [0x58, 0x65, 0x6e, 0])
    bytes.put(pvhEntry, at: note + 16)
    for index in 0..<64 { bytes[code + index] = UInt8(index) }

    bytes.putSymbol(at: symbols + 24, name: 1, info: 0x12, address: 0x10_0010, size: 0x20)
    bytes.putSymbol(at: symbols + 48, name: 6, info: 0x11, address: 0x10_0800, size: 8)
    bytes.replaceSubrange(names..<names + 12, with: Array("\0main\0count\0".utf8))

    // The null section, .symtab with its sh_link to .strtab, .strtab.
    bytes.putSection(at: sections + 64, type: 2, offset: symbols, size: 72, link: 2, entrySize: 24)
    bytes.putSection(at: sections + 128, type: 3, offset: names, size: 12, link: 0, entrySize: 0)
    return bytes
  }
}

extension [UInt8] {
  mutating func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
    for index in 0..<T.bitWidth / 8 { self[offset + index] = UInt8(truncatingIfNeeded: value >> T(8 * index)) }
  }

  mutating func putProgramHeader(
    at place: Int, type: UInt32, offset: Int, address: UInt64, fileSize: UInt64, memorySize: UInt64
  ) {
    put(type, at: place)
    put(UInt64(offset), at: place + 8)
    put(address, at: place + 16)
    put(address, at: place + 24)
    put(fileSize, at: place + 32)
    put(memorySize, at: place + 40)
  }

  mutating func putSymbol(at place: Int, name: UInt32, info: UInt8, address: UInt64, size: UInt64) {
    put(name, at: place)
    self[place + 4] = info
    put(UInt16(1), at: place + 6)
    put(address, at: place + 8)
    put(size, at: place + 16)
  }

  mutating func putSection(at place: Int, type: UInt32, offset: Int, size: UInt64, link: UInt32, entrySize: UInt64) {
    put(type, at: place + 4)
    put(UInt64(offset), at: place + 24)
    put(size, at: place + 32)
    put(link, at: place + 40)
    put(entrySize, at: place + 56)
  }
}
