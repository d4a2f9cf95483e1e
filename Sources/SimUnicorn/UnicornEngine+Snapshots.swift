import CUnicornSeams
import SimCPU

extension UnicornEngine: RestorableEngine {
  public var engineState: EngineState {
    EngineState(
      cpu: state, translations: translations, instructionsRetired: instructionsRetired,
      reportedBreakpoint: reportedBreakpoint)
  }

  public func restore(_ saved: EngineState) throws(EngineStateError) {
    try saved.check()
    state = saved.cpu
    translations = saved.translations
    setInstructionsRetired(saved.instructionsRetired)
    reportedBreakpoint = saved.reportedBreakpoint
    seams_forget_domain(seams)
  }
}
