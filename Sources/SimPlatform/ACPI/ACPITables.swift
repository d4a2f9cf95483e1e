/// The tables of ACPI that tell a kernel what a `microvm` has (ACPI Specification 6.4, chapter 5): no interrupts and
/// timers of ACPI's own ("hardware-reduced"), the APICs, and the devices that no bus could announce.
public struct ACPITables: Sendable {
  /// A virtio-mmio slot.
  public struct VirtioSlot: Sendable {
    public var base: UInt64
    public var size: UInt64
    /// The input of the I/O APIC.
    public var input: Int

    public init(base: UInt64, size: UInt64, input: Int) {
      (self.base, self.size, self.input) = (base, size, input)
    }
  }

  public var slots: [VirtioSlot]
  /// COM1: its first port and its line.
  public var serialPort: UInt16
  public var serialLine: Int
  public var ioapicBase: UInt64

  public init(slots: [VirtioSlot], serialPort: UInt16, serialLine: Int, ioapicBase: UInt64) {
    self.slots = slots
    self.serialPort = serialPort
    self.serialLine = serialLine
    self.ioapicBase = ioapicBase
  }

  /// The bytes of all tables for the physical address `base`, the root pointer (RSDP) at their beginning.
  public func bytes(at base: UInt64) -> [UInt8] {
    var image = [UInt8](repeating: 0, count: Self.pointerSize)
    func place(_ table: [UInt8]) -> UInt64 {
      let address = base + UInt64(image.count)
      image += table + [UInt8](repeating: 0, count: -table.count & 15)
      return address
    }
    let description = place(table("DSDT", revision: 2, systemDescription))
    let fixed = place(table("FACP", revision: 6, fixedDescription(systemDescription: description)))
    let interrupts = place(table("APIC", revision: 5, interruptControllers))
    let root = place(table("XSDT", revision: 1, [fixed, interrupts].flatMap(littleEndian)))
    image.replaceSubrange(0..<Self.pointerSize, with: rootPointer(to: root))
    return image
  }

  // MARK: Forms

  /// Its size, with padding up to the first table.
  private static let pointerSize = 48
  private static let creator = Array("UIOSIM".utf8)

  private func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  /// The byte that makes the sum of all bytes 0.
  private func checksum(_ bytes: [UInt8]) -> UInt8 { 0 &- bytes.reduce(0, &+) }

  /// RSDP, revision 2 (5.2.5.3).
  private func rootPointer(to root: UInt64) -> [UInt8] {
    var bytes = Array("RSD PTR ".utf8) + [0] + Self.creator + [2] + littleEndian(UInt32(0))
    bytes += littleEndian(UInt32(36)) + littleEndian(root) + [0, 0, 0, 0]
    bytes[8] = checksum(Array(bytes.prefix(20)))
    bytes[32] = checksum(bytes)
    return bytes + [UInt8](repeating: 0, count: Self.pointerSize - bytes.count)
  }

  /// A table with its header (5.2.6).
  private func table(_ signature: String, revision: UInt8, _ body: [UInt8]) -> [UInt8] {
    var bytes = Array(signature.utf8) + littleEndian(UInt32(36 + body.count)) + [revision, 0] + Self.creator
    bytes += Array("MICROVM ".utf8) + littleEndian(UInt32(1)) + Array("UIO ".utf8) + littleEndian(UInt32(1)) + body
    bytes[9] = checksum(bytes)
    return bytes
  }

  // MARK: Tables

  private enum Fixed {
    static let size = 276 - 36
    static let bootFlags = 109 - 36
    static let flags = 112 - 36
    static let minorVersion = 131 - 36
    static let systemDescription = 140 - 36
    /// IAPC_BOOT_ARCH: no VGA; there is a CMOS clock.
    static let noVGA: UInt16 = 1 << 2
    static let legacyDevices: UInt16 = 1 << 0
    /// HW_REDUCED_ACPI.
    static let hardwareReduced: UInt32 = 1 << 20
    /// WBINVD works; no power and no sleep button of the fixed kind.
    static let works: UInt32 = 1 << 0 | 1 << 4 | 1 << 5
  }

  /// FADT (5.2.9).
  private func fixedDescription(systemDescription: UInt64) -> [UInt8] {
    var body = [UInt8](repeating: 0, count: Fixed.size)
    func put(_ bytes: [UInt8], at offset: Int) { body.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
    put(littleEndian(Fixed.noVGA | Fixed.legacyDevices), at: Fixed.bootFlags)
    put(littleEndian(Fixed.hardwareReduced | Fixed.works), at: Fixed.flags)
    body[Fixed.minorVersion] = 4
    put(littleEndian(systemDescription), at: Fixed.systemDescription)
    return body
  }

  /// MADT (5.2.12): one local APIC, one I/O APIC, and the system timer at its input 2.
  private var interruptControllers: [UInt8] {
    let pcCompatible: UInt32 = 1  // there are two 8259s
    var body = littleEndian(UInt32(LocalAPIC.defaultAddress)) + littleEndian(pcCompatible)
    body += [0, 8, 0, 0] + littleEndian(UInt32(1))
    body += [1, 12, 0, 0] + littleEndian(UInt32(truncatingIfNeeded: ioapicBase)) + littleEndian(UInt32(0))
    body += [2, 10, 0, 0] + littleEndian(UInt32(2)) + littleEndian(UInt16(0))
    return body
  }

  /// DSDT: the devices below the system bus.
  private var systemDescription: [UInt8] {
    let serial = AML.device(
      "COM1",
      [
        AML.name("_HID", AML.eisaID("PNP0501")), AML.name("_UID", AML.integer(1)),
        AML.name(
          "_CRS",
          AML.resources([
            AML.ports(serialPort, count: 8), AML.interrupt(UInt32(serialLine), isLevel: false),
          ])),
      ])
    let clock = AML.device(
      "RTC0", [AML.name("_HID", AML.eisaID("PNP0B00")), AML.name("_CRS", AML.resources([AML.ports(0x70, count: 2)]))])
    let virtio = slots.enumerated().map { index, slot in
      AML.device(
        "VR\(index < 10 ? "0" : "")\(index)",
        [
          AML.name("_HID", AML.string("LNRO0005")), AML.name("_UID", AML.integer(UInt8(truncatingIfNeeded: index))),
          AML.name("_CCA", AML.integer(1)),
          AML.name(
            "_CRS",
            AML.resources([
              AML.memory(UInt32(truncatingIfNeeded: slot.base), count: UInt32(truncatingIfNeeded: slot.size)),
              AML.interrupt(UInt32(slot.input), isLevel: true),
            ])),
        ])
    }
    return AML.scope("\\_SB_", [serial, clock] + virtio)
  }
}
