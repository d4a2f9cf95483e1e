import CUnicornSeams
import PKRUModel
import SimCPU
import SimEvents
import SimMemory

/// The simulator's CPU: libunicorn as a code generator, ruled by the models of SimMemory and PKRUModel.
public final class UnicornEngine: CPUEngine {
  public static let capabilities: EngineCapabilities = [
    .exactInstructions, .protectionKeys, .deterministic, .observable, .watches,
  ]
  public var capabilities: EngineCapabilities { Self.capabilities }
  /// Not owned: the machine holds both, and keeps the environment alive for as long as the engine runs.
  unowned(unsafe) let environment: any CPUEnvironment
  let memory: GuestMemory
  let cpuid: CPUIDModel
  /// Null only before `init` ends.
  var seams: OpaquePointer!
  private var seenHarvest: UInt64 = 0
  /// What decides accesses, as CR0, CR4 and EFER have it: renewed with the access table. CR3, PKRU and EFLAGS.AC change without them.
  private var walking = PagingState(cr0: 0, cr3: 0, cr4: 0, efer: 0)
  private var controls = AccessContext.Controls(rawValue: 0)
  private var hasGlobalPages = false

  public init(memory: GuestMemory, environment: any CPUEnvironment, cpuid: CPUIDModel) throws(EngineUnavailable) {
    self.memory = memory
    self.environment = environment
    self.cpuid = cpuid
    precondition(CPUIDModel.pkruOffset == UInt32(SEAMS_XSAVE_PKRU_OFFSET), "CPUID says where XSAVE puts PKRU")
    precondition(
      [.systemCall, .rdpkru, .cpuid, .invlpg].map(\TimedInstruction.rawValue)
        == [SEAMS_SYSTEM_CALL, SEAMS_RDPKRU, SEAMS_CPUID, SEAMS_INVLPG].map { UInt32($0) },
      "the seams tell these by their raw values")
    var callbacks = Self.makeCallbacks()
    callbacks.context = Unmanaged.passUnretained(self).toOpaque()
    callbacks.bus_context = callbacks.context
    if let bus = environment.busFunctions {
      callbacks.bus_context = bus.context
      callbacks.device_read = bus.deviceRead
      callbacks.device_write = bus.deviceWrite
      callbacks.port_read = bus.portRead
      callbacks.port_write = bus.portWrite
      callbacks.domain = bus.domainChanged
      callbacks.executed = bus.executed
    }
    var reason: UnsafePointer<CChar>?
    var gaveUp = false
    seams = seams_create(
      &callbacks, memory.base, memory.size, memory.dirty.words, memory.translated.words, &reason, &gaveUp)
    guard seams != nil else {
      let why = reason.map { String(cString: $0) } ?? "the CPU engine cannot be created"
      throw EngineUnavailable(gaveUp ? "libunicorn: \(why)" : why, isDefect: gaveUp)
    }
    memory.onTranslatedPageWritten = { [unowned self] page in
      seams_invalidate_code(seams, UInt64(page) << 12, 4096)
    }
    seams_set_state_components(seams, cpuid.stateComponents)
    seams_set_supervisor_keys(seams, cpuid.hasSupervisorKeys)
    renewAccessTable()
  }

  deinit {
    memory.onTranslatedPageWritten = nil
    if let seams { seams_destroy(seams) }
  }

  public var instructionsRetired: UInt64 { seams_retired(seams) }
  public var instructionPointer: UInt64 { seams_rip(seams) }
  public var keyRights: UInt32 { seams_key_rights(seams) }
  public var canTakeInterrupt: Bool { seams_interrupts_enabled(seams) && !seams_interrupt_shadow(seams) }
  public var canTakeNonMaskableInterrupt: Bool { !seams_nmi_blocked(seams) && !seams_interrupt_shadow(seams) }

  /// Numbers instructions from here: a restored run goes on where its snapshot stood.
  public func setInstructionsRetired(_ count: UInt64) { seams_set_retired(seams, count) }

  public var state: CPUState {
    get { CPUState(registers(cr8: 0)) }
    set {
      var c = newValue.forSeams
      seams_set_state(seams, &c)
      renewAccessTable()
    }
  }

  var rawState: seams_cpu_state {
    var c = seams_cpu_state()
    seams_get_state(seams, &c)
    return c
  }

  public func registers(cr8: UInt64) -> RegisterFile { RegisterFile(rawState, cr8: cr8) }

  public var paging: PagingState {
    PagingState(
      cr0: seams_control(seams, 0), cr3: seams_control(seams, 3), cr4: seams_control(seams, 4),
      efer: seams_control(seams, UInt32(SEAMS_EFER)))
  }

  public func run() -> EngineStop {
    if memory.harvestCount != seenHarvest {
      seenHarvest = memory.harvestCount
      seams_forget_dirty(seams)
    }
    return switch seams_run(seams) {
    case SEAMS_STOP_HALT: .halt
    case SEAMS_STOP_SHUTDOWN: .shutdown
    case SEAMS_STOP_BREAKPOINT: .breakpoint
    case SEAMS_STOP_ERROR: .defect("libunicorn: \(String(cString: seams_error_text(seams)))")
    default: .horizon
    }
  }

  public var instructionCounter: InstructionCounter? {
    InstructionCounter(
      context: seams, retired: seams_retired, instructionPointer: seams_rip, setHorizon: seams_set_horizon)
  }

  public func setHorizon(_ instruction: UInt64) { seams_set_horizon(seams, instruction) }
  public func inject(interrupt vector: UInt8) { seams_inject_interrupt(seams, vector) }
  public func injectNonMaskableInterrupt() { seams_inject_nmi(seams) }

  public func requestInterruptWindow() {
    if seams_interrupts_enabled(seams) {
      seams_set_horizon(seams, seams_retired(seams) + 1)  // an interrupt shadow lasts one instruction
    } else {
      seams_want_interrupt_window(seams, true)
    }
  }

  public func requestNonMaskableInterruptWindow() {
    if seams_nmi_blocked(seams) {
      seams_want_nmi_window(seams, true)
    } else {
      seams_set_horizon(seams, seams_retired(seams) + 1)  // an interrupt shadow lasts one instruction
    }
  }

  public var reportedBreakpoint: UInt64? {
    get {
      var address: UInt64 = 0
      return seams_reported_breakpoint(seams, &address) ? address : nil
    }
    set { seams_set_reported_breakpoint(seams, newValue != nil, newValue ?? 0) }
  }

  public func addBreakpoint(_ address: UInt64) { seams_add_breakpoint(seams, address) }
  public func removeBreakpoint(_ address: UInt64) { seams_remove_breakpoint(seams, address) }

  /// The library's own page walk judges accesses instead of PKRUModel: a second opinion, for comparison. Pages must be
  /// mapped in place, and dirty pages are not kept then.
  public func setBuiltInWalk(_ used: Bool) { seams_use_built_in_walk(seams, used) }

  /// Page walks since creation, and misses of the engine's own TLB.
  public var statistics: (walks: UInt64, fills: UInt64) { (seams_walks(seams), seams_fills(seams)) }
}

extension EngineMaker {
  /// The simulator's own CPU.
  public static let unicorn = EngineMaker(capabilities: UnicornEngine.capabilities) {
    memory, environment, cpuid throws(EngineUnavailable) in
    try UnicornEngine(memory: memory, environment: environment, cpuid: cpuid)
  }
}

// MARK: - The guest's TLB

extension UnicornEngine {
  /// What the guest's TLB holds, ordered by kind and page.
  public var translations: [CachedTranslation] {
    get {
      let count = seams_export_translations(seams, nil, 0)
      var raw = [seams_cached_translation](repeating: seams_cached_translation(), count: count)
      _ = seams_export_translations(seams, &raw, count)
      let all = raw.map {
        CachedTranslation(
          virtualPage: $0.virtual_page, physicalPage: $0.translation.physical_page,
          pageSize: $0.translation.page_bytes, rights: $0.translation.rights, key: $0.translation.key,
          isDirty: $0.translation.dirty, isGlobal: $0.translation.global, isFetch: $0.is_fetch)
      }
      return all.sorted { $0.order < $1.order }
    }
    set {
      let raw = newValue.map {
        seams_cached_translation(
          virtual_page: $0.virtualPage,
          translation: seams_translation(
            physical_page: $0.physicalPage, page_bytes: $0.pageSize, rights: $0.rights, key: $0.key,
            dirty: $0.isDirty, global: $0.isGlobal),
          is_fetch: $0.isFetch)
      }
      seams_import_translations(seams, raw, raw.count)
    }
  }

  /// The context of an access; `isSMAPOpen` stands for EFLAGS.AC, which the engine keeps in its MMU index.
  func accessContext(isSMAPOpen: Bool) -> AccessContext {
    AccessContext(
      cr0: seams_control(seams, 0), cr4: seams_control(seams, 4), efer: seams_control(seams, 16),
      eflags: isSMAPOpen ? 1 << 18 : 0, pkru: seams_pkru(seams), pkrs: seams_pkrs(seams))
  }

  /// The same context, without asking for the control registers again.
  @inline(__always)
  private func currentContext(isSMAPOpen: Bool) -> AccessContext {
    AccessContext(
      controls: isSMAPOpen ? controls.union(.alignmentCheck) : controls, pkru: PKRU(rawValue: seams_pkru(seams)),
      pkrs: PKRU(rawValue: seams_pkrs(seams)))
  }

  private static let key1 = ProtectionKey(truncating: 1)

  /// Asks PKRUModel for every combination that a TLB entry can meet under the present control registers.
  func renewAccessTable() {
    let cr4 = seams_control(seams, 4)
    walking = paging
    controls = accessContext(isSMAPOpen: false).controls
    hasGlobalPages = cr4 & 0x80 != 0
    var table = [UInt8](repeating: 0, count: 3 * 4 * 8)
    for index in 0..<3 {
      let privilege: Privilege = index == 1 ? .user : .supervisor
      for bits in 0..<4 {
        var context = accessContext(isSMAPOpen: index != 0)
        context.pkru = PKRU(rawValue: UInt32(bits) << 2)
        context.pkrs = context.pkru
        for rights in 0..<8 {
          let page = PageRights(
            writable: rights & 1 != 0, user: rights & 2 != 0, noExecute: rights & 4 != 0, key: Self.key1)
          let kinds = AccessModel.allowedKinds(rights: page, context: context, privilege: privilege)
          table[(index * 4 + bits) * 8 + rights] = kinds.rawValue
        }
      }
    }
    seams_set_access_table(seams, table)
  }

  /// The page walk and the decision behind a TLB miss.
  func translate(
    _ address: UInt64, kind: AccessKind, mmuIndex: UInt32, into out: inout seams_translation, fault: inout seams_fault
  ) -> Bool {
    let context = currentContext(isSMAPOpen: mmuIndex != 0)
    assert(context == accessContext(isSMAPOpen: mmuIndex != 0), "control registers have changed unnoticed")
    walking.cr3 = seams_control(seams, 3)
    let walk = PageWalker.walk(address, walking, in: memory)
    guard walk.isCanonical else {
      fault = seams_fault(vector: 13, error_code: 0)
      return false
    }
    let access = Access(kind, mmuIndex == 1 ? .user : .supervisor)
    switch AccessModel.decide(access, rights: walk.rights, context: context) {
    case .allowed:
      PageWalker.setAccessedAndDirty(walk, for: kind, isAllowed: true, in: memory)
      let rights = walk.rights
      out.physical_page = walk.physicalAddress & ~0xfff
      out.page_bytes = walk.pageSize
      out.rights = (rights.isWritable ? 1 : 0) | (rights.isUser ? 2 : 0) | (rights.isNoExecute ? 4 : 0)
      out.key = rights.key.rawValue
      out.dirty = kind == .write || walk.depth == 0 || walk.leafEntry & PageEntry.dirty != 0
      out.global = walk.depth > 0 && walk.leafEntry & 0x100 != 0 && hasGlobalPages
      return true
    case .denied(let rule, let errorCode):
      PageWalker.setAccessedAndDirty(walk, for: kind, isAllowed: false, in: memory)
      fault = seams_fault(vector: 14, error_code: errorCode.rawValue)
      environment.observe(
        .accessDenied(
          address: address, access: "\(kind.name)", rule: "\(rule.name)", errorCode: errorCode.rawValue,
          key: walk.rights.key.rawValue, pkru: (context.keyRights(of: walk.rights) ?? context.pkru).rawValue,
          instructionPointer: seams_rip(seams)))
      return false
    }
  }
}
