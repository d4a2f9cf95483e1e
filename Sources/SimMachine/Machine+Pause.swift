import SimCPU

/// A place at which a machine stops between two instructions without anything in its run being different for it.
public enum PausePoint: Equatable, Sendable {
  /// The first place at or after this virtual time, in cycles.
  case time(UInt64)
  /// Before the instruction with this number.
  case instruction(UInt64)
  /// Before the instruction at `address`, the `hit`th time from now on that it comes by; 1 is the next.
  case address(UInt64, hit: UInt64)
}

extension Machine {
  /// Makes ``run(until:)`` stop at `point`, with ``MachineStop/requested``; nil: not any more.
  ///
  /// When the point is reached, ``isPausing`` becomes false. A caller that runs the machine on with the same deadline gets
  /// the same events as if the point had not been; in contrast to an earlier deadline, HLT tells nothing of it. Times and
  /// instructions are found by the machine's ``probe``.
  public func pause(at point: PausePoint?) {
    switch pausePoint {
    case .address(let address, _): engine.removeBreakpoint(address)
    case .time, .instruction: probe = nil
    case nil: break
    }
    pausePoint = point
    let look: (Machine) -> Probe? = { machine in
      machine.isPauseDue = true
      return nil
    }
    switch point {
    case .address(let address, _): engine.addBreakpoint(address)
    case .time(let time): probe = Probe(time: time, look: look)
    case .instruction(let number): probe = Probe(instruction: number, look: look)
    case nil: isPauseDue = false
    }
  }

  /// Makes ``run(until:)`` stop right after what the machine is doing. May be called while an event is recorded.
  public func pauseNow() {
    isPauseDue = true
    reschedule()
  }

  /// A pause was asked for and has not been reached.
  public var isPausing: Bool { pausePoint != nil || isPauseDue }

  /// Whether the machine is to pause here. The pause is over then.
  func takePause() -> Bool {
    guard isPauseDue else { return false }
    pause(at: nil)
    return true
  }

  /// Counts an arrival at `address`. True if the machine is to pause there.
  func countHit(of address: UInt64) -> Bool {
    guard case .address(address, let hit) = pausePoint, hit > 0 else { return false }
    pausePoint = .address(address, hit: hit - 1)
    guard hit == 1 else { return false }
    isPauseDue = true
    reportedBeforePause = (engine as? any RestorableEngine)?.reportedBreakpoint
    return true
  }

  /// After the engine stopped at a breakpoint: whether it did so for the pause.
  func pauseAtBreakpoint() -> Bool {
    guard case .address(_, hit: 0) = pausePoint else { return false }
    // If the caller wants to stop here as well, it shall be told when the machine runs on.
    (engine as? any RestorableEngine)?.reportedBreakpoint = reportedBeforePause
    return true
  }
}
