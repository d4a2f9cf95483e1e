import SimCPU

extension CPUState {
  /// The state in which cases of a mode begin, before anything is drawn.
  static func fuzz(_ mode: InstructionMode) -> CPUState {
    var s = CPUState()
    s.cr0 = 0x8001_0033  // PG WP NE ET MP PE
    s.cr4 = 0x41_0620  // PKE FSGSBASE OSXMMEXCPT OSFXSR PAE
    s.efer = mode.isLong ? 0xd01 : 0x801  // NXE SCE, LMA LME
    s.cr3 = mode.isLong ? FuzzPlace.topTable : FuzzPlace.shortPointerTable
    s.gdt = (FuzzPlace.gdt, 0xff)
    s.idt = (mode.isLong ? FuzzPlace.longIDT : FuzzPlace.shortIDT, 0xfff)
    s.tr = Segment(
      selector: mode.isLong ? FuzzSelector.longTSS : FuzzSelector.shortTSS,
      base: mode.isLong ? FuzzPlace.longTSS : FuzzPlace.shortTSS, limit: 0x67, attributes: 0x8900)
    s.ldtr = Segment(selector: 0, limit: 0, attributes: 0x8200)
    s.segments = .init(repeating: mode.isUser ? userData : .flatData(FuzzSelector.data), count: 6)
    s.segments[1] = code(mode)
    s.general = (0..<16).map { FuzzPlace.data + 0x100 * $0 }
    s.general[1] = 3
    s.general[2] = 0x11
    s.general[4] = FuzzPlace.stack
    s.modelSpecific[0] = 0x0028_0008 << 32  // STAR
    s.modelSpecific[1] = FuzzPlace.handlers  // LSTAR
    s.modelSpecific[2] = FuzzPlace.handlers  // CSTAR
    s.modelSpecific[6] = 0x0007_0406_0007_0406  // PAT
    s.modelSpecific[7] = UInt64(FuzzSelector.code64)  // SYSENTER_CS
    s.modelSpecific[8] = FuzzPlace.stack
    s.modelSpecific[9] = FuzzPlace.handlers
    return s
  }

  private static let userData = Segment(selector: FuzzSelector.userData, limit: 0xffff_ffff, attributes: 0x00c0_f300)

  private static func code(_ mode: InstructionMode) -> Segment {
    let selector =
      switch (mode.is64Bit, mode.isUser) {
      case (true, false): FuzzSelector.code64
      case (true, true): FuzzSelector.userCode64
      case (false, false): FuzzSelector.code32
      case (false, true): FuzzSelector.userCode32
      }
    var segment = Segment.flatCode(selector, is64Bit: mode.is64Bit)
    if mode.isUser { segment.attributes |= 0x6000 }
    return segment
  }
}
