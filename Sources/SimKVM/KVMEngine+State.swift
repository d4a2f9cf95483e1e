import CKVM
import SimCPU

extension KVMEngine {
  public var instructionPointer: UInt64 { registers.rip }
  /// There are no keys of supervisor pages.
  public var keyRights: UInt32 { extended.pkru }

  /// The registers that any instruction may change. KVM has no reason to refuse them.
  var registers: ckvm_registers {
    get {
      var registers = ckvm_registers()
      _ = ckvm_get_registers(cpu, &registers)
      return registers
    }
    set {
      var registers = newValue
      _ = ckvm_set_registers(cpu, &registers)
    }
  }

  private var extended: ckvm_extended {
    var extended = ckvm_extended()
    _ = ckvm_get_extended(cpu, &extended)
    return extended
  }

  /// ``state`` without debug, model-specific, floating-point and vector registers, which are empty when read and stay as
  /// they are when set: an exchange for each instruction.
  public var generalState: CPUState {
    get { CPUState(registers, ckvm_extended()) }
    set { registers = newValue.registersForKVM }
  }

  public var state: CPUState {
    get { CPUState(registers, extended) }
    set {
      _ = ckvm_clear_events(cpu)
      registers = newValue.registersForKVM
      var extended = newValue.extendedForKVM
      _ = ckvm_set_extended(cpu, &extended)
    }
  }
}

extension CPUState {
  /// All of it; the floating-point part is empty without `extended`.
  init(_ r: ckvm_registers, _ e: ckvm_extended) {
    self.init()
    general = Self.array(r.gpr, of: UInt64.self)
    (rip, rflags, cr0, cr2, cr3, cr4, efer) = (r.rip, r.rflags, r.cr0, r.cr2, r.cr3, r.cr4, r.efer)
    segments = Self.array(r.segment, of: ckvm_segment.self).map(Segment.init)
    (ldtr, tr) = (Segment(r.ldt), Segment(r.tr))
    gdt = (r.gdt_base, r.gdt_limit)
    idt = (r.idt_base, r.idt_limit)
    pkru = e.pkru
    debug = Self.array(e.dr, of: UInt64.self)
    modelSpecific = Self.array(e.msr, of: UInt64.self)
    (fcw, fsw, fop, fip, fdp, mxcsr) = (e.fcw, e.fsw, e.fop, e.fip, e.fdp, e.mxcsr)
    x87Empty = (0..<8).map { e.tags >> UInt8($0) & 1 ^ 1 }
    let stack = Self.array(e.st, of: UInt8.self)
    // KVM numbers them from the top of the stack.
    for index in 0..<8 { x87[(index + top) & 7] = Array(stack[index * 16..<index * 16 + 10]) }
    let vectors = Self.array(e.xmm, of: UInt8.self)
    xmm = (0..<16).map { Array(vectors[$0 * 16..<$0 * 16 + 16]) }
    (shadow, nmiBlocked) = (ExecutionShadow(rawValue: e.shadow), e.nmi_blocked)
  }

  /// The physical register that ST(0) is (SDM volume 1, 8.1.2).
  private var top: Int { Int(fsw >> 11 & 7) }

  private static func array<T, E>(_ tuple: T, of type: E.Type) -> [E] {
    withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: E.self)) }
  }

  private static func fill<T, E>(_ tuple: inout T, _ values: [E]) {
    withUnsafeMutableBytes(of: &tuple) { raw in
      values.withUnsafeBytes { raw.copyBytes(from: $0.prefix(raw.count)) }
    }
  }

  var registersForKVM: ckvm_registers {
    var r = ckvm_registers()
    Self.fill(&r.gpr, general)
    Self.fill(&r.segment, segments.map(\.forKVM))
    (r.rip, r.rflags, r.cr0, r.cr2, r.cr3, r.cr4, r.efer) = (rip, rflags, cr0, cr2, cr3, cr4, efer)
    (r.ldt, r.tr) = (ldtr.forKVM, tr.forKVM)
    (r.gdt_base, r.gdt_limit) = gdt
    (r.idt_base, r.idt_limit) = idt
    return r
  }

  var extendedForKVM: ckvm_extended {
    var e = ckvm_extended()
    Self.fill(&e.dr, debug)
    Self.fill(&e.msr, modelSpecific)
    (e.fcw, e.fsw, e.fop, e.fip, e.fdp, e.mxcsr, e.pkru) = (fcw, fsw, fop, fip, fdp, mxcsr, pkru)
    for (index, isEmpty) in x87Empty.prefix(8).enumerated() where isEmpty == 0 { e.tags |= 1 << UInt8(index) }
    func padded(_ row: [UInt8]) -> [UInt8] { (row + [UInt8](repeating: 0, count: 16)).prefix(16) + [] }
    if x87.count == 8 { Self.fill(&e.st, (0..<8).flatMap { padded(x87[($0 + top) & 7]) }) }
    Self.fill(&e.xmm, xmm.flatMap(padded))
    (e.shadow, e.nmi_blocked) = (shadow.rawValue, nmiBlocked)
    return e
  }
}

extension CPUState.Segment {
  init(_ s: ckvm_segment) {
    self.init(selector: s.selector, base: s.base, limit: s.limit, attributes: s.attributes)
  }

  var forKVM: ckvm_segment {
    ckvm_segment(base: base, limit: limit, selector: selector, attributes: attributes)
  }
}
