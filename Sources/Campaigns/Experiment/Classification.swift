import Scenarios

/// Decides the class of an experiment: a table of rules in order.
struct Classification: Equatable {
  var faultClass: FaultClass
  /// Why, in one line.
  var reason: String
  var evidence: Evidence?

  /// - Parameters:
  ///   - exhausted: the limit that the run was ended at; nil if it came to its own end.
  ///   - fate: of the fault.
  ///   - hasSameState: the state at the end is that of the fault-free run at its end.
  ///   - comparesOutput: what the run shows has to be the same.
  init(
    _ result: RunResult, _ output: RunOutput, exhausted: String?, golden: (result: RunResult, output: RunOutput),
    fate: FaultFate, hasSameState: Bool, comparesOutput: Bool
  ) {
    func verdict(_ faultClass: FaultClass, _ reason: String) -> Classification {
      Classification(faultClass, reason, result.evidence)
    }
    let isSame = result.outcome == golden.result.outcome && Self.isSame(result.evidence, golden.result.evidence)
    if result.outcome == .simulatorDefect {
      self = verdict(.simulatorDefect, result.reason)
      return
    }
    switch fate {
    case .notTriggered:
      self.init(.notTriggered, "its moment never came", nil)
      return
    case .missed(let why):
      self.init(.notTriggered, why, nil)
      return
    case .injected: break
    }
    let isWorse = [.escaped, .leaked, .crashed].contains(result.outcome)
    if let exhausted, isSame || !isWorse {
      self.init(.hung, exhausted, nil)
      return
    }
    if !isSame {
      switch result.outcome {
      case .escaped: self = verdict(.escaped, result.reason)
      case .leaked: self = verdict(.leaked, result.reason)
      case .crashed: self = verdict(.crashed, result.reason)
      case .hung: self = verdict(.hung, result.reason)
      // What was noticed is no silent corruption.
      case .corrupted where result.noticed != golden.result.noticed && result.noticed != nil:
        self = verdict(result.noticed == .contained ? .contained : .detected, "noticed, and then \(result.reason)")
      case .corrupted: self = verdict(.corrupted, result.reason)
      case .detected: self = verdict(.detected, result.reason)
      case .contained: self = verdict(.contained, result.reason)
      case .completed: self = verdict(.corrupted, "the run no longer ends as \(golden.result.outcome.rawValue)")
      case .simulatorDefect: preconditionFailure("a defect was looked for")
      }
      return
    }
    if comparesOutput, let difference = output.difference(to: golden.output) {
      self.init(.corrupted, difference, nil)
    } else if !hasSameState {
      self.init(
        .latent,
        comparesOutput
          ? "the state at the end differs, what the run shows does not"
          : "the rules hold, and the application goes on when the faults have ended", nil)
    } else {
      self.init(.masked, "nothing differs at the end", nil)
    }
  }

  init(_ faultClass: FaultClass, _ reason: String, _ evidence: Evidence?) {
    (self.faultClass, self.reason, self.evidence) = (faultClass, reason, evidence)
  }

  /// The same thing happened, at whatever time.
  private static func isSame(_ one: Evidence?, _ other: Evidence?) -> Bool {
    one?.rule == other?.rule && one?.text == other?.text && one?.actor == other?.actor
  }
}
