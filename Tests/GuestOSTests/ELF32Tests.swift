import Testing

@testable import GuestOS

/// Images of 32-bit code, as multiboot kernels are.
@Suite struct ELF32Tests {
  private static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  /// A header, one segment with a multiboot header and a symbol table.
  private static func image(machine: UInt16 = 3, flags: UInt32 = 0x3, checksum: UInt32? = nil) -> [UInt8] {
    let code = 52 + 32
    let symbols = code + 64
    let names = symbols + 32
    let sections = names + 16
    var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    file += bytes(UInt16(2)) + bytes(machine) + bytes(UInt32(1)) + bytes(UInt32(0x40_0010)) + bytes(UInt32(52))
    file += bytes(UInt32(sections)) + bytes(UInt32(0))
    for value in [52, 32, 1, 40, 3, 0] as [UInt16] { file += bytes(value) }
    for value in [1, UInt32(code), 0x40_0000, 0x40_0000, 64, 4096, 7, 4096] { file += bytes(value) }
    file += bytes(UInt32(0x1bad_b002)) + bytes(flags) + bytes(checksum ?? (0 &- 0x1bad_b002 &- flags))
    file += [UInt8](repeating: 0x90, count: 52)
    file += [UInt8](repeating: 0, count: 16)
    file += bytes(UInt32(1)) + bytes(UInt32(0x40_0010)) + bytes(UInt32(8)) + [0x12, 0] + bytes(UInt16(1))
    file += Array("\0start\0".utf8) + [UInt8](repeating: 0, count: 9)
    file += [UInt8](repeating: 0, count: 40)
    for value in [0, 2, 0, 0, UInt32(symbols), 32, 2, 1, 4, 16] { file += bytes(value) }
    for value in [0, 3, 0, 0, UInt32(names), 16, 0, 0, 1, 0] { file += bytes(value) }
    return file
  }

  @Test func itsTablesAreRead() throws {
    let image = try GuestImage(Self.image())
    #expect(image.is32Bit && image.entry == 0x40_0010 && image.multibootFlags == 3 && image.pvhEntry == nil)
    #expect(image.segments.count == 1 && image.segments[0].physicalAddress == 0x40_0000)
    #expect(image.segments[0].memorySize == 4096 && image.segments[0].bytes.count == 64)
    #expect(image.symbols == [.init(name: "start", address: 0x40_0010, size: 8)])
  }

  @Test func aHeaderThatDoesNotAddUpIsNone() throws {
    #expect(try GuestImage(Self.image(checksum: 1)).multibootFlags == nil)
  }

  @Test func theMachineMustFitTheClass() {
    #expect(throws: ImageError.self) { try GuestImage(Self.image(machine: 62)) }
    var unknown = Self.image()
    unknown[4] = 3
    #expect(throws: ImageError(problem: "the file is neither a 32-bit nor a 64-bit ELF file (EI_CLASS)", offset: 4)) {
      try GuestImage(unknown)
    }
  }

  /// Each byte of the file wrong, and each end of it missing: an image or an error, never a trap.
  @Test func damagedFilesAreReadOrRefused() {
    let good = Self.image()
    for offset in good.indices {
      for value in [0, 1, 0x7f, 0xff] as [UInt8] {
        var bad = good
        bad[offset] = value
        _ = try? GuestImage(bad)
      }
      _ = try? GuestImage(Array(good.prefix(offset)))
    }
  }
}
