/// Sections by name (gABI, "Sections").
extension GuestImage {
  /// Whether the file has a section of this name. A table that contradicts itself has none.
  public func hasSection(named name: String) -> Bool {
    let reader = ImageReader(bytes: bytes)
    do throws(ImageError) {
      let table = try reader.number(40, "e_shoff", as: UInt64.self)
      let count = try reader.number(60, "e_shnum", as: UInt16.self)
      let index = try reader.number(62, "e_shstrndx", as: UInt16.self)
      guard try reader.number(58, "e_shentsize", as: UInt16.self) == 64, index < count else { return false }
      let headers = try reader.range(table, UInt64(count) * 64, "the section header table", at: 40)
      let strings = headers.lowerBound + Int(index) * 64
      let names = try reader.range(
        reader.number(strings + 24, "sh_offset", as: UInt64.self),
        reader.number(strings + 32, "sh_size", as: UInt64.self), "the section names", at: strings + 24)
      for header in stride(from: headers.lowerBound, to: headers.upperBound, by: 64) {
        let offset = try reader.number(header, "sh_name", as: UInt32.self)
        if reader.string(UInt64(offset), in: names, max: Self.nameBytesMax) == name { return true }
      }
      return false
    } catch {
      return false
    }
  }
}
