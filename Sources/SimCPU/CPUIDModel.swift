/// What CPUID answers (SDM volume 2A, CPUID): only features that work are announced.
public struct CPUIDModel: Sendable {
  /// The frequency of the TSC and of the crystal, in Hz.
  public var clockHz: UInt64

  public var hasProtectionKeys: Bool
  /// Keys of supervisor pages, with IA32_PKRS (PKS).
  public var hasSupervisorKeys: Bool

  public let vendor: CPUVendor
  /// Leaf 0. Software asks for it in loops.
  private let identification: Leaf

  public init(
    clockHz: UInt64, hasProtectionKeys: Bool = true, hasSupervisorKeys: Bool = false, vendor: CPUVendor = .uio
  ) {
    self.clockHz = clockHz
    self.vendor = vendor
    identification = Self.text(vendor.identification, max: 0x15)
    self.hasProtectionKeys = hasProtectionKeys
    self.hasSupervisorKeys = hasSupervisorKeys
  }

  public struct Leaf: Equatable, Sendable {
    public var eax: UInt32 = 0
    public var ebx: UInt32 = 0
    public var ecx: UInt32 = 0
    public var edx: UInt32 = 0
  }

  /// The width of physical addresses (MAXPHYADDR).
  public static let physicalAddressBits = 40

  /// Where XSAVE puts PKRU, in bytes from the start of its area. Engines must put it there.
  public static let pkruOffset: UInt32 = 2688

  /// The state components that XCR0 may enable: x87, SSE, and PKRU where there are keys (SDM volume 1, 13.1).
  public var stateComponents: UInt64 { hasProtectionKeys ? 0x203 : 0x003 }

  /// Leaves beyond the highest one answer zeros.
  /// OSXSAVE and OSPKE follow CR4; the size of an XSAVE area follows XCR0.
  ///
  /// - Parameter hasLocalAPIC: IA32_APIC_BASE.EN (SDM volume 3, 11.4.3).
  public func leaf(_ leaf: UInt32, _ subleaf: UInt32, cr4: UInt64, xcr0: UInt64 = 1, hasLocalAPIC: Bool = true) -> Leaf
  {
    switch leaf {
    case 0: identification
    case 1:
      // CLFLUSH line of 64 bytes, APIC ID 0.
      Leaf(
        eax: vendor.signature, ebx: 8 << 8 | 1 << 16,
        ecx: Self.bits(0, 9, 13, 19, 20, 21, 22, 23, 24, 26, 30, 31) | UInt32(cr4 >> 18 & 1) << 27,
        edx: hasLocalAPIC ? Self.features : Self.features & ~Self.bits(9))
    case 7 where subleaf == 0:
      Leaf(
        // FCS and FDS read as 0 (13).
        eax: 0, ebx: Self.bits(0, 1, 3, 7, 8, 9, 13, 18, 19, 20, 23, 24),
        ecx: Self.bits(2) | (hasProtectionKeys ? Self.bits(3) | UInt32(cr4 >> 22 & 1) << 4 : 0)
          | (hasSupervisorKeys ? Self.bits(31) : 0))
    case 0xa where hasPerformanceMonitor: Self.performanceMonitor
    case 0xd: stateLeaf(subleaf, xcr0: xcr0)
    case 0x15: Leaf(eax: 1, ebx: 1, ecx: UInt32(clamping: clockHz))
    case 0x4000_0000: Self.hypervisor
    case 0x4000_0010: Leaf(eax: UInt32(clamping: clockHz / 1000), ebx: UInt32(clamping: clockHz / 1000))
    case 0x8000_0000: Leaf(eax: 0x8000_0008)
    case 0x8000_0001: Leaf(ecx: Self.bits(0, 5), edx: Self.bits(11, 20, 26, 27, 29))
    case 0x8000_0007: Leaf(edx: Self.bits(8))  // invariant TSC
    case 0x8000_0008: Leaf(eax: UInt32(Self.physicalAddressBits) | 48 << 8)  // and linear address bits
    default: Leaf()
    }
  }

  /// Leaf 0DH: sizes and places in the XSAVE area, in bytes (SDM volume 2A, table 3-8).
  private func stateLeaf(_ subleaf: UInt32, xcr0: UInt64) -> Leaf {
    let legacy: UInt32 = 512 + 64
    let pkruSize: UInt32 = 8
    func size(_ components: UInt64) -> UInt32 { components & 0x200 != 0 ? Self.pkruOffset + pkruSize : legacy }
    return switch subleaf {
    case 0:
      Leaf(
        eax: UInt32(truncatingIfNeeded: stateComponents), ebx: size(xcr0), ecx: size(stateComponents),
        edx: UInt32(truncatingIfNeeded: stateComponents >> 32))
    case 1: Leaf(eax: Self.bits(0))  // XSAVEOPT
    case 9 where hasProtectionKeys: Leaf(eax: pkruSize, ebx: Self.pkruOffset)
    default: Leaf()
    }
  }

  /// Performance counters: AMD's processors have others.
  public var hasPerformanceMonitor: Bool { vendor != .amd }

  /// Version 2, two counters of 48 bits, none fixed; of seven events only core cycles (bit 0) and instructions (bit 1) are there.
  private static let performanceMonitor = Leaf(eax: 7 << 24 | 48 << 16 | 2 << 8 | 2, ebx: 0b111_1100)

  private static let hypervisor = text("uIO simulated", max: 0x4000_0010)

  /// FPU PSE TSC MSR PAE CX8 APIC PGE CMOV PAT CLFLUSH MMX FXSR SSE SSE2, by bit number.
  private static let features = bits(0, 3, 4, 5, 6, 8, 9, 13, 15, 16, 19, 23, 24, 25, 26)

  private static func bits(_ numbers: UInt32...) -> UInt32 {
    numbers.reduce(0) { $0 | 1 << $1 }
  }

  /// A vendor string of 12 characters in EBX, EDX, ECX.
  private static func text(_ name: String, max: UInt32) -> Leaf {
    let bytes = Array(name.utf8.prefix(12)) + [UInt8](repeating: 0x20, count: Swift.max(0, 12 - name.utf8.count))
    func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) } }
    return Leaf(eax: max, ebx: word(0), ecx: word(8), edx: word(4))
  }
}
