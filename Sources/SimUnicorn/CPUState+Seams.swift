import CUnicornSeams
import SimCPU

extension RegisterFile {
  init(_ c: seams_cpu_state, cr8: UInt64) {
    var words: [UInt64] = []
    words.reserveCapacity(Self.names.count)
    func add<T>(_ tuple: T) { withUnsafeBytes(of: tuple) { words += $0.bindMemory(to: UInt64.self) } }
    func add(segment s: seams_segment) { add((UInt64(s.selector), s.base, UInt64(s.limit), UInt64(s.attributes))) }
    add(c.gpr)
    add((c.rip, c.rflags, c.cr0, c.cr2, c.cr3, c.cr4, cr8, c.efer))
    withUnsafeBytes(of: c.segment) { for s in $0.bindMemory(to: seams_segment.self) { add(segment: s) } }
    add(segment: c.ldt)
    add(segment: c.tr)
    add((c.gdt_base, UInt64(c.gdt_limit), c.idt_base, UInt64(c.idt_limit), UInt64(c.pkru), UInt64(c.pkrs)))
    add(c.dr)
    add((c.star, c.lstar, c.cstar, c.fmask, c.kernel_gs_base))
    add((c.tsc_aux, c.pat, c.sysenter_cs, c.sysenter_esp, c.sysenter_eip))
    // Ten bytes of each sixteen; the others are 0.
    add(c.st)
    words.append(
      withUnsafeBytes(of: c.fp_tag_empty) { tags in
        tags.enumerated().reduce(0) { $0 | ($1.element != 0 ? 1 << UInt64($1.offset) : 0) }
      })
    add((UInt64(c.fcw), UInt64(c.fsw), UInt64(c.fop), c.fip, c.fdp))
    add(c.xmm)
    add((UInt64(c.mxcsr), c.xcr0, UInt64(c.shadow), UInt64(c.nmi_blocked ? 1 : 0)))
    guard let file = RegisterFile(words: words) else { preconditionFailure("every word has a name") }
    self = file
  }
}

extension CPUState {
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
    (c.xcr0, c.pkrs) = (xcr0, pkrs)
    (c.shadow, c.nmi_blocked) = (shadow.rawValue, nmiBlocked)
    let m = modelSpecific + [UInt64](repeating: 0, count: max(0, 10 - modelSpecific.count))
    (c.star, c.lstar, c.cstar, c.fmask, c.kernel_gs_base) = (m[0], m[1], m[2], m[3], m[4])
    (c.tsc_aux, c.pat, c.sysenter_cs, c.sysenter_esp, c.sysenter_eip) = (m[5], m[6], m[7], m[8], m[9])
    return c
  }
}
