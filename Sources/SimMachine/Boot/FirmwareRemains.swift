import SimMemory
import SimPlatform

/// What a PC's firmware leaves to a multiboot kernel that goes back to real mode: handlers for every interrupt, and the
/// system timer at 18.2 Hz. Kernels of the other protocols never see firmware.
enum FirmwareRemains {
  private enum Place {
    /// F000:0000, where a PC's BIOS is.
    static let code: UInt64 = 0xf0000
    static let segment: UInt32 = 0xf000
    static let ignore: UInt32 = 0
    static let endOfInterrupt: UInt32 = 0x10
  }

  /// IRET.
  private static let ignore: [UInt8] = [0xcf]
  /// PUSH AX; MOV AL, 20H; OUT 20H, AL; POP AX; IRET.
  private static let endOfInterrupt: [UInt8] = [0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf]

  /// The interrupt vector table at address 0 and the code that it points at.
  static func writeHandlers(to memory: GuestMemory) {
    _ = memory.write(ignore, at: Place.code + UInt64(Place.ignore))
    _ = memory.write(endOfInterrupt, at: Place.code + UInt64(Place.endOfInterrupt))
    for vector in 0..<256 as Range<UInt64> {
      // The vectors of the first 8259.
      let handler = (8..<16).contains(vector) ? Place.endOfInterrupt : Place.ignore
      _ = memory.write32(Place.segment << 16 | handler, at: vector * 4)
    }
  }

  /// Channel 0 in mode 3 with the longest period, and its line the only one that is not masked.
  static func start(_ pit: inout PIT8254, _ pics: inout PICPair) {
    for (offset, value) in [(3, 0x36), (0, 0), (0, 0)] as [(UInt16, UInt8)] { pit.write(offset, value, at: 0) }
    pics.write(0x21, 0xfe)
  }
}
