extension CPUState {
  /// All registers 0, for engines to fill in.
  public init() {
    let none = Segment(selector: 0, limit: 0, attributes: 0)
    self.init(
      general: .init(repeating: 0, count: 16), rip: 0, rflags: 2, cr0: 0, cr2: 0, cr3: 0, cr4: 0, efer: 0,
      segments: .init(repeating: none, count: 6), ldtr: none, tr: none, gdtBase: 0, gdtLimit: 0, idtBase: 0,
      idtLimit: 0, pkru: 0, pkrs: 0, debug: .init(repeating: 0, count: 8),
      modelSpecific: .init(repeating: 0, count: 10),
      x87: .init(repeating: .init(repeating: 0, count: 10), count: 8), x87Empty: .init(repeating: 1, count: 8),
      fcw: 0x37f, fsw: 0, fop: 0, fip: 0, fdp: 0, xmm: .init(repeating: .init(repeating: 0, count: 16), count: 16),
      mxcsr: 0x1f80, xcr0: 1, shadow: [], nmiBlocked: false)
  }
}
