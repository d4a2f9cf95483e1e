import ELFFiles

/// Why a file is not a guest image: what is wrong, and where in the file.
public struct ImageError: Error, Equatable, CustomStringConvertible {
  public var problem: String
  /// The offset in the file, in bytes.
  public var offset: Int

  public var description: String { "\(problem) (at offset 0x\(String(offset, radix: 16)))" }
}

/// Little-endian numbers of a file whose every field may lie.
struct ImageReader {
  let bytes: [UInt8]
  var fileClass = ELFClass.elf64

  private var reader: ByteReader { ByteReader(bytes) }

  /// An address, an offset or a size, of the file's class.
  func word(_ offset: Int, _ name: String) throws(ImageError) -> UInt64 {
    guard let value = fileClass.word(reader, offset) else { throw end(before: name, at: offset) }
    return value
  }

  func number<T: FixedWidthInteger & UnsignedInteger>(_ offset: Int, _ name: String, as type: T.Type) throws(ImageError)
    -> T
  {
    guard let value = reader.number(offset, as: T.self) else { throw end(before: name, at: offset) }
    return value
  }

  private func end(before name: String, at offset: Int) -> ImageError {
    ImageError(problem: "the file ends before \(name)", offset: max(0, offset))
  }

  /// The header of a section.
  func section(at place: Int) throws(ImageError) -> SectionHeader {
    guard let header = SectionHeader(reader, at: place, fileClass) else { throw end(before: "sh_entsize", at: place) }
    return header
  }

  func programHeader(at place: Int) throws(ImageError) -> ProgramHeader {
    guard let header = ProgramHeader(reader, at: place, fileClass) else { throw end(before: "p_align", at: place) }
    return header
  }

  func symbol(at place: Int) throws(ImageError) -> SymbolEntry {
    guard let entry = SymbolEntry(reader, at: place, fileClass) else { throw end(before: "st_size", at: place) }
    return entry
  }

  /// The range of a table or a segment in the file.
  func range(_ start: UInt64, _ count: UInt64, _ name: String, at offset: Int) throws(ImageError) -> Range<Int> {
    let (end, overflows) = start.addingReportingOverflow(count)
    guard !overflows, end <= UInt64(bytes.count) else {
      throw ImageError(
        problem:
          "\(name) reaches from 0x\(String(start, radix: 16)) over 0x\(String(count, radix: 16)) bytes, beyond the file's end",
        offset: offset)
    }
    return Int(start)..<Int(end)
  }

  /// What a section holds in the file.
  func range(of header: SectionHeader, at place: Int, _ name: String) throws(ImageError) -> Range<Int> {
    try range(header.offset, header.size, name, at: place + fileClass.section.offset)
  }

  /// The string at `offset` within `table`, up to its NUL or `max` bytes; nil if the table ends first.
  func string(_ offset: UInt64, in table: Range<Int>, max: Int) -> String? {
    ByteReader(bytes[table]).string(offset, lengthMax: max).map { String(decoding: $0.prefix(max), as: UTF8.self) }
  }
}

extension ImageReader {
  /// The header that multiboot loaders look for: 12 bytes on a multiple of 4 in the first 8 KiB, whose three numbers
  /// add up to 0 (Multiboot Specification 0.6.96, 3.1).
  func multibootFlags() throws(ImageError) -> UInt32? {
    for offset in stride(from: 0, to: min(bytes.count, 8192) - 11, by: 4) {
      guard try number(offset, "magic", as: UInt32.self) == 0x1bad_b002 else { continue }
      let flags = try number(offset + 4, "flags", as: UInt32.self)
      if try flags &+ number(offset + 8, "checksum", as: UInt32.self) &+ 0x1bad_b002 == 0 { return flags }
    }
    return nil
  }
}
