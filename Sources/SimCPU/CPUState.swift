import CUnicornSeams

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

extension CPUState {
  init(_ c: seams_cpu_state) {
    func array<T, E>(_ tuple: T, of type: E.Type) -> [E] {
      withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: E.self)) }
    }
    func segment(_ s: seams_segment) -> Segment {
      Segment(selector: s.selector, base: s.base, limit: s.limit, attributes: s.attributes)
    }
    func rows(_ bytes: [UInt8], _ count: Int, _ kept: Int) -> [[UInt8]] {
      (0..<count).map { Array(bytes[$0 * 16..<$0 * 16 + kept]) }
    }
    self.init(
      general: array(c.gpr, of: UInt64.self), rip: c.rip, rflags: c.rflags, cr0: c.cr0, cr2: c.cr2, cr3: c.cr3,
      cr4: c.cr4, efer: c.efer, segments: array(c.segment, of: seams_segment.self).map(segment),
      ldtr: segment(c.ldt), tr: segment(c.tr), gdtBase: c.gdt_base, gdtLimit: c.gdt_limit, idtBase: c.idt_base,
      idtLimit: c.idt_limit, pkru: c.pkru, debug: array(c.dr, of: UInt64.self),
      modelSpecific: [
        c.star, c.lstar, c.cstar, c.fmask, c.kernel_gs_base, c.tsc_aux, c.pat, c.sysenter_cs, c.sysenter_esp,
        c.sysenter_eip,
      ],
      x87: rows(array(c.st, of: UInt8.self), 8, 10), x87Empty: array(c.fp_tag_empty, of: UInt8.self), fcw: c.fcw,
      fsw: c.fsw, fop: c.fop, fip: c.fip, fdp: c.fdp, xmm: rows(array(c.xmm, of: UInt8.self), 16, 16), mxcsr: c.mxcsr,
      xcr0: c.xcr0, shadow: ExecutionShadow(rawValue: c.shadow), nmiBlocked: c.nmi_blocked)
  }

  /// The form that the engine takes. Missing or excess elements of the arrays count as 0 or are ignored.
  var forSeams: seams_cpu_state {
    var c = seams_cpu_state()
    func fill<T>(_ tuple: inout T, _ bytes: [UInt8]) {
      withUnsafeMutableBytes(of: &tuple) { $0.copyBytes(from: bytes.prefix($0.count)) }
    }
    func words(_ values: [UInt64]) -> [UInt8] { values.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) } }
    func segment(_ s: Segment) -> seams_segment {
      seams_segment(selector: s.selector, limit: s.limit, base: s.base, attributes: s.attributes)
    }
    func padded(_ rows: [[UInt8]]) -> [UInt8] {
      rows.flatMap { row in Array(row.prefix(16)) + [UInt8](repeating: 0, count: 16 - min(16, row.count)) }
    }
    fill(&c.gpr, words(general))
    fill(&c.dr, words(debug))
    fill(&c.st, padded(x87))
    fill(&c.xmm, padded(xmm))
    fill(&c.fp_tag_empty, x87Empty)
    withUnsafeMutableBytes(of: &c.segment) { raw in
      let slots = raw.bindMemory(to: seams_segment.self)
      for (index, value) in segments.prefix(slots.count).enumerated() { slots[index] = segment(value) }
    }
    (c.rip, c.rflags, c.cr0, c.cr2, c.cr3, c.cr4, c.efer) = (rip, rflags, cr0, cr2, cr3, cr4, efer)
    (c.ldt, c.tr) = (segment(ldtr), segment(tr))
    (c.gdt_base, c.gdt_limit, c.idt_base, c.idt_limit) = (gdtBase, gdtLimit, idtBase, idtLimit)
    (c.pkru, c.fcw, c.fsw, c.fop, c.fip, c.fdp, c.mxcsr) = (pkru, fcw, fsw, fop, fip, fdp, mxcsr)
    c.xcr0 = xcr0
    (c.shadow, c.nmi_blocked) = (shadow.rawValue, nmiBlocked)
    let m = modelSpecific + [UInt64](repeating: 0, count: max(0, 10 - modelSpecific.count))
    (c.star, c.lstar, c.cstar, c.fmask, c.kernel_gs_base) = (m[0], m[1], m[2], m[3], m[4])
    (c.tsc_aux, c.pat, c.sysenter_cs, c.sysenter_esp, c.sysenter_eip) = (m[5], m[6], m[7], m[8], m[9])
    return c
  }
}
