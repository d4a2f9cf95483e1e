/// A disk for a PC's BIOS: a boot sector that loads what follows it to where it belongs and enters it in flat 32-bit
/// protected mode.
struct BootDisk {
  let bytes: [UInt8]
  let cylinders: Int

  private static let sectorBytes = 512
  private static let heads = 16
  private static let sectorsPerTrack = 63
  /// What one BIOS call reads, to the buffer at 0x20000.
  private static let chunkBytes = 0x8000
  /// The BIOS puts the first sector here; the parameters of its calls and the descriptors lie behind the code.
  private static let origin: UInt16 = 0x7c00
  private static let addressPacket = origin + 0x100
  private static let moveDescriptors = origin + 0x120
  private static let descriptors = origin + 0x150
  private static let descriptorPointer = origin + 0x170

  init(_ memory: [UInt8], base: UInt32) {
    let chunks = (memory.count + Self.chunkBytes - 1) / Self.chunkBytes
    let cylinderBytes = Self.heads * Self.sectorsPerTrack * Self.sectorBytes
    // Whole chunks are read.
    cylinders = (Self.sectorBytes + chunks * Self.chunkBytes) / cylinderBytes + 2
    var bytes = Self.bootSector(chunks: UInt16(truncatingIfNeeded: chunks), base: base) + memory
    bytes += [UInt8](repeating: 0, count: cylinders * cylinderBytes - bytes.count)
    self.bytes = bytes
  }

  private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  private static func bootSector(chunks: UInt16, base: UInt32) -> [UInt8] {
    var sector = code(chunks: chunks, base: base)
    func put(_ bytes: [UInt8], at address: UInt16) {
      let place = Int(address - origin)
      sector += [UInt8](repeating: 0, count: max(0, place + bytes.count - sector.count))
      sector.replaceSubrange(place..<place + bytes.count, with: bytes)
    }
    // INT 13h, AH = 42h: size, sectors, buffer 2000:0000, first sector.
    put(
      [16, 0] + little(UInt16(chunkBytes / sectorBytes)) + little(UInt32(0x2000_0000)) + little(UInt64(1)),
      at: addressPacket)
    // INT 15h, AH = 87h: from 0x20000 to `base`, as descriptors.
    put(little(UInt64(0x0000_9302_0000_ffff)) + moveTarget(base), at: moveDescriptors + 0x10)
    put([0, 0x00cf_9b00_0000_ffff, 0x00cf_9300_0000_ffff].flatMap { little(UInt64($0)) }, at: descriptors)
    put(little(UInt16(23)) + little(UInt32(descriptors)), at: descriptorPointer)
    put([0x55, 0xaa], at: origin + 510)
    return sector
  }

  private static func moveTarget(_ base: UInt32) -> [UInt8] {
    little(UInt64(0x0000_9300_0000_ffff) | UInt64(base & 0xff_ffff) << 16 | UInt64(base >> 24) << 56)
  }

  /// 16-bit code (SDM volume 2), to the far jump.
  private static func code(chunks: UInt16, base: UInt32) -> [UInt8] {
    var code: [UInt8] = [0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0xbc] + little(origin) + [0xfb]
    code += [0xe4, 0x92, 0x0c, 0x02, 0xe6, 0x92]  // A20 by port 0x92
    code += [0xb9] + little(chunks)
    let loop = code.count
    // JC to itself: wait for ever.
    code += [0x51, 0xb4, 0x42, 0xb2, 0x80, 0xbe] + little(addressPacket) + [0xcd, 0x13, 0x72, 0xfe]
    code += [0xb4, 0x87, 0xb9] + little(UInt16(chunkBytes / 2)) + [0xbe] + little(moveDescriptors) + [0xcd, 0x15]
    code += [0x66, 0x83, 0x06] + little(addressPacket + 8) + [UInt8(chunkBytes / sectorBytes)]
    code += [0x81, 0x06] + little(moveDescriptors + 0x1a) + little(UInt16(chunkBytes))
    code += [0x80, 0x16] + little(moveDescriptors + 0x1c) + [0x00, 0x59]  // ADC; POP CX
    code += [0xe2, UInt8(truncatingIfNeeded: loop - code.count - 2)]
    code += [0xfa, 0x0f, 0x01, 0x16] + little(descriptorPointer) + [0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0]
    let protected = UInt32(origin) + UInt32(code.count) + 8
    code += [0x66, 0xea] + little(protected) + little(UInt16(8))
    code += [0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0]  // DS, ES, SS
    return code + [0xb8] + little(base) + [0xff, 0xe0]
  }
}
