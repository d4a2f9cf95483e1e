/// When the engine must stop next, and what of the timers and interrupt controllers decides it.
///
/// Every exit asks for it, and hardly any changes it: the answer is kept until something that it follows from changes.
struct Schedule {
  /// Something has changed since the engine was last told.
  var isStale = true
  /// A timer or an interrupt controller has changed since they were last looked at.
  var isAPICStale = true
  /// The cycle at which a timer next requests an interrupt.
  var timerDue: UInt64 = .max
  /// A maskable interrupt waits for the CPU.
  var isInterruptPending = false
}

extension Machine {
  /// Tells an engine that is about to run where to stop.
  func scheduleStart() {
    let now = instructions
    lookAtAPIC(at: now)
    setHorizon(horizon(at: now))
    requestWindows()
    schedule.isStale = false
  }

  /// What waits for the processor and cannot be taken yet makes the engine stop as soon as it can.
  private func requestWindows() {
    if schedule.isInterruptPending { engine.requestInterruptWindow() }
    if isNonMaskableInterruptPending { engine.requestNonMaskableInterruptWindow() }
  }

  /// Time has passed, or the interrupt controller has changed: what the CPU must stop for next may be another thing.
  func reschedule() { reschedule(at: instructions) }

  /// The same, when `now` instructions have retired.
  func reschedule(at now: UInt64) {
    // An interrupt that waits for the CPU is asked about each time, since the CPU's own flags decide.
    guard isRunning, schedule.isStale || schedule.isInterruptPending || isNonMaskableInterruptPending else { return }
    lookAtAPIC(at: now)
    let canInterrupt =
      schedule.isInterruptPending && engine.canTakeInterrupt
      || isNonMaskableInterruptPending && engine.canTakeNonMaskableInterrupt
    let stopsNow = stopRequested || isHoldDue || agenda.isDue || areStopsStale || end != nil || canInterrupt
    setHorizon(stopsNow ? now : max(horizon(at: now), now))
    if !stopsNow { requestWindows() }
    schedule.isStale = false
  }

  /// The timers have nothing to say before one is due: time that passes until then is told to them by whoever reads or
  /// writes them.
  private func lookAtAPIC(at now: UInt64) {
    let time = time(at: now)
    if schedule.isAPICStale { renewSchedule() }
    guard time >= schedule.timerDue else { return }
    advanceTimers(at: now)
    renewSchedule()
  }

  /// The cycle at which the machine must stop or wake next, as far as time alone says: what has a clock is in this list.
  var dueCycle: UInt64 { min(visibleDueCycle, agenda.nextTime) }

  /// The same without what the run may not notice.
  var visibleDueCycle: UInt64 {
    if schedule.isAPICStale { renewSchedule() }
    return min(deadline, schedule.timerDue)
  }

  private func renewSchedule() {
    schedule.timerDue = timerDeadline ?? .max
    schedule.isInterruptPending = hasPendingInterrupt
    schedule.isAPICStale = false
  }

  /// The instruction at which the next thing is due, when `now` instructions have retired.
  private func horizon(at now: UInt64) -> UInt64 {
    let due = dueCycle
    guard due > extraCycles else { return now }
    let instruction = configuration.costs.instruction.count(reaching: due - extraCycles)
    return min(instruction, nextSync(after: now), agenda.nextInstruction)
  }
}
