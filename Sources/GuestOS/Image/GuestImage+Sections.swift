import ELFFiles

/// Sections by name (gABI, "Sections").
extension GuestImage {
  /// Whether the file has a section of this name. A table that contradicts itself has none.
  public func hasSection(named name: String) -> Bool { section(named: name) != nil }

  /// What the file holds of a section; nil if there is none of this name, or if the tables contradict themselves.
  public func section(named name: String) -> ArraySlice<UInt8>? {
    let reader = ImageReader(bytes: bytes, fileClass: fileClass)
    do throws(ImageError) {
      guard let table = SectionTable(ByteReader(bytes), fileClass), table.isWithin(ByteReader(bytes)),
        table.names < table.count
      else { return nil }
      let strings = Int(table.place(table.names))
      let names = try reader.range(of: reader.section(at: strings), at: strings, "the section names")
      for index in 0..<table.count {
        let place = Int(table.place(index))
        let header = try reader.section(at: place)
        guard reader.string(UInt64(header.nameOffset), in: names, max: Self.nameBytesMax) == name else { continue }
        return header.hasContent ? reader.bytes[try reader.range(of: header, at: place, "the section \(name)")] : []
      }
      return nil
    } catch {
      return nil
    }
  }
}
