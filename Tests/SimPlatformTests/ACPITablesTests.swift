import SimPlatform
import Testing

@Suite struct ACPITablesTests {
  private static let base: UInt64 = 0xe0000
  private static let image = ACPITables(
    slots: [.init(base: 0xfeb0_0000, size: 0x200, input: 5), .init(base: 0xfeb0_0200, size: 0x200, input: 6)],
    serialPort: 0x3f8, serialLine: 4, ioapicBase: 0xfec0_0000
  ).bytes(at: base)

  private func number(_ offset: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(Self.image[offset + $1]) << UInt64(8 * $1) }
  }

  private func text(_ offset: Int, _ count: Int) -> String {
    String(decoding: Self.image[offset..<offset + count], as: UTF8.self)
  }

  /// Where a table is in the image, checked.
  private func table(_ address: UInt64, _ signature: String) throws -> Int {
    let offset = Int(address - Self.base)
    #expect(text(offset, 4) == signature && offset % 16 == 0)
    let length = Int(number(offset + 4, 4))
    try #require(offset + length <= Self.image.count)
    #expect(Self.image[offset..<offset + length].reduce(0, &+) == 0, "the checksum of \(signature)")
    return offset
  }

  @Test func allTablesAreReachedFromTheRootPointer() throws {
    #expect(text(0, 8) == "RSD PTR " && Self.image[0..<20].reduce(0, &+) == 0 && Self.image[0..<36].reduce(0, &+) == 0)
    let root = try table(number(24, 8), "XSDT")
    #expect(number(root + 4, 4) == 36 + 16)
    let fixed = try table(number(root + 36, 8), "FACP")
    #expect(number(fixed + 4, 4) == 276 && number(fixed + 112, 4) >> 20 & 1 == 1, "hardware-reduced")
    _ = try table(number(fixed + 140, 8), "DSDT")
    let interrupts = try table(number(root + 44, 8), "APIC")
    #expect(number(interrupts + 36, 4) == 0xfee0_0000 && Self.image[interrupts + 44] == 0)
    #expect(Self.image[interrupts + 52] == 1 && number(interrupts + 56, 4) == 0xfec0_0000)
  }

  @Test func theDevicesAreWhereTheMachineHasThem() throws {
    let bytes = Self.image
    func contains(_ part: [UInt8]) -> Bool { bytes.indices.contains { bytes[$0...].starts(with: part) } }
    #expect(contains([0x0c, 0x41, 0xd0, 0x05, 0x01]), "PNP0501")
    #expect(contains([0x47, 1, 0xf8, 3, 0xf8, 3, 1, 8]), "eight ports from 0x3f8")
    #expect(contains(Array("LNRO0005".utf8)))
    #expect(contains([0x86, 9, 0, 1, 0, 2, 0xb0, 0xfe, 0, 2, 0, 0]), "the second slot's registers")
    #expect(contains([0x89, 6, 0, 1, 1, 6, 0, 0, 0]), "its level-triggered interrupt")
  }

  @Test func anyNumberOfSlotsHasAForm() {
    for count in [0, 1, 8, 40] {
      let slots = (0..<count).map { ACPITables.VirtioSlot(base: UInt64($0) << 12, size: 0x200, input: $0) }
      let tables = ACPITables(slots: slots, serialPort: 0x3f8, serialLine: 4, ioapicBase: 0xfec0_0000)
      #expect(tables.bytes(at: 0xe0000).count < 0x10000)
    }
  }
}
