import SimEvents

extension Scenario {
  /// What a kernel of others writes to the debug-exit port when all went well; nil: any value will do. Where a crash is
  /// expected, the code that is expected is that of the failure.
  var successCode: UInt32? {
    guard case .image = guest.source else { return nil }
    return expect.outcome == .crashed ? 0 : expect.exitCode ?? 0
  }
}

/// Tells the outcome of a run from what the oracle saw and from what is known only after it: a table of rules in order.
struct OutcomeJudge {
  /// What is known only after the run.
  struct End: Equatable {
    var script = ScriptRunner.Result()
    /// Virtual time, in cycles.
    var time: UInt64 = 0
    /// Values that a scenario guards and that are different. They tell an escape only where nobody can tell who acts.
    var guardedDifferences: [MemoryDifference] = []
    /// Values that are different and that nothing complained about.
    var differences: [MemoryDifference] = []
  }

  struct Verdict: Equatable {
    var outcome: Outcome
    /// In one line.
    var reason: String
    var evidence: Evidence?

    init(_ outcome: Outcome, _ reason: String, _ evidence: Evidence? = nil) {
      (self.outcome, self.reason, self.evidence) = (outcome, reason, evidence)
    }
  }

  let oracle: Oracle
  /// What a kernel of others writes to the debug-exit port when all went well, 0 by custom; nil: any value will do.
  var successCode: UInt32?

  func judge(_ end: End) -> Verdict {
    if case .defect(let problem) = end.script.stop { return Verdict(.simulatorDefect, problem) }
    if let found = oracle.broken.first(where: { $0.rule != .secrets }) {
      return Verdict(.escaped, "\(found.actor): \(found.text)", found)
    }
    if !oracle.isWitnessed, let difference = end.guardedDifferences.first { return Verdict(.escaped, difference.text) }
    if let found = oracle.broken.first(where: { $0.rule == .secrets }) {
      return Verdict(.leaked, "\(found.actor): \(found.text)", found)
    }
    return crash(end) ?? hang(end) ?? judgeMemory(end) ?? judgeExtensions(end)
  }

  /// The extension that never came back, if one did not, or the one after which no other ran.
  private var culprit: String {
    if let running = oracle.availability.running { return ", while \(running.name) ran" }
    return oracle.nextExtension.prevented.map { "; the next extension never ran after \($0.name)" } ?? ""
  }

  private func crash(_ end: End) -> Verdict? {
    let availability = oracle.availability
    if let fault = oracle.tripleFault {
      return Verdict(.crashed, "the guest ended in a triple fault\(culprit)", fault)
    }
    if let panic = oracle.panic {
      return Verdict(.crashed, "the guest panicked: \(panic.text)\(culprit)", panic.evidence)
    }
    if let ended = availability.end, ended.event.actor.servesExtension {
      let evidence = oracle.evidence(.availability, ended.event, ended.number, "it ends the machine")
      return Verdict(.crashed, "\(ended.event.actor) ended the machine", evidence)
    }
    if case .exited(let value) = end.script.stop, let successCode, value != successCode {
      return Verdict(.crashed, "the guest ended with exit code \(value), which means failure")
    }
    return nil
  }

  private func hang(_ end: End) -> Verdict? {
    let availability = oracle.availability
    let entered =
      availability.running.map {
        oracle.evidence(.availability, $0.event, $0.number, "it was entered and never ended")
      }
      ?? oracle.nextExtension.prevented.map {
        oracle.evidence(.nextExtension, $0.event, $0.number, "the next extension was asked for and never entered")
      }
    if end.script.stop == .halted {
      let halt = availability.halt
      let who = halt.flatMap { $0.event.actor.isExtension ? ", by \($0.event.actor)" : nil } ?? culprit
      return Verdict(
        .hung, "the guest halted with nothing left to wake it\(who)",
        halt.map { oracle.evidence(.availability, $0.event, $0.number, "HLT") } ?? entered)
    }
    if let stalled = end.script.stalled { return Verdict(.hung, "\(stalled)\(culprit)", entered) }
    if let exhausted = end.script.exhausted {
      return Verdict(.hung, "\(exhausted) used up\(culprit)", entered)
    }
    if end.script.guestWasSilent {
      return Verdict(.hung, "the guest no longer answered the script\(culprit)", entered)
    }
    if end.script.failure != nil, let prevented = oracle.nextExtension.prevented {
      return Verdict(.hung, "the overlay no longer runs what is asked for, since \(prevented.name) ran", entered)
    }
    if let starved = availability.starved(until: end.time) {
      return Verdict(
        .hung, "the application showed no sign of life for too long since \(starved.name) ran",
        oracle.evidence(.availability, starved.event, starved.number, "the application is silent from here"))
    }
    return nil
  }

  /// Whether somebody noticed something: what the outcome would be if no value were different; nil if nobody did.
  func noticed(_ end: End) -> Outcome? {
    let outcome = judgeExtensions(end).outcome
    return outcome == .completed ? nil : outcome
  }

  private func judgeMemory(_ end: End) -> Verdict? {
    end.differences.first.map { difference in
      let witness = oracle.values.evidence(of: difference.symbol)
      return Verdict(
        .corrupted, difference.text,
        witness.map { oracle.evidence(.values, $0.event, $0.number, difference.text) })
    }
  }

  private func judgeExtensions(_ end: End) -> Verdict {
    if let first = oracle.containments.first {
      let more = oracle.containments.count > 1 ? " (and \(oracle.containments.count - 1) more)" : ""
      return oracle.applicationWentOn
        ? Verdict(.contained, "\(first.text)\(more); the application went on", first.evidence)
        : Verdict(
          .detected, "\(first.text)\(more); the application showed no sign of life afterwards", first.evidence)
    }
    if let refusal = oracle.refusals.first { return Verdict(.detected, "refused: \(refusal.text)", refusal.evidence) }
    return Verdict(.completed, end.script.failure == nil ? "the run did what the script asked" : "the guest went on")
  }
}
