import CUnicornSeams
import SimCPU

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
    self.init()
    general = array(c.gpr, of: UInt64.self)
    (rip, rflags, cr0, cr2, cr3, cr4, efer) = (c.rip, c.rflags, c.cr0, c.cr2, c.cr3, c.cr4, c.efer)
    segments = array(c.segment, of: seams_segment.self).map(segment)
    (ldtr, tr) = (segment(c.ldt), segment(c.tr))
    (gdt, idt) = ((c.gdt_base, c.gdt_limit), (c.idt_base, c.idt_limit))
    (pkru, xcr0) = (c.pkru, c.xcr0)
    debug = array(c.dr, of: UInt64.self)
    modelSpecific = [
      c.star, c.lstar, c.cstar, c.fmask, c.kernel_gs_base, c.tsc_aux, c.pat, c.sysenter_cs, c.sysenter_esp,
      c.sysenter_eip,
    ]
    x87 = rows(array(c.st, of: UInt8.self), 8, 10)
    x87Empty = array(c.fp_tag_empty, of: UInt8.self)
    (fcw, fsw, fop, fip, fdp, mxcsr) = (c.fcw, c.fsw, c.fop, c.fip, c.fdp, c.mxcsr)
    xmm = rows(array(c.xmm, of: UInt8.self), 16, 16)
    (shadow, nmiBlocked) = (ExecutionShadow(rawValue: c.shadow), c.nmi_blocked)
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
    (c.gdt_base, c.gdt_limit, c.idt_base, c.idt_limit) = (gdt.base, gdt.limit, idt.base, idt.limit)
    (c.pkru, c.fcw, c.fsw, c.fop, c.fip, c.fdp, c.mxcsr) = (pkru, fcw, fsw, fop, fip, fdp, mxcsr)
    c.xcr0 = xcr0
    (c.shadow, c.nmi_blocked) = (shadow.rawValue, nmiBlocked)
    let m = modelSpecific + [UInt64](repeating: 0, count: max(0, 10 - modelSpecific.count))
    (c.star, c.lstar, c.cstar, c.fmask, c.kernel_gs_base) = (m[0], m[1], m[2], m[3], m[4])
    (c.tsc_aux, c.pat, c.sysenter_cs, c.sysenter_esp, c.sysenter_eip) = (m[5], m[6], m[7], m[8], m[9])
    return c
  }
}
