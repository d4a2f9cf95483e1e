/// Where the headers of sections are, and which section has their names, as the file's header says it.
public struct SectionTable: Sendable {
  /// In bytes from the start of the file.
  public let offset: UInt64
  public let count: Int
  /// The section with the names; SHN_UNDEF if there is none.
  public let names: Int
  /// What the file says to be the size of a header.
  public let headerSize: UInt16
  let fileClass: ELFClass

  /// - Returns: nil if the file ends before that.
  public init?(_ file: ByteReader, _ fileClass: ELFClass = .elf64) {
    let places = fileClass.header
    guard let offset = fileClass.word(file, places.sections), let headerSize = file.u16(places.sectionSize),
      let count = file.u16(places.sectionCount), let names = file.u16(places.sectionNames)
    else { return nil }
    (self.offset, self.headerSize, self.fileClass) = (offset, headerSize, fileClass)
    (self.count, self.names) = (Int(count), Int(names))
  }

  /// The headers are as large as the class has them, and all of them lie in the file.
  public func isWithin(_ file: ByteReader) -> Bool {
    Int(headerSize) == SectionHeader.size(fileClass)
      && file.contains(offset, UInt64(count) * UInt64(SectionHeader.size(fileClass)))
  }

  /// Where a section's header is, in bytes from the start of the file.
  public func place(_ index: Int) -> UInt64 { offset &+ UInt64(index) &* UInt64(SectionHeader.size(fileClass)) }

  /// - Returns: nil for a section that there is none of, or if the file ends before its header does.
  public func header(_ index: Int, in file: ByteReader) -> SectionHeader? {
    guard index >= 0, index < count, let place = Int(exactly: place(index)) else { return nil }
    return SectionHeader(file, at: place, fileClass)
  }
}
