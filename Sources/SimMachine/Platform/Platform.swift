/// Where things are on a `microvm`, as QEMU has it.
public enum Platform {
  public static let virtioBase: UInt64 = 0xfeb0_0000
  public static let virtioSpacing: UInt64 = 0x200
  public static let virtioFirstInput = 5
  public static let virtioSlotMax = 8
  public static let ioapicBase: UInt64 = 0xfec0_0000
  public static let localAPICBase: UInt64 = 0xfee0_0000
  public static let serialPort: UInt16 = 0x3f8
  public static let serialInput = 4
  public static let debugExitPort: UInt16 = 0xf4
  public static let tracePort: UInt16 = 0x5e0
}
