/// Where the guest that runs the trials has its things. Physical addresses are virtual ones, but for the test pages.
///
///     PML4[0] -> PDPT[0] -> the first 32 MiB in pages of 2 MiB, supervisor's: code, tables, records, results
///                PDPT[1] -> 0x40000000: test pages of 4 KiB; 0x40200000: the programs again, the user's
///                PDPT[3] -> 0xfee00000: the local APIC
enum KeyMatrixLayout {
  static let base: UInt64 = 0x10_0000
  static let code = base
  static let programs = base + 0x4000
  static let programBytesMax = 0x4000
  static let gdt = base + 0x8000
  static let tss = base + 0x8100
  static let entries = base + 0x8200
  static let idt = base + 0x9000
  static let pml4 = base + 0xa000
  static let pdpt = base + 0xb000
  static let lowDirectory = base + 0xc000
  static let testDirectory = base + 0xd000
  static let apicDirectory = base + 0xe000
  static let testTable = base + 0xf000
  static let userTable = base + 0x1_0000
  /// What the test pages of accesses, and the page of stacks, are in RAM.
  static let testFrame = base + 0x1_1000
  static let stackFrame = base + 0x1_2000
  /// The ends of stacks that nothing is wrong with: the program's, and those of IST 1 and 2.
  static let stack = base + 0x1_4000
  static let faultStack = base + 0x1_5000
  static let doubleFaultStack = base + 0x1_6000
  static let records = base + 0x1_6000

  static let testPages: UInt64 = 0x4000_0000
  static let stackPage: UInt64 = testPages + 100 << 12
  /// Handler stacks on the page in question begin here; the first push reaches eight bytes below.
  static let stackPageTop: UInt64 = stackPage + 0xff0
  /// Nothing is mapped there.
  static let absentPage: UInt64 = testPages + 200 << 12
  static let userAlias: UInt64 = 0x4020_0000
  static let apic: UInt64 = 0xfee0_0000
  static let stackEntry = testTable + 100 * 8

  static let kernelCode: UInt16 = 0x08
  static let kernelData: UInt16 = 0x10
  static let userData: UInt16 = 0x1b
  static let userCode: UInt16 = 0x23
  static let taskState: UInt16 = 0x28

  /// Comes out of the port before the results: some platforms write other things there too.
  static let marker = Array("key trials:\n".utf8)
  /// What a platform without such a port ignores, and Bochs and QEMU's debug console hand on.
  static let resultPort: UInt16 = 0xe9
  static let exitPort: UInt16 = 0xf4
}
