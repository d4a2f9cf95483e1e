import CSilicon
import SimCPU
import SimMemory
import SimUnicorn

/// How a program ended on one side.
struct NativeOutcome {
  var state: silicon_state
  var end: silicon_end
  /// Instructions retired; 0 on the host's side, which does not count.
  var instructions: UInt64 = 0
}

/// The simulator's side: an engine whose page tables show user mode the same pages at the same addresses as the host's
/// child has, with the selectors that Linux gives to programs.
///
/// Every exception ends in a handler that halts; what it was is read from the frame that its delivery pushed.
final class SimulatedUser {
  private enum Physical {
    static let tables: UInt64 = 0x1000
    static let code: UInt64 = 0x10000
    static let writable: UInt64 = 0x20000
    static let readOnly: UInt64 = 0x28000
    static let keyedReadOnly: UInt64 = 0x29000
    static let matrix: UInt64 = 0x2b000
    static let idt: UInt64 = 0x30000
    static let gdt: UInt64 = 0x31000
    static let tss: UInt64 = 0x31800
    static let stackEnd: UInt64 = 0x33000
    static let handlers: UInt64 = 0x33000
    static let size: UInt64 = 0x40000
  }

  /// What the supervisor has is mapped from here on, where no program can look.
  private static let kernel: UInt64 = 0xffff_8000_0000_0000
  /// Linux shows programs a present page wherever their addresses end, so that nothing can be learnt of its own.
  private static let userEnd: UInt64 = 0x7fff_ffff_f000
  private static let withErrorCode: Set<UInt64> = [8, 10, 11, 12, 13, 14, 17, 21]
  /// More than any program takes unless it has gone astray.
  static let instructionsMax: UInt64 = 50_000

  private let memory: GuestMemory
  private let environment = SequenceEnvironment()
  private let engine: UnicornEngine
  private var blank = CPUState()

  /// - Parameter keys: of the two keyed pages, 0 for none.
  init(keys: [UInt32], cpuid: CPUIDModel) throws {
    memory = try GuestMemory(size: Physical.size)
    engine = try UnicornEngine(memory: memory, environment: environment, cpuid: cpuid)
    buildTables(keys)
    buildSegments(hasKeys: keys.contains { $0 != 0 }, cpuid)
    buildHandlers()
    _ = memory.fill(Physical.code, count: 2 * Int(SILICON_PAGE), with: 0xcc)
  }

  // MARK: Preparing

  private func put(_ address: UInt64, _ value: UInt64) { _ = memory.write64(value, at: address) }

  /// Present, accessed, dirty.
  private static let entry: UInt64 = 0x61
  private static let writable: UInt64 = 2
  private static let user: UInt64 = 4
  private static let noExecute: UInt64 = 1 << 63

  private func map(_ address: UInt64, _ physical: UInt64, _ rights: UInt64, key: UInt32 = 0) {
    let index = address >> 12 & 511
    put(Physical.tables + 0x3000 + index * 8, physical | Self.entry | rights | UInt64(key) << 59)
  }

  private func buildTables(_ keys: [UInt32]) {
    let t = Physical.tables
    let all = Self.entry | Self.writable | Self.user
    put(t, (t + 0x1000) | all)
    put(t + 0x1000, (t + 0x2000) | all)
    put(t + 0x2000 + (SILICON_CODE >> 21 & 511) * 8, (t + 0x3000) | all)
    for page in 0..<2 as Range<UInt64> { map(SILICON_CODE + page << 12, Physical.code + page << 12, Self.user) }
    for page in 0..<UInt64(SILICON_DATA_PAGES) {
      map(SILICON_DATA + page << 12, Physical.writable + page << 12, Self.user | Self.writable | Self.noExecute)
    }
    map(SILICON_READ_ONLY, Physical.readOnly, Self.user | Self.noExecute)
    for (page, key) in keys.enumerated() {
      let offset = UInt64(page) << 12
      let behindData = Physical.writable + (UInt64(SILICON_DATA_PAGES) + UInt64(page)) << 12
      map(SILICON_KEYED + offset, behindData, Self.user | Self.writable, key: key)
      map(SILICON_KEYED_READ_ONLY + offset, Physical.keyedReadOnly + offset, Self.user, key: key)
    }
    // The matrix: its first page has no access, so no entry.
    for (page, rights) in [Self.noExecute, Self.noExecute | Self.writable, 0, Self.writable].enumerated() {
      map(SILICON_MATRIX + UInt64(page + 1) << 12, Physical.matrix, Self.user | rights, key: keys.first ?? 0)
    }
    _ = memory.write8(0xc3, at: Physical.matrix)
    // The supervisor's pages: entry 256 of the top, then entry 0 twice.
    put(t + 256 * 8, (t + 0x4000) | all)
    put(t + 0x4000, (t + 0x5000) | all)
    put(t + 0x5000, (t + 0x6000) | all)
    for page in 0..<Physical.size >> 12 { put(t + 0x6000 + page * 8, page << 12 | Self.entry | Self.writable) }
  }

  /// Linux's selectors: 0x10 and 0x18 the kernel's, 0x23, 0x2b and 0x33 user mode's 32-bit code, data and 64-bit code, 0x40
  /// the TSS, 0x7b the number of the processor.
  private func buildSegments(hasKeys: Bool, _ cpuid: CPUIDModel) {
    let tss = Self.kernel + Physical.tss
    let descriptors: [UInt64] = [
      0, 0x00cf_9b00_0000_ffff, 0x00af_9b00_0000_ffff, 0x00cf_9300_0000_ffff, 0x00cf_fb00_0000_ffff,
      0x00cf_f300_0000_ffff, 0x00af_fb00_0000_ffff, 0,
      0x0000_8b00_0000_0067 | (tss & 0xff_ffff) << 16 | (tss >> 24 & 0xff) << 56, tss >> 32, 0, 0, 0, 0, 0,
      0x0040_f500_0000_0000,
    ]
    for (index, value) in descriptors.enumerated() { put(Physical.gdt + UInt64(index) * 8, value) }
    put(Physical.tss + 4, Self.kernel + Physical.stackEnd)
    _ = memory.write16(0x68, at: Physical.tss + 0x66)  // no I/O permission bitmap
    // PG, AM, WP, NE, ET, MP, PE; DE, PSE, PAE, PGE, OSFXSR, OSXMMEXCPT, FSGSBASE; SCE, LME, LMA, NXE.
    (blank.cr0, blank.cr3, blank.cr4, blank.efer) = (0x8005_0033, Physical.tables, 0x1_06b8, 0xd01)
    if hasKeys { blank.cr4 |= 1 << 22 }
    if cpuid.leaf(1, 0, cr4: 0).ecx >> 26 & 1 != 0 {
      blank.cr4 |= 1 << 18
      blank.xcr0 = cpuid.stateComponents
    }
    blank.tr = CPUState.Segment(selector: 0x40, base: tss, limit: 0x67, attributes: 0x8b00)
    blank.ldtr = CPUState.Segment(selector: 0, limit: 0, attributes: 0x8200)
    blank.gdt = (Self.kernel + Physical.gdt, UInt32(descriptors.count * 8 - 1))
    blank.idt = (Self.kernel + Physical.idt, 0xfff)
    (blank.debug[6], blank.debug[7]) = (0xffff_0ff0, 0x400)
    blank.segments[1] = .init(selector: 0x33, limit: 0xffff_ffff, attributes: 0x00af_fb00)
    blank.segments[2] = .init(selector: 0x2b, limit: 0xffff_ffff, attributes: 0x00cf_f300)
  }

  /// HLT for each vector, 16 bytes apart. Programs may use INT3 and INTO's vector, as under Linux.
  private func buildHandlers() {
    for vector in 0..<256 as Range<UInt64> {
      let at = Self.kernel + Physical.handlers + vector * 16
      let privilege: UInt64 = vector == 3 || vector == 4 ? 3 : 0
      put(
        Physical.idt + vector * 16,
        at & 0xffff | 0x10 << 16 | (0x8e | privilege << 5) << 40 | (at >> 16 & 0xffff) << 48)
      put(Physical.idt + vector * 16 + 8, at >> 32)
      _ = memory.write8(0xf4, at: Physical.handlers + vector * 16)
    }
  }

  // MARK: Running

  /// The code page of what runs next.
  func load(_ page: [UInt8]) { _ = memory.write(page, at: Physical.code) }

  /// What the writable pages hold.
  var writable: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: memory.base + Int(Physical.writable), count: NativePlace.writableBytes)
  }

  /// Runs the loaded code to its trap.
  ///
  /// - Parameter contents: of the writable pages at the start.
  func run(_ start: silicon_state, _ contents: UnsafeRawBufferPointer) -> NativeOutcome {
    _ = memory.write(contents, at: Physical.writable)
    engine.state = state(start)
    engine.translations = []
    let before = engine.instructionsRetired
    engine.setHorizon(before + Self.instructionsMax)
    let stop = engine.run()
    var outcome = NativeOutcome(state: silicon_state(), end: silicon_end())
    outcome.instructions = engine.instructionsRetired &- before
    let final = engine.state
    outcome.state = silicon(final)
    if stop == .halt { readFrame(final, &outcome) } else { outcome.end.vector = Self.odd(stop) }
    return outcome
  }

  private static func odd(_ stop: EngineStop) -> UInt32 {
    switch stop {
    case .horizon: UInt32(SILICON_HUNG)
    default: UInt32(SILICON_LOST)
    }
  }

  private func readFrame(_ final: CPUState, _ outcome: inout NativeOutcome) {
    let vector = (final.rip &- Self.kernel &- Physical.handlers &- 1) / 16
    var at = final.general[4] &- Self.kernel
    func next() -> UInt64 {
      defer { at &+= 8 }
      return memory.read64(at) ?? 0
    }
    outcome.end.vector = UInt32(truncatingIfNeeded: vector)
    if Self.withErrorCode.contains(vector) { outcome.end.error_code = UInt32(truncatingIfNeeded: next()) }
    outcome.state.rip = next()
    outcome.state.segment.1 = UInt16(truncatingIfNeeded: next())
    outcome.state.rflags = next()
    withUnsafeMutableBytes(of: &outcome.state.gpr) { $0.storeBytes(of: next(), toByteOffset: 32, as: UInt64.self) }
    outcome.state.segment.2 = UInt16(truncatingIfNeeded: next())
    guard vector == 14 else { return }
    outcome.end.address = final.cr2
    if final.cr2 >= Self.userEnd { outcome.end.error_code |= 1 }
  }

  private func state(_ start: silicon_state) -> CPUState {
    var s = blank
    s.general = withUnsafeBytes(of: start.gpr) { Array($0.bindMemory(to: UInt64.self)) }
    (s.rip, s.rflags, s.pkru) = (start.rip, start.rflags, start.pkru)
    (s.segments[4].base, s.segments[5].base) = (start.fs_base, start.gs_base)
    withUnsafeBytes(of: start.fx) { fx in
      func word(_ at: Int) -> UInt16 { fx.loadUnaligned(fromByteOffset: at, as: UInt16.self) }
      (s.fcw, s.fsw, s.mxcsr) = (word(0), word(2), fx.loadUnaligned(fromByteOffset: 24, as: UInt32.self))
      let top = Int(s.fsw >> 11 & 7)
      for index in 0..<8 {
        s.x87[(top + index) & 7] = Array(fx[32 + 16 * index..<42 + 16 * index])
        s.x87Empty[index] = fx[4] >> UInt8(index) & 1 == 0 ? 1 : 0
      }
      for index in 0..<16 { s.xmm[index] = Array(fx[160 + 16 * index..<176 + 16 * index]) }
    }
    return s
  }

  private func silicon(_ s: CPUState) -> silicon_state {
    var state = silicon_state()
    withUnsafeMutableBytes(of: &state.gpr) { place in s.general.withUnsafeBytes { place.copyMemory(from: $0) } }
    (state.rip, state.rflags, state.pkru) = (s.rip, s.rflags, s.pkru)
    (state.fs_base, state.gs_base) = (s.segments[4].base, s.segments[5].base)
    withUnsafeMutableBytes(of: &state.segment) { place in
      for (index, segment) in s.segments.enumerated() {
        place.storeBytes(of: segment.selector, toByteOffset: 2 * index, as: UInt16.self)
      }
    }
    withUnsafeMutableBytes(of: &state.fx) { fx in
      fx.storeBytes(of: s.fcw, toByteOffset: 0, as: UInt16.self)
      fx.storeBytes(of: s.fsw, toByteOffset: 2, as: UInt16.self)
      fx.storeBytes(of: s.fop, toByteOffset: 6, as: UInt16.self)
      fx.storeBytes(of: s.fip, toByteOffset: 8, as: UInt64.self)
      fx.storeBytes(of: s.fdp, toByteOffset: 16, as: UInt64.self)
      fx.storeBytes(of: s.mxcsr, toByteOffset: 24, as: UInt32.self)
      let top = Int(s.fsw >> 11 & 7)
      for index in 0..<8 {
        UnsafeMutableRawBufferPointer(rebasing: fx[32 + 16 * index..<42 + 16 * index])
          .copyBytes(from: s.x87[(top + index) & 7].prefix(10))
        if s.x87Empty[index] == 0 { fx[4] |= 1 << UInt8(index) }
      }
      for index in 0..<16 {
        UnsafeMutableRawBufferPointer(rebasing: fx[160 + 16 * index..<176 + 16 * index])
          .copyBytes(from: s.xmm[index].prefix(16))
      }
    }
    return state
  }
}
