import SimCPU
import SimEvents
import SimPlatform

/// The run loop.
extension Machine {
  /// Runs until virtual time reaches `deadline` (absolute, in cycles), or something else stops the machine.
  public func run(until deadline: UInt64) -> MachineStop {
    self.deadline = deadline
    if let problem = wake() { return finish(.defect(problem)) }
    while true {
      advanceTimers()
      keepAppointments()
      if isHoldDue {
        isHoldDue = false
        return .held
      }
      if let end { return end }
      if isAppointmentReached {
        isAppointmentReached = false
        return .appointment
      }
      if stopRequested {
        stopRequested = false
        return .requested
      }
      if time >= deadline { return .deadline }
      if takeInterrupt(), isHalted {
        isHalted = false
        charge(configuration.costs.halt, for: .wakeUp)
      }
      if isHalted {
        guard sleep() else { return finish(.halted) }
        continue
      }
      if let stop = runEngine() { return stop }
    }
  }

  /// Hands the pending interrupt to the CPU if it can take it.
  private func takeInterrupt() -> Bool {
    if isNonMaskableInterruptPending, engine.canTakeNonMaskableInterrupt {
      isNonMaskableInterruptPending = false
      engine.injectNonMaskableInterrupt()
      return true
    }
    guard hasPendingInterrupt, engine.canTakeInterrupt, passesFaults() else { return false }
    engine.inject(interrupt: acknowledgeInterrupt())
    if let fault = afterAcknowledge {
      afterAcknowledge = nil
      fault(self)
    }
    return true
  }

  /// HLT: the clock jumps to the next thing that can happen. False if nothing can.
  private func sleep() -> Bool {
    guard engine.canTakeInterrupt || canGetNonMaskableInterrupt else { return false }
    let due = dueCycle
    if due > time {
      let slept = due &- time
      profile?.charge(slept, for: .idle)
      performanceMonitor.state.haltedCycles &+= slept
      extraCycles &+= slept
    }
    return true
  }

  private func runEngine() -> MachineStop? {
    if areStopsStale { renewStops() }
    isRunning = true
    scheduleStart()
    let syncDue = nextSync(after: instructions)
    let stop = engine.run()
    isRunning = false
    if instructions >= syncDue { recordSync() }
    keepAppointments()
    switch stop {
    case .horizon, .breakpoint: return nil
    case .halt:
      isHalted = true
      emit(.halt(until: visibleDueCycle))
      return nil
    case .shutdown:
      emit(.tripleFault(instructionPointer: engine.instructionPointer))
      return finish(.tripleFault)
    case .defect(let problem): return finish(.defect(problem))
    }
  }

  private func finish(_ stop: MachineStop) -> MachineStop {
    end = stop
    return stop
  }

  /// - Parameter use: what a profile says that they were for.
  func charge(_ cycles: UInt64, for use: TimeUse) {
    guard cycles > 0 else { return }
    profile?.charge(cycles, for: use)
    extraCycles &+= cycles
  }

  /// A device was touched: its interrupt line may have changed, and the deadline too.
  func update() { update(at: instructions) }

  /// The same, when `now` instructions have retired.
  func update(at now: UInt64) {
    if slotLineChanged {
      slotLineChanged = false
      for (index, slot) in slots.enumerated() { drive(Platform.virtioFirstInput + index, slot.interruptAsserted) }
    }
    drive(Platform.serialInput, uart.interruptAsserted)
    deliverInterrupts()
    reschedule(at: now)
  }

  /// Tells the interrupt controllers the level of an input, and the local APIC what comes of it. Nothing happens while the
  /// level stays.
  func drive(_ input: Int, _ isActive: Bool) {
    guard ioapic.isAsserted(input) != isActive else { return }
    ioapic.setInput(input, asserted: isActive)
    pics.setLine(input, high: isActive)
    deliverInterrupts()
  }

  /// Sends what the I/O APIC has pending to the local APIC, and the output of the 8259s to its LINT0.
  func deliverInterrupts() {
    if ioapic.mayHavePending { carryOut(ioapic.deliver(to: &localAPIC)) }
    driveExternalInterruptLine()
  }
}
