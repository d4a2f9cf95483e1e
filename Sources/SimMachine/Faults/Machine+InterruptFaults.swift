/// A fault that waits for an interrupt.
struct InterruptFault {
  let vector: UInt8
  let fate: FaultEffect.InterruptFate
  let happened: (Machine, Result<Injection, FaultMissed>) -> Void
}

/// Faults of interrupts on their way to the processor.
extension Machine {
  /// The processor is about to take a pending interrupt. False if a fault has taken it away.
  func passesFaults() -> Bool {
    if let interruptWitness, let vector = localAPIC.pendingVector { interruptWitness(self, vector) }
    guard !interruptFaults.isEmpty, let vector = localAPIC.pendingVector,
      let place = interruptFaults.firstIndex(where: { $0.vector == vector })
    else { return true }
    let fault = interruptFaults.remove(at: place)
    let isLevel = localAPIC.state.levelTriggered.contains(vector)
    func report(_ change: String, _ after: String) {
      let injection = Injection(target: "interrupt \(vector)", change: change, before: "requested", after: after)
      fault.happened(self, .success(injection))
    }
    switch fault.fate {
    case .drop:
      localAPIC.state.requested.remove(vector)
      report("drop", requestText(vector))
      return false
    case .delay(let cycles):
      localAPIC.state.requested.remove(vector)
      report("delay \(cycles) cycles", requestText(vector))
      requestAgain(vector, isLevel, at: time &+ cycles)
      return false
    case .repeat:
      // The request is taken away when the processor acknowledges it, and is there once more.
      afterAcknowledge = { machine in
        _ = machine.localAPIC.accept(vector, levelTriggered: isLevel)
        let injection = Injection(
          target: "interrupt \(vector)", change: "repeat", before: "taken", after: machine.requestText(vector))
        fault.happened(machine, .success(injection))
      }
      return true
    }
  }

  private func requestAgain(_ vector: UInt8, _ isLevel: Bool, at time: UInt64) {
    do {
      try appoint(at: .time(time)) { machine in
        _ = machine.localAPIC.accept(vector, levelTriggered: isLevel)
        return nil
      }
    } catch {
      preconditionFailure("time is always known: \(error)")
    }
  }

  private func requestText(_ vector: UInt8) -> String {
    localAPIC.state.requested.contains(vector) ? "requested" : "not requested"
  }

  /// The vector of the local APIC's timer; nil while software has not set one.
  public var timerVector: UInt8? { localAPIC.timerVector }

  func requestInterrupt(_ vector: UInt8) throws(FaultMissed) -> Injection {
    let before = requestText(vector)
    guard localAPIC.accept(vector, levelTriggered: false) else {
      throw FaultMissed("the local APIC accepts no interrupt \(vector) now")
    }
    return Injection(target: "interrupt \(vector)", change: "spurious", before: before, after: requestText(vector))
  }

  func requestNonMaskableInterrupt() -> Injection {
    let before = isNonMaskableInterruptPending
    isNonMaskableInterruptPending = true
    return Injection(
      target: "non-maskable interrupt", change: "spurious", before: before ? "requested" : "not requested",
      after: "requested")
  }
}
