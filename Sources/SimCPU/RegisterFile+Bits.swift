/// Which bits of the words are there, for whoever changes single bits of them.
extension RegisterFile {
  /// The bits of a register that exist on the processor and can be changed one by one, wherever a combination of them is possible;
  /// nil for names that are none, and for words that are no register of the programmer's: hidden parts of segments, shadows.
  ///
  /// Bits that are always 0 or always 1 are left out, as nothing is there that could be another way (SDM volume 1, 3.4; volume 3,
  /// 2.5 and 2.6).
  public static func changeableBits(of name: String) -> UInt64? { widths[name] }

  /// The registers of which bits can be changed, in the order of ``names``.
  public static let changeable: [String] = names.filter { widths[$0] != nil }

  private static let widths: [String: UInt64] = {
    let all = UInt64.max
    var widths: [String: UInt64] = [
      "rip": all, "rflags": 0x3f_7fd5, "cr0": 0xe005_003f, "cr2": all, "cr3": 0xff_ffff_f018, "cr4": 0x75_0fff,
      "cr8": 0xf, "efer": 0xd01, "fs.base": all, "gs.base": all, "gdtr.base": all, "gdtr.limit": 0xffff,
      "idtr.base": all, "idtr.limit": 0xffff, "pkru": 0xffff_ffff, "dr6": 0xe00f, "dr7": 0xffff_2bff, "star": all,
      "lstar": all, "cstar": all, "fmask": 0xffff_ffff, "kernelGSBase": all, "tscAux": 0xffff_ffff,
      "pat": 0x0707_0707_0707_0707, "sysenterCS": 0xffff_ffff, "sysenterESP": all, "sysenterEIP": all,
      "x87.empty": 0xff, "fcw": 0x1f3f, "fsw": 0x7f7f, "fop": 0x7ff, "fip": all, "fdp": all, "mxcsr": 0xffff,
    ]
    for name in names.prefix(16) { widths[name] = all }
    for number in 0...3 { widths["dr\(number)"] = all }
    for number in 0...7 {
      widths["x87.r\(number).significand"] = all
      widths["x87.r\(number).exponent"] = 0xffff
    }
    for number in 0...15 {
      widths["xmm\(number).low"] = all
      widths["xmm\(number).high"] = all
    }
    return widths
  }()
}

extension CPUState {
  /// The state that a register file is of.
  ///
  /// Its word `cr8` is left out, as the task priority lives in the local APIC.
  public init(_ registers: RegisterFile) {
    self.init()
    var words = registers.words[...]
    func next() -> UInt64 { words.removeFirst() }
    func bytes(_ low: UInt64, _ high: UInt64, _ count: Int) -> [UInt8] {
      let all = withUnsafeBytes(of: low.littleEndian, Array.init) + withUnsafeBytes(of: high.littleEndian, Array.init)
      return Array(all.prefix(count))
    }
    general = (0..<16).map { _ in next() }
    (rip, rflags, cr0, cr2, cr3, cr4) = (next(), next(), next(), next(), next(), next())
    _ = next()
    efer = next()
    var segments = (0..<8).map { _ in
      Segment(
        selector: UInt16(truncatingIfNeeded: next()), base: next(), limit: UInt32(truncatingIfNeeded: next()),
        attributes: UInt32(truncatingIfNeeded: next()))
    }
    tr = segments.removeLast()
    ldtr = segments.removeLast()
    self.segments = segments
    gdt = (next(), UInt32(truncatingIfNeeded: next()))
    idt = (next(), UInt32(truncatingIfNeeded: next()))
    pkru = UInt32(truncatingIfNeeded: next())
    pkrs = UInt32(truncatingIfNeeded: next())
    debug = (0..<8).map { _ in next() }
    modelSpecific = (0..<10).map { _ in next() }
    x87 = (0..<8).map { _ in bytes(next(), next(), 10) }
    let empty = next()
    x87Empty = (0..<8).map { UInt8(empty >> $0 & 1) }
    fcw = UInt16(truncatingIfNeeded: next())
    fsw = UInt16(truncatingIfNeeded: next())
    fop = UInt16(truncatingIfNeeded: next())
    (fip, fdp) = (next(), next())
    xmm = (0..<16).map { _ in bytes(next(), next(), 16) }
    mxcsr = UInt32(truncatingIfNeeded: next())
    xcr0 = next()
    shadow = ExecutionShadow(rawValue: UInt8(truncatingIfNeeded: next()))
    nmiBlocked = next() != 0
    assert(words.isEmpty, "every word is a part of the state")
  }
}

extension RegisterFile {
  /// These registers with another value in one; nil for a name that is none.
  public func replacing(_ name: String, with value: UInt64) -> RegisterFile? {
    guard let place = Self.places[name] else { return nil }
    var words = words
    words[place] = value
    return RegisterFile(words: words)
  }
}
