import SimEvents

/// Tells the outcome of a run from its events: a pure fold, and at the end a table of rules in order of weight.
public final class OutcomeJudge: EventSink {
  private var containments: [String] = []
  /// Whether the application showed a sign of life after the last containment.
  private var applicationWentOn = false
  private var refusals: [String] = []
  private var panic: String?
  private var tripleFault = false

  /// The console that only the application prints on, if there is one.
  private let applicationConsole: Console?
  /// What a kernel of others writes to the debug-exit port when all went well, 0 by custom; nil: any value will do.
  private let successCode: UInt32?

  public init(applicationConsole: Console? = nil, successCode: UInt32? = nil) {
    self.applicationConsole = applicationConsole
    self.successCode = successCode
  }

  public func record(_ event: Event) {
    switch event.payload {
    case .guest("contained", let detail):
      containments.append(detail)
      applicationWentOn = false
    case .guest("application", _): applicationWentOn = true
    case .consoleOutput(let console, _) where console == applicationConsole: applicationWentOn = true
    case .guest("refused", let detail): refusals.append(detail)
    case .guest("panic", let detail): panic = panic ?? detail
    case .tripleFault: tripleFault = true
    default: break
    }
  }

  /// What is known only after the run.
  public struct Evidence: Equatable, Sendable {
    public var script = ScriptRunner.Result()
    /// Values that the design promised and that are different.
    public var escapes: [String] = []
    /// Values that are different and that nothing complained about.
    public var corruptions: [String] = []

    public init() {}
  }

  /// The outcome and, in one line, why.
  public func judge(_ evidence: Evidence) -> (outcome: Outcome, reason: String) {
    if case .defect(let problem) = evidence.script.stop { return (.simulatorDefect, problem) }
    if let escape = evidence.escapes.first { return (.escaped, escape) }
    if tripleFault { return (.crashed, "the guest ended in a triple fault") }
    if let panic { return (.crashed, "the guest panicked: \(panic)") }
    if case .exited(let value) = evidence.script.stop, let successCode, value != successCode {
      return (.crashed, "the guest ended with exit code \(value), which means failure")
    }
    if evidence.script.stop == .halted { return (.hung, "the guest halted with nothing left to wake it") }
    if let exhausted = evidence.script.exhausted { return (.hung, "\(exhausted) used up") }
    if evidence.script.guestWasSilent { return (.hung, "the guest no longer answered the script") }
    if let corruption = evidence.corruptions.first { return (.corrupted, corruption) }
    if let first = containments.first {
      let rest = containments.count > 1 ? " (and \(containments.count - 1) more)" : ""
      return applicationWentOn
        ? (.contained, "\(first)\(rest); the application went on")
        : (.detected, "\(first)\(rest); the application showed no sign of life afterwards")
    }
    if let refusal = refusals.first { return (.detected, "refused: \(refusal)") }
    return (.completed, evidence.script.failure == nil ? "the run did what the script asked" : "the guest went on")
  }
}
