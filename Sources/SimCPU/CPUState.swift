/// The architectural state of a CPU: plain data that any engine can take over. The guest's TLB is a part of it.
public struct CPUState: Equatable, Sendable, Codable {
  /// A segment register with its hidden part. `attributes` are bits 8…23 of the descriptor's second doubleword, in place.
  public struct Segment: Equatable, Sendable, Codable {
    public var selector: UInt16
    public var base: UInt64
    public var limit: UInt32
    public var attributes: UInt32

    public init(selector: UInt16, base: UInt64 = 0, limit: UInt32, attributes: UInt32) {
      self.selector = selector
      self.base = base
      self.limit = limit
      self.attributes = attributes
    }

    /// A flat 32-bit or 64-bit code segment of DPL 0.
    public static func flatCode(_ selector: UInt16, is64Bit: Bool) -> Segment {
      Segment(selector: selector, limit: 0xffff_ffff, attributes: is64Bit ? 0x00a0_9b00 : 0x00c0_9b00)
    }

    /// A flat writable data segment of DPL 0.
    public static func flatData(_ selector: UInt16) -> Segment {
      Segment(selector: selector, limit: 0xffff_ffff, attributes: 0x00c0_9300)
    }
  }

  /// RAX RCX RDX RBX RSP RBP RSI RDI R8…R15.
  public var general: [UInt64]
  public var rip: UInt64
  public var rflags: UInt64
  public var cr0: UInt64
  public var cr2: UInt64
  public var cr3: UInt64
  public var cr4: UInt64
  public var efer: UInt64
  /// ES CS SS DS FS GS.
  public var segments: [Segment]
  public var ldtr: Segment
  public var tr: Segment
  public var gdt: (base: UInt64, limit: UInt32) {
    get { (gdtBase, gdtLimit) }
    set { (gdtBase, gdtLimit) = newValue }
  }
  public var idt: (base: UInt64, limit: UInt32) {
    get { (idtBase, idtLimit) }
    set { (idtBase, idtLimit) = newValue }
  }
  var gdtBase: UInt64
  var gdtLimit: UInt32
  var idtBase: UInt64
  var idtLimit: UInt32
  public var pkru: UInt32
  /// IA32_PKRS: the rights of supervisor pages' keys.
  public var pkrs: UInt32
  /// Of these two the one that isolation goes by.
  public var keyRights: UInt32 { cr4 >> 24 & 1 == 1 ? pkrs : pkru }
  public var debug: [UInt64]
  /// STAR LSTAR CSTAR FMASK KERNEL_GS_BASE TSC_AUX PAT SYSENTER_CS SYSENTER_ESP SYSENTER_EIP.
  public var modelSpecific: [UInt64]
  /// x87 registers R0…R7 (physical), 10 bytes each.
  public var x87: [[UInt8]]
  public var x87Empty: [UInt8]
  public var fcw: UInt16
  public var fsw: UInt16
  public var fop: UInt16
  public var fip: UInt64
  public var fdp: UInt64
  /// XMM0…XMM15, 16 bytes each.
  public var xmm: [[UInt8]]
  public var mxcsr: UInt32
  /// The state components that XSAVE and XRSTOR manage (SDM volume 1, 13.3).
  public var xcr0: UInt64
  /// What STI or MOV SS, if it came just before, holds off for one instruction.
  public var shadow: ExecutionShadow
  public var nmiBlocked: Bool
}
