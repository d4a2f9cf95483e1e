/// Sections by name (gABI, "Sections").
extension GuestImage {
  /// Whether the file has a section of this name. A table that contradicts itself has none.
  public func hasSection(named name: String) -> Bool { section(named: name) != nil }

  /// What the file holds of a section; nil if there is none of this name, or if the tables contradict themselves.
  public func section(named name: String) -> ArraySlice<UInt8>? {
    let reader = ImageReader(bytes: bytes, layout: layout)
    let (header, section) = (layout.header, layout.section)
    do throws(ImageError) {
      let table = try reader.word(header.sections, "e_shoff")
      let count = try reader.number(header.sectionCount, "e_shnum", as: UInt16.self)
      let index = try reader.number(header.sectionNames, "e_shstrndx", as: UInt16.self)
      guard try Int(reader.number(header.sectionSize, "e_shentsize", as: UInt16.self)) == section.size, index < count
      else { return nil }
      let headers = try reader.range(
        table, UInt64(count) * UInt64(section.size), "the section header table", at: header.sections)
      let strings = headers.lowerBound + Int(index) * section.size
      let names = try reader.range(
        reader.word(strings + section.offset, "sh_offset"), reader.word(strings + section.byteCount, "sh_size"),
        "the section names", at: strings + 24)
      for header in stride(from: headers.lowerBound, to: headers.upperBound, by: section.size) {
        let offset = try reader.number(header, "sh_name", as: UInt32.self)
        guard reader.string(UInt64(offset), in: names, max: Self.nameBytesMax) == name else { continue }
        // SHT_NOBITS takes no room in the file.
        if try reader.number(header + 4, "sh_type", as: UInt32.self) == 8 { return [] }
        let range = try reader.range(
          reader.word(header + section.offset, "sh_offset"), reader.word(header + section.byteCount, "sh_size"),
          "the section \(name)", at: header + section.offset)
        return reader.bytes[range]
      }
      return nil
    } catch {
      return nil
    }
  }
}
