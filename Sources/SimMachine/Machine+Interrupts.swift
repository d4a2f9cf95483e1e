import SimPlatform

/// From the timers and the interrupt controllers to the processor.
extension Machine {
  /// What a local APIC's register asks of the rest of the machine.
  func carryOut(_ effect: LocalAPIC.Effect?) {
    switch effect {
    case .endOfInterrupt(let vector):
      ioapic.endOfInterrupt(vector: vector)
      deliverInterrupts()
    case .nonMaskableInterrupt: isNonMaskableInterruptPending = true
    // There is no other processor that could start this one again: INIT is not obeyed.
    case .initialize, nil: break
    }
  }

  /// A maskable interrupt waits: from the local APIC, or from the 8259s if they are connected.
  var hasPendingInterrupt: Bool { localAPIC.pendingVector != nil || hasExternalInterrupt }

  private var hasExternalInterrupt: Bool { pics.isRequesting && localAPIC.acceptsExternalInterrupts }

  /// The processor takes the pending interrupt and gets its vector. The local APIC's own come first, as in QEMU.
  func acknowledgeInterrupt() -> UInt8 {
    guard localAPIC.pendingVector == nil, hasExternalInterrupt else { return localAPIC.acknowledge() }
    defer { driveExternalInterruptLine() }
    return pics.acknowledge()
  }

  /// The 8259s' output is at LINT0, which software may also program as NMI or with a vector of its own.
  func driveExternalInterruptLine() {
    let isHigh = pics.isRequesting
    guard isHigh != (localAPIC.state.lines & 1 != 0) else { return }
    carryOut(localAPIC.setLine(.line0, high: isHigh))
  }

  /// Whether something that is under way can end in a non-maskable interrupt: the only thing that wakes a processor that
  /// halted with interrupts disabled.
  var canGetNonMaskableInterrupt: Bool {
    isNonMaskableInterruptPending || systemTimerDeadline != nil
  }

  // MARK: Timers

  /// The 8254's channel 0 is line 0 of the 8259s and input 2 of the I/O APIC.
  private enum SystemTimer {
    static let line = 0
    static let input = 2
  }

  /// Ticks of the 8254's clock since reset.
  var timerTick: UInt64 {
    let product = time.multipliedFullWidth(by: PIT8254.frequency)
    guard product.high < configuration.clockHz else { return PIT8254.tickMax }
    return min(configuration.clockHz.dividingFullWidth(product).quotient, PIT8254.tickMax)
  }

  /// The cycle at which the clock of the 8254 has ticked `tick` times.
  private func cycle(ofTick tick: UInt64) -> UInt64 {
    let product = tick.multipliedFullWidth(by: configuration.clockHz)
    guard product.high < PIT8254.frequency else { return .max }
    let (quotient, remainder) = PIT8254.frequency.dividingFullWidth(product)
    return quotient &+ (remainder > 0 ? 1 : 0)
  }

  /// The cycle at which the system timer next asks for an interrupt that somebody would get.
  private var systemTimerDeadline: UInt64? {
    guard pit.isTimerCounting, pics.isUnmasked(SystemTimer.line) || ioapic.isUnmasked(SystemTimer.input) else {
      return nil
    }
    return pit.nextTimerEdge.map(cycle(ofTick:))
  }

  /// The next cycle at which a timer asks for an interrupt.
  var timerDeadline: UInt64? {
    let own = localAPIC.nextDeadline
    guard let system = systemTimerDeadline else { return own }
    return min(own ?? system, system)
  }

  /// Lets the timers' time pass up to now.
  func advanceTimers() { advanceTimers(at: instructions) }

  /// The same, when `now` instructions have retired.
  func advanceTimers(at now: UInt64) {
    localAPIC.advance(to: time(at: now))
    guard pit.isTimerCounting, pit.advance(to: timerTick) else { return }
    // Edges that were missed meanwhile are one request, as on hardware.
    for isHigh in [false, true] {
      pics.setLine(SystemTimer.line, high: isHigh)
      ioapic.setInput(SystemTimer.input, asserted: isHigh)
    }
    deliverInterrupts()
  }
}
