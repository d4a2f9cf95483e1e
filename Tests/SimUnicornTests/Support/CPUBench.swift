import SimCPU
import SimEvents
import SimMemory
import SimUnicorn
import Testing

/// A CPU with RAM, page tables, segments and an IDT, and an environment that notes what the CPU asks of it.
///
/// The first 2 MiB are mapped in place page by page, for the supervisor; 0x400000…0x5fffff are the test pages, mapped by
/// ``map(_:_:)`` only; 0x600000…0x7fffff are in place, for user mode; the rest is in place for the supervisor.
final class CPUBench: CPUEnvironment {
  enum Place {
    static let tables: UInt64 = 0x1000  // PML4, PDPT, page directory, two page tables
    static let gdt: UInt64 = 0x6000
    static let idt: UInt64 = 0x7000
    static let tss: UInt64 = 0x8000
    static let interruptStack: UInt64 = 0xa000  // IST 1, downwards
    static let privilegedStack: UInt64 = 0xc000  // RSP0, downwards
    static let stack: UInt64 = 0xf000
    static let code: UInt64 = 0x10000
    static let handlers: UInt64 = 0x20000  // 64 bytes each
    static let data: UInt64 = 0x30000
    static let test: UInt64 = 0x40_0000
    static let user: UInt64 = 0x60_0000
    static let userStack: UInt64 = 0x70_0000
  }

  /// An exception as the guest meets it.
  struct Exception: Equatable {
    var vector: UInt8
    var errorCode: UInt32 = 0
    var instructionPointer: UInt64
    var address: UInt64 = 0
    var retired: UInt64
  }
  /// A port or device access.
  struct Access: Equatable {
    var address: UInt64
    var size: Int
    var value: UInt64
    var isWrite: Bool
    var retired: UInt64
  }

  let memory: GuestMemory
  private(set) var cpu: UnicornEngine!
  var events: [(retired: UInt64, payload: EventPayload)] = []
  var ports: [Access] = []
  var devices: [Access] = []
  /// What the next device or port read answers.
  var answer: UInt64 = 0x1122_3344_5566_7788
  var onAccess: (() -> Void)?
  var onEvent: (() -> Void)?
  var msrs: [UInt32: UInt64] = [:]
  var taskPriority: UInt64 = 0
  var stopsAtBreakpoints = true
  var randomNumbers: [UInt64] = []

  init(memorySize: UInt64 = 16 << 20, cpuid: CPUIDModel = CPUIDModel(clockHz: 1_000_000_000)) throws {
    memory = try GuestMemory(size: memorySize)
    cpu = try UnicornEngine(memory: memory, environment: self, cpuid: cpuid)
    buildTables()
    buildSegments()
    cpu.state = Self.longMode(from: cpu.state)
  }

  private func buildTables() {
    let t = Place.tables
    put(t, (t + 0x1000) | 7)
    put(t + 0x1000, (t + 0x2000) | 7)
    for index in 0..<UInt64(512) { put(t + 0x2000 + index * 8, index << 21 | 0x83) }
    put(t + 0x2000, (t + 0x3000) | 7)
    put(t + 0x2000 + 16, (t + 0x4000) | 7)
    put(t + 0x2000 + 24, 0x60_0000 | 0x87)
    for index in 0..<UInt64(512) { put(t + 0x3000 + index * 8, index << 12 | 3) }
  }

  /// Selectors: 8 and 16 for the supervisor's code and data, 0x1b and 0x23 for the user's data and code, 0x28 the TSS.
  private func buildSegments() {
    let descriptors: [UInt64] = [
      0, 0x00af_9b00_0000_ffff, 0x00cf_9300_0000_ffff, 0x00cf_f300_0000_ffff, 0x00af_fb00_0000_ffff,
      0x0000_8900_0000_0067 | (Place.tss & 0xffffff) << 16, 0,
    ]
    for (index, value) in descriptors.enumerated() { put(Place.gdt + UInt64(index) * 8, value) }
    put(Place.tss + 4, Place.privilegedStack)
    put(Place.tss + 0x24, Place.interruptStack)
    #expect(memory.write16(0x68, at: Place.tss + 0x66))  // no I/O permission bitmap
  }

  private static func longMode(from state: CPUState) -> CPUState {
    var s = state
    (s.cr0, s.cr3, s.cr4, s.efer) = (0x8001_0033, Place.tables, 0x40_0620, 0xd01)
    s.segments = (0..<6).map { _ in .flatData(16) }
    s.segments[1] = .flatCode(8, is64Bit: true)
    s.tr = CPUState.Segment(selector: 0x28, base: Place.tss, limit: 0x67, attributes: 0x8b00)
    s.ldtr = CPUState.Segment(selector: 0, limit: 0, attributes: 0x8200)
    s.gdt = (Place.gdt, 55)
    s.idt = (Place.idt, 0xfff)
    s.general = .init(repeating: 0, count: 16)
    s.general[4] = Place.stack
    (s.rip, s.rflags, s.fcw, s.mxcsr) = (Place.code, 2, 0x37f, 0x1f80)
    s.x87Empty = .init(repeating: 1, count: 8)
    return s
  }

  // MARK: preparing

  func put(_ address: UInt64, _ value: UInt64) { _ = memory.write64(value, at: address) }

  /// Puts code in memory and returns the address behind it.
  @discardableResult
  func place(_ code: Code..., at address: UInt64 = Place.code) -> UInt64 {
    let bytes = code.flatMap { $0 }
    #expect(memory.write(bytes, at: address))
    return address + UInt64(bytes.count)
  }

  /// The address of the entry that maps a test page.
  func entryAddress(_ page: UInt64) -> UInt64 { Place.tables + 0x4000 + (page - Place.test) >> 12 * 8 }

  /// Maps a test page with this leaf entry. Says nothing to the CPU.
  func map(_ page: UInt64, _ entry: UInt64) { put(entryAddress(page), entry) }

  /// Points a vector at `code`; `ist` is 0 for the current stack.
  func handle(_ vector: UInt8, ist: UInt8 = 0, privilege: UInt64 = 0, _ code: Code...) {
    let at = Place.handlers + UInt64(vector) * 64
    place(code.flatMap { $0 }, at: at)
    let low = (at & 0xffff) | 8 << 16 | UInt64(ist) << 32 | (0x8e | privilege << 5) << 40 | (at >> 16 & 0xffff) << 48
    put(Place.idt + UInt64(vector) * 16, low)
    put(Place.idt + UInt64(vector) * 16 + 8, at >> 32)
  }

  /// Changes some registers, by a copy of all of them; the TLB is empty afterwards.
  func change(_ body: (inout CPUState) -> Void) {
    var state = cpu.state
    body(&state)
    cpu.state = state
    cpu.translations = []
  }

  /// The next instruction is at `address`, at this privilege level.
  func enter(_ address: UInt64 = Place.code, cpl: UInt8 = 0) {
    change { Self.enter(&$0, address, cpl: cpl) }
  }

  static func enter(_ state: inout CPUState, _ address: UInt64, cpl: UInt8) {
    state.rip = address
    if cpl == 3 {
      state.segments = (0..<6).map { _ in .init(selector: 0x1b, limit: 0xffff_ffff, attributes: 0x00c0_f300) }
      state.segments[1] = .init(selector: 0x23, limit: 0xffff_ffff, attributes: 0x00a0_fb00)
      state.general[4] = Place.userStack
    } else {
      state.segments = (0..<6).map { _ in .flatData(16) }
      state.segments[1] = .flatCode(8, is64Bit: true)
      state.general[4] = Place.stack
    }
  }

  // MARK: running

  /// Runs at most `count` instructions further.
  @discardableResult
  func run(_ count: UInt64 = 10_000) -> EngineStop {
    cpu.setHorizon(cpu.instructionsRetired + count)
    return cpu.run()
  }

  func register(_ r: Register) -> UInt64 { cpu.state.general[Int(r.rawValue)] }
  var retired: UInt64 { cpu.instructionsRetired }

  var exceptions: [Exception] {
    events.compactMap { event in
      guard case .exception(let vector, let errorCode, let rip, let address) = event.payload else { return nil }
      return Exception(
        vector: vector, errorCode: errorCode, instructionPointer: rip, address: address, retired: event.retired)
    }
  }
  var vectors: [UInt8] { exceptions.map(\.vector) }

  /// Another engine that takes over the state before any instruction of this run comes to the same end.
  ///
  /// - Parameter start: makes a bench that stands where this one began.
  func expectTakenOverAnywhere(_ start: () throws -> CPUBench) throws {
    for number in 0..<retired {
      let (first, second) = (try start(), try start())
      first.run(number)
      second.cpu.state = first.cpu.state
      second.cpu.setInstructionsRetired(number)
      #expect(second.memory.write(first.memory.read(0, count: 0x40000)!, at: 0))
      #expect(second.run() == .halt)
      #expect(second.cpu.state == cpu.state, "taken over before instruction \(number)")
      #expect(second.retired == retired)
    }
  }

  // MARK: CPUEnvironment

  private func note(_ list: ReferenceWritableKeyPath<CPUBench, [Access]>, _ access: Access) {
    self[keyPath: list].append(access)
    onAccess?()
  }
  func deviceRead(_ address: UInt64, size: Int) -> UInt64 {
    note(\.devices, Access(address: address, size: size, value: answer, isWrite: false, retired: retired))
    return answer
  }
  func deviceWrite(_ address: UInt64, size: Int, value: UInt64) {
    note(\.devices, Access(address: address, size: size, value: value, isWrite: true, retired: retired))
  }
  func portRead(_ port: UInt16, size: Int) -> UInt32 {
    note(\.ports, Access(address: UInt64(port), size: size, value: answer, isWrite: false, retired: retired))
    return UInt32(truncatingIfNeeded: answer)
  }
  func portWrite(_ port: UInt16, size: Int, value: UInt32) {
    note(\.ports, Access(address: UInt64(port), size: size, value: UInt64(value), isWrite: true, retired: retired))
  }
  func observe(_ event: EventPayload) {
    events.append((retired, event))
    onEvent?()
  }
  func timestampCounter() -> UInt64 { 0x1_0000_0000_0000 + retired * 7 }
  func randomNumber() -> UInt64 { randomNumbers.isEmpty ? 0xfeed_face_cafe_beef : randomNumbers.removeFirst() }
  func readMSR(_ index: UInt32) -> UInt64? { msrs[index] }
  func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool { msrs.updateValue(value, forKey: index) != nil }
  func readPerformanceCounter(_ number: UInt32) -> UInt64? { number < 2 ? UInt64(number) << 32 | 7 : nil }
  func breakpointReached(_ address: UInt64) -> Bool { stopsAtBreakpoints }
}
