import SimCPU
import SimMachine
import SimMemory

/// Where generated programs run: bare 64-bit mode, with an IDT whose handlers write down vector, error code, RIP, CR2, RFLAGS
/// and CS, and go on in the next slot.
///
/// ```
/// 0x01000  page tables; RAM page by page
/// 0x06000  GDT     0x07000  IDT     0x08000  TSS
/// 0x09000  the handlers' stack      0x0e000  the program's stack
/// 0x10000  the program              0x20000  the handlers
/// 0x22000  restores the page table of the test pages
/// 0x28000  what the handlers write down
/// 0x30000  data, R15 in its middle
/// 0x400000 the test pages, at R14: rights of their own; their RAM is at 0x40000
/// ```
final class SequenceBench {
  enum Place {
    static let tables: UInt64 = 0x1000
    static let gdt: UInt64 = 0x6000
    static let idt: UInt64 = 0x7000
    static let tss: UInt64 = 0x8000
    static let handlerStack: UInt64 = 0xa000  // IST 1, downwards
    static let stack: UInt64 = 0xef00
    static let code: UInt64 = 0x10000
    static let handlers: UInt64 = 0x20000  // 32 bytes each
    static let commonHandler: UInt64 = 0x21000
    static let restorer: UInt64 = 0x22000
    static let restoredEntries: UInt64 = 0x22800
    static let log: UInt64 = 0x28000
    static let data: UInt64 = 0x30000
    static let testFrames: UInt64 = 0x40000
    static let test: UInt64 = 0x40_0000
  }
  static let memoryBytes: UInt64 = 1 << 20
  static let testPages = 6
  static let dataPages = 2
  /// Where the handlers look for the address behind the last slot: a fault there, or behind it, ends the program.
  private static let endAddress = Place.log + 0xff8
  private static let vectors = 0x40
  /// #DF #TS #NP #SS #GP #PF #AC push an error code.
  private static let withErrorCode: Set<Int> = [8, 10, 11, 12, 13, 14, 17]

  private static let noExecute: UInt64 = 1 << 63
  /// Beyond the 40 bits of physical addresses.
  private static let reserved: UInt64 = 1 << 45
  /// What the entry of a test page may be: all combinations of rights that differ.
  static let entries: [UInt64] =
    [1, 3, 5, 7].map { Place.testFrames | $0 } + [0, 6] + [3, 7].map { Place.testFrames | $0 | noExecute }
    + [Place.testFrames | 7 | reserved, (Place.testFrames + 0x1000) | 0x67]

  static func entryAddress(_ page: Int) -> UInt64 { Place.tables + 0x4000 + UInt64(page) * 8 }

  let engine: LockstepEngine
  private let environment = SequenceEnvironment()
  private let memory: GuestMemory
  /// The memory that every program begins with, but for code and data.
  private let template: GuestMemory
  private var blank: CPUState
  private var isReady = false

  /// - Parameter makeFollower: makes the processor to compare with.
  init(makeFollower: (UInt64, any CPUEnvironment, CPUIDModel) throws -> any SteppedProcessor) throws {
    memory = try GuestMemory(size: Self.memoryBytes)
    template = try GuestMemory(size: Self.memoryBytes)
    var cpuid = CPUIDModel(clockHz: 1_000_000_000)
    cpuid.hasProtectionKeys = false
    engine = try LockstepEngine(memory: memory, environment: environment, cpuid: cpuid) {
      try makeFollower(Self.memoryBytes, $0, cpuid)
    }
    blank = engine.leader.state
    buildTables()
    buildSegments()
    buildHandlers()
    for page in 0..<template.pageCount { copyTemplate(page) }
    isReady = true
  }

  // MARK: Preparing

  private func put(_ address: UInt64, _ value: UInt64) { _ = template.write64(value, at: address) }

  private func buildTables() {
    let t = Place.tables
    put(t, (t + 0x1000) | 7)
    put(t + 0x1000, (t + 0x2000) | 7)
    put(t + 0x2000, (t + 0x3000) | 7)
    put(t + 0x2000 + 16, (t + 0x4000) | 7)
    let user: Set<UInt64> = [Place.stack >> 12, Place.code >> 12, Place.data >> 12, Place.data >> 12 + 1]
    for index in 0..<Self.memoryBytes >> 12 {
      put(t + 0x3000 + index * 8, index << 12 | (user.contains(index) ? 7 : 3))
    }
    for page in 0..<Self.testPages { put(Self.entryAddress(page), Self.entries[page * 2 % Self.entries.count]) }
  }

  /// Selectors: 8 and 16 for the supervisor's code and data, 0x1b and 0x23 for the user's data and code, 0x28 the TSS.
  private func buildSegments() {
    let descriptors: [UInt64] = [
      0, 0x00af_9b00_0000_ffff, 0x00cf_9300_0000_ffff, 0x00cf_f300_0000_ffff, 0x00af_fb00_0000_ffff,
      0x0000_8b00_0000_0067 | (Place.tss & 0xff_ffff) << 16, 0,
    ]
    for (index, value) in descriptors.enumerated() { put(Place.gdt + UInt64(index) * 8, value) }
    put(Place.tss + 4, Place.handlerStack)
    put(Place.tss + 0x24, Place.handlerStack)
    _ = template.write16(0x68, at: Place.tss + 0x66)  // no I/O permission bitmap
    (blank.cr0, blank.cr3, blank.cr4, blank.efer) = (0x8001_0033, Place.tables, 0x620, 0xd01)
    blank.tr = CPUState.Segment(selector: 0x28, base: Place.tss, limit: 0x67, attributes: 0x8b00)
    blank.ldtr = CPUState.Segment(selector: 0, limit: 0, attributes: 0x8200)
    blank.gdt = (Place.gdt, 55)
    blank.idt = (Place.idt, UInt32(Self.vectors * 16 - 1))
    (blank.fcw, blank.mxcsr) = (0x37f, 0x1f80)
  }

  private func buildHandlers() {
    for vector in Array(0..<32) + [0x31, 0x32] {
      let at = Place.handlers + UInt64(vector) * 32
      let privilege: UInt64 = vector == 3 || vector >= 0x31 ? 3 : 0
      let gate = at & 0xffff | 8 << 16 | 1 << 32 | (0x8e | privilege << 5) << 40 | (at >> 16 & 0xffff) << 48
      put(Place.idt + UInt64(vector) * 16, gate)
      put(Place.idt + UInt64(vector) * 16 + 8, at >> 32)
      var stub: [UInt8] = Self.withErrorCode.contains(vector) ? [] : [0x6a, 0]
      stub += [0x6a, UInt8(vector), 0xe9]
      let distance = Place.commonHandler &- (at + UInt64(stub.count) + 4)
      stub += (0..<4).map { UInt8(truncatingIfNeeded: distance >> (8 * $0)) }
      _ = template.write(stub, at: at)
    }
    _ = template.write(Self.commonHandler, at: Place.commonHandler)
    _ = template.write(Self.restorer, at: Place.restorer)
    for page in 0..<Self.testPages {
      put(Place.restoredEntries + UInt64(page) * 8, Self.word(Self.entryAddress(page), of: template))
    }
    put(Place.log, Place.log + 8)
  }

  /// Writes a record of 48 bytes, and moves RIP to the next slot.
  private static let commonHandler: [UInt8] =
    [
      0x50, 0x51,  // push rax; push rcx
      0x48, 0x8b, 0x0c, 0x25, 0x00, 0x80, 0x02, 0x00,  // mov rcx, [log]
      0x48, 0x8b, 0x44, 0x24, 0x10, 0x48, 0x89, 0x01,  // vector
      0x48, 0x8b, 0x44, 0x24, 0x18, 0x48, 0x89, 0x41, 0x08,  // error code
      0x48, 0x8b, 0x44, 0x24, 0x20, 0x48, 0x89, 0x41, 0x10,  // rip
      0x0f, 0x20, 0xd0, 0x48, 0x89, 0x41, 0x18,  // cr2
      0x48, 0x8b, 0x44, 0x24, 0x30, 0x48, 0x89, 0x41, 0x20,  // rflags
      0x48, 0x8b, 0x44, 0x24, 0x28, 0x48, 0x89, 0x41, 0x28,  // cs
      0x48, 0x83, 0xc1, 0x30, 0x48, 0x89, 0x0c, 0x25, 0x00, 0x80, 0x02, 0x00,  // the next record
      0x48, 0x8b, 0x44, 0x24, 0x20,  // mov rax, [rip of the frame]
      0x48, 0x3b, 0x04, 0x25, 0xf8, 0x8f, 0x02, 0x00, 0x73, 0x15,  // cmp rax, [end]; jae hlt
      0x48, 0x83, 0xe0, 0xe0, 0x48, 0x83, 0xc0, 0x20,  // and rax, -32; add rax, 32
      0x48, 0x89, 0x44, 0x24, 0x20,
      0x59, 0x58, 0x48, 0x83, 0xc4, 0x10, 0x48, 0xcf,  // pop rcx; pop rax; add rsp, 16; iretq
      0xf4,
    ]

  /// A word of what the bench has laid out: two words that are not there would be the same.
  private static func word(_ address: UInt64, of memory: GuestMemory) -> UInt64 {
    guard let word = memory.read64(address) else { preconditionFailure("\(address) is not in the bench's RAM") }
    return word
  }

  /// Whether the last program changed more than the flags of a paging entry, other than the test pages'.
  var changedPaging: Bool {
    let flags: UInt64 = 0x60
    return stride(from: Place.tables, to: Place.tables + 0x4000, by: 8).contains {
      (Self.word($0, of: memory) ^ Self.word($0, of: template)) & ~flags != 0
    }
  }

  /// A KVM with shadow page tables sees what the guest writes into its own, but not what is written from outside.
  private static let restorer: [UInt8] = [
    0xbe, 0x00, 0x28, 0x02, 0x00,  // mov esi, the right entries
    0xbf, 0x00, 0x50, 0x00, 0x00,  // mov edi, the page table
    0xb9, UInt8(testPages), 0x00, 0x00, 0x00, 0xfc, 0xf3, 0x48, 0xa5,  // mov ecx, …; cld; rep movsq
    0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8, 0xf4,  // mov rax, cr3; mov cr3, rax; hlt
  ]
  private static let testTable = Int(Place.tables + 0x4000) >> 12

  /// Lets the other processor restore the entries of the test pages, and forget what it knows of them.
  private func restorePages() {
    var state = supervisor
    (state.rip, state.rflags, state.general[4]) = (Place.restorer, 2, Place.stack)
    engine.follower.generalState = state
    _ = engine.follower.runToHalt()
  }

  private var supervisor: CPUState {
    var state = blank
    state.general = [UInt64](repeating: 0, count: 16)
    state.segments = (0..<6).map { _ in .flatData(16) }
    state.segments[1] = .flatCode(8, is64Bit: true)
    return state
  }

  private func copyTemplate(_ page: Int) {
    let at = UInt64(page) << 12
    let bytes = UnsafeRawBufferPointer(start: template.base + Int(at), count: GuestMemory.pageSize)
    _ = memory.write(bytes, at: at)
    // The entries of the test pages are restored by the guest.
    let kept = page == Self.testTable && isReady ? Self.testPages * 8 : 0
    let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(kept))
    copyBytes(rest, to: engine.follower.memory.base + Int(at) + kept)
  }

  /// Both processors are before the first instruction of `sequence`.
  private func prepare(_ sequence: Sequence) {
    for page in engine.takeTouchedPages().sorted() { copyTemplate(page) }
    var random = RandomStream(seed: sequence.memorySeed, name: "memory")
    let data = (0..<Self.dataPages * 512).flatMap { _ in withUnsafeBytes(of: random.next().littleEndian, Array.init) }
    write(data, at: Place.data)
    write(Array(data.prefix(GuestMemory.pageSize)), at: Place.testFrames)
    write(sequence.code, at: Place.code)
    let end = Place.code + UInt64(sequence.slots.count * Sequence.slotBytes)
    write(withUnsafeBytes(of: end.littleEndian, Array.init), at: Self.endAddress)
    restorePages()
    engine.restart(state(sequence))
    environment.reset(seed: sequence.memorySeed)
  }

  private func write(_ bytes: [UInt8], at address: UInt64) {
    _ = memory.write(bytes, at: address)
    bytes.withUnsafeBytes { copyBytes($0, to: engine.follower.memory.base + Int(address)) }
  }

  private func state(_ sequence: Sequence) -> CPUState {
    var s = supervisor
    s.general = Array((sequence.registers + [UInt64](repeating: 0, count: 16)).prefix(16))
    (s.general[4], s.general[14], s.general[15]) = (Place.stack, Place.test, Place.data + 0x1000)
    (s.rip, s.rflags, s.cr2) = (Place.code, sequence.flags & (Flag.status | 1 << 10) | 2, 0)
    if sequence.privilege == 3 {
      // No interrupt ever comes; a KVM that executes user mode itself shows IF set, whatever the guest has.
      s.rflags |= 1 << 9
      s.segments = (0..<6).map { _ in .init(selector: 0x1b, limit: 0xffff_ffff, attributes: 0x00c0_f300) }
      s.segments[1] = .init(selector: 0x23, limit: 0xffff_ffff, attributes: 0x00a0_fb00)
    }
    return s
  }

  // MARK: Running

  /// More than any program takes unless it has written over itself.
  private static let instructionsMax: UInt64 = 20_000

  enum Verdict {
    case same
    /// What is different at the end; a line each.
    case different([String])
    /// The program did not come to its end on the simulator: it can't be compared.
    case endless
    /// The other processor cannot execute an instruction of it.
    case gap
  }

  /// Runs both to the end, then compares.
  func run(_ sequence: Sequence) -> Verdict {
    prepare(sequence)
    return engine.runToHalt(instructionsMax: Self.instructionsMax)
  }

  /// Compares after each instruction.
  func step(_ sequence: Sequence) -> (verdict: Verdict, report: LockstepReport) {
    prepare(sequence)
    engine.resetReport()
    engine.setHorizon(engine.instructionsRetired + Self.instructionsMax)
    let stop = engine.run()
    engine.compareWholeMemory()
    let report = engine.report
    if engine.sawGap { return (.gap, report) }
    if report.differenceCount > 0 { return (.different(report.differences.map(\.text)), report) }
    return (stop == .horizon ? .endless : .same, report)
  }

  /// Exceptions that the handlers of the last program wrote down.
  var recordedExceptions: UInt64 {
    let end = Self.word(Place.log, of: memory)
    return end >= Place.log + 8 && end < Place.log + 0x1000 ? (end - Place.log - 8) / 48 : 0
  }

  /// A digest of how the last program ended on the simulator: registers, memory, and what went over the bus.
  var digest: UInt64 {
    var state = engine.leader.state
    state.rflags &= ~Flag.resume
    var words = state.general + [state.rip, state.rflags, state.cr0, state.cr2, state.cr3, state.cr4, state.efer]
    words += state.segments.map { UInt64($0.selector) }
    engine.forgetWrittenPages()
    words.append(memory.digest())
    words += engine.log.accesses.flatMap { [$0.address, UInt64($0.size), $0.value] }
    return words.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ $1) &* 0x0000_0100_0000_01b3 ^ ($0 >> 29) }
  }
}

private func copyBytes(_ source: UnsafeRawBufferPointer, to destination: UnsafeMutableRawPointer) {
  guard let base = source.baseAddress else { return }
  destination.copyMemory(from: base, byteCount: source.count)
}
