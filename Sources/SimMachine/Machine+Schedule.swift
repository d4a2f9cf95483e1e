import SimPlatform

/// When the engine must stop next, and what of the local APIC decides it.
///
/// Every exit asks for it, and hardly any changes it: the answer is kept until something that it follows from changes.
struct Schedule {
  /// Something has changed since the engine was last told.
  var isStale = true
  /// The local APIC has changed since it was last looked at.
  var isAPICStale = true
  /// The cycle at which the timer next requests an interrupt.
  var timerDue: UInt64 = .max
  /// The local APIC has an interrupt for the CPU.
  var isInterruptPending = false

  /// Brings the answers up to `time`. The timer has nothing to say before it is due: time that passes until then is told
  /// to the APIC by whoever reads or writes it.
  mutating func look(at apic: inout LocalAPIC, at time: UInt64) {
    if isAPICStale { renew(apic) }
    guard time >= timerDue else { return }
    apic.advance(to: time)
    renew(apic)
  }

  private mutating func renew(_ apic: borrowing LocalAPIC) {
    timerDue = apic.nextDeadline ?? .max
    isInterruptPending = apic.pendingVector != nil
    isAPICStale = false
  }
}

extension Machine {
  /// Tells an engine that is about to run where to stop.
  func scheduleStart() {
    let now = instructions
    lookAtAPIC(at: now)
    setHorizon(horizon(at: now))
    if schedule.isInterruptPending { engine.requestInterruptWindow() }
    schedule.isStale = false
  }

  /// Time has passed, or the interrupt controller has changed: what the CPU must stop for next may be another thing.
  func reschedule() {
    // An interrupt that waits for the CPU is asked about each time, since the CPU's own flags decide.
    guard isRunning, schedule.isStale || schedule.isInterruptPending else { return }
    let now = instructions
    lookAtAPIC(at: now)
    let isPending = schedule.isInterruptPending
    let stopsNow = stopRequested || isPauseDue || end != nil || isPending && engine.canTakeInterrupt
    setHorizon(stopsNow ? now : max(horizon(at: now), now))
    if isPending, !stopsNow { engine.requestInterruptWindow() }
    schedule.isStale = false
  }

  private func lookAtAPIC(at now: UInt64) {
    let time = now &* configuration.costs.instruction &+ extraCycles
    guard schedule.isAPICStale || time >= schedule.timerDue else { return }
    var found = schedule
    found.look(at: &localAPIC, at: time)
    schedule = found
  }

  /// The instruction at which the next thing is due, when `now` instructions have retired.
  private func horizon(at now: UInt64) -> UInt64 {
    var due = min(deadline, schedule.timerDue)
    if let look = probe?.time { due = min(due, look) }
    guard due > extraCycles else { return now }
    let cost = configuration.costs.instruction
    var instruction = due - extraCycles
    if cost != 1 {  // a division costs as much as everything else here
      let (left, rest) = instruction.quotientAndRemainder(dividingBy: cost)
      instruction = left + (rest > 0 ? 1 : 0)
    }
    instruction = min(instruction, nextSync(after: now))
    if let look = probe?.instruction { instruction = min(instruction, look) }
    return instruction
  }
}
