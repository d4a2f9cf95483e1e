import SimCPU

/// The CPU of a fork that has not run yet: state without an engine, which would take longer to make than all the rest.
final class DormantEngine: RestorableEngine {
  private(set) var engineState: EngineState
  private(set) var breakpoints: [UInt64] = []
  /// Why there will be no engine.
  let problem: String?

  init(_ state: EngineState, problem: String? = nil) {
    engineState = state
    self.problem = problem
  }

  let capabilities = UnicornEngine.capabilities
  var instructionsRetired: UInt64 { engineState.instructionsRetired }
  var instructionPointer: UInt64 { engineState.cpu.rip }
  var pkru: UInt32 { engineState.cpu.pkru }
  var canTakeInterrupt: Bool { engineState.cpu.rflags >> 9 & 1 == 1 && !engineState.cpu.shadow.contains(.interrupts) }

  var canTakeNonMaskableInterrupt: Bool { !engineState.cpu.nmiBlocked && !engineState.cpu.shadow.contains(.interrupts) }

  /// Giving registers empties the TLB, as it does in an engine.
  var state: CPUState {
    get { engineState.cpu }
    set {
      engineState.cpu = newValue
      engineState.translations = []
    }
  }

  var reportedBreakpoint: UInt64? {
    get { engineState.reportedBreakpoint }
    set { engineState.reportedBreakpoint = newValue }
  }

  func restore(_ state: EngineState) throws(EngineStateError) {
    try state.check()
    engineState = state
  }

  func addBreakpoint(_ address: UInt64) { breakpoints.append(address) }

  func removeBreakpoint(_ address: UInt64) {
    if let index = breakpoints.firstIndex(of: address) { breakpoints.remove(at: index) }
  }

  // The machine wakes the engine before it runs: none of these is asked for.
  func run() -> EngineStop { .defect("an engine that does not exist was asked to run") }
  func setHorizon(_ instruction: UInt64) {}
  func inject(interrupt vector: UInt8) {}
  func injectNonMaskableInterrupt() {}
  func requestInterruptWindow() {}
  func requestNonMaskableInterruptWindow() {}
}

extension Machine {
  /// Makes the engine of a fork that is about to run. Returns why that is impossible.
  func wake() -> String? {
    guard let dormant = engine as? DormantEngine else { return nil }
    if let problem = dormant.problem { return problem }
    do {
      let awake = try UnicornEngine(
        memory: memory, environment: self, cpuid: configuration.cpuid)
      try awake.restore(dormant.engineState)
      for address in dormant.breakpoints { awake.addBreakpoint(address) }
      use(awake)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
