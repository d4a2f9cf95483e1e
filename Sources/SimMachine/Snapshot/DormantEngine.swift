import SimCPU

/// The CPU of a fork that has not run yet: state without an engine, which would take longer to make than all the rest.
final class DormantEngine: RestorableEngine {
  private(set) var engineState: EngineState
  /// Why there will be no engine.
  let problem: String?

  init(_ state: EngineState, capabilities: EngineCapabilities, problem: String? = nil) {
    engineState = state
    self.capabilities = capabilities
    self.problem = problem
  }

  /// Those of the engine that will be made.
  let capabilities: EngineCapabilities
  var instructionsRetired: UInt64 { engineState.instructionsRetired }
  var instructionPointer: UInt64 { engineState.cpu.rip }
  var keyRights: UInt32 { engineState.cpu.keyRights }
  var canTakeInterrupt: Bool { engineState.cpu.rflags >> 9 & 1 == 1 && !engineState.cpu.shadow.contains(.interrupts) }

  var canTakeNonMaskableInterrupt: Bool { !engineState.cpu.nmiBlocked && !engineState.cpu.shadow.contains(.interrupts) }

  /// Giving registers empties the TLB where it does in an engine.
  var state: CPUState {
    get { engineState.cpu }
    set {
      let old = engineState.cpu
      let keepsPaging =
        (old.cr0, old.cr3, old.cr4, old.efer) == (newValue.cr0, newValue.cr3, newValue.cr4, newValue.efer)
      engineState.cpu = newValue
      if !keepsPaging { engineState.translations = [] }
    }
  }

  var reportedBreakpoint: UInt64? {
    get { engineState.reportedBreakpoint }
    set { engineState.reportedBreakpoint = newValue }
  }

  var translations: [CachedTranslation] {
    get { engineState.translations }
    set { engineState.translations = newValue }
  }

  func restore(_ state: EngineState) throws(EngineStateError) {
    try state.check()
    engineState = state
  }

  // The machine wakes the engine before it runs, and gives it the agenda's addresses then: none of these is asked for.
  func addBreakpoint(_ address: UInt64) {}
  func removeBreakpoint(_ address: UInt64) {}
  func run() -> EngineStop { .defect("an engine that does not exist was asked to run") }
  func setHorizon(_ instruction: UInt64) {}
  func inject(interrupt vector: UInt8) {}
  func injectNonMaskableInterrupt() {}
  func requestInterruptWindow() {}
  func requestNonMaskableInterruptWindow() {}
}

extension Machine {
  /// Makes the CPU. Where the engine gives up meanwhile, the machine says so when it is run.
  func makeEngine() throws(MachineError) -> any CPUEngine {
    do throws(EngineUnavailable) {
      return try engineMaker.make(memory, self, configuration.cpuid)
    } catch {
      guard error.isDefect else { throw MachineError("\(error)") }
      return DormantEngine(
        EngineState(cpu: CPUState()), capabilities: engineMaker.capabilities, problem: "\(error)")
    }
  }

  /// Makes the engine of a fork that is about to run. Returns why that is impossible.
  func wake() -> String? {
    guard let dormant = engine as? DormantEngine else { return nil }
    if let problem = dormant.problem { return problem }
    do {
      let made = try makeEngine()
      if let failed = made as? DormantEngine { return failed.problem }
      guard let awake = made as? any RestorableEngine else { return "this engine cannot take over a state" }
      try awake.restore(dormant.engineState)
      use(awake)
      tellStops()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
