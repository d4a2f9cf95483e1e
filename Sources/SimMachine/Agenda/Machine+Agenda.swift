import GuestOS
import SimCPU
import SimEvents

extension Machine {
  /// Looks at the run at a moment. Any number of appointments may be made, also while one is kept; those of the same moment
  /// are kept in the order in which they were made.
  ///
  /// Appointments belong to the machine's user and not to its state: snapshots and forks have none.
  ///
  /// - Parameter look: called between two instructions, when the moment has come; it may read and change the machine,
  ///   ``hold()`` it, make and cancel appointments. Says where the next look is, or nil if this was the last one.
  /// - Throws: for a symbol that the image has not, or a count of 0.
  @discardableResult
  public func appoint(at moment: Moment, _ look: @escaping (Machine) -> Moment?) throws(MachineError) -> AppointmentID {
    let resolved = try resolve(moment)
    try refuseWhatTheEngineHasNot(resolved)
    let id = agenda.add(resolved, look)
    agendaChanged()
    return id
  }

  /// Makes ``run(until:)`` return ``MachineStop/held`` at a moment. A caller that runs the machine on with the same deadline
  /// gets the same events as if it had not been held; in contrast to an earlier deadline, HLT tells nothing of it.
  @discardableResult
  public func hold(at moment: Moment) throws(MachineError) -> AppointmentID {
    try appoint(at: moment) { machine in
      machine.hold()
      return nil
    }
  }

  /// Takes back an appointment. Nothing happens if it has been kept for the last time, or was cancelled before.
  public func cancel(_ id: AppointmentID) {
    if agenda.remove(id) { agendaChanged() }
  }

  /// Whether an appointment is still to be kept.
  public func isWaiting(for id: AppointmentID) -> Bool { agenda.contains(id) }

  /// Makes the present call of ``run(until:)``, or the next one, return ``MachineStop/held`` right after what the machine is
  /// doing. May be called while an event is recorded.
  public func hold() {
    isHoldDue = true
    reschedule()
  }

  /// The image's symbol as its address.
  private func resolve(_ moment: Moment) throws(MachineError) -> Moment {
    guard moment.count > 0 else { throw MachineError("a moment is counted from 1, not from 0") }
    guard case .symbol(let name, let hit) = moment else { return moment }
    guard let symbol = image.symbol(named: name) else { throw MachineError("the image has no symbol \"\(name)\"") }
    return .address(symbol.address, hit: hit)
  }

  /// What the engine stops at follows the agenda.
  private func agendaChanged() {
    schedule.isStale = true
    stopsChanged()
  }

  /// Keeps the appointments that are due.
  func keepAppointments() {
    while agenda.hasDue(time: time, instructions: instructions) {
      guard let due = agenda.takeDue(time: time, instructions: instructions) else { break }
      let next = due.look(self)
      if let next {
        do throws(MachineError) {
          agenda.put(due, at: try resolve(next))
        } catch {
          preconditionFailure("the next moment of an appointment: \(error)")
        }
      }
      agendaChanged()
    }
  }

  /// An event has just been recorded.
  func noteForAgenda(_ event: Event) {
    if agenda.note(event, number: events.count &- 1) {
      schedule.isStale = true
      reschedule()
    }
  }

  /// Somebody else may act now.
  func noteForAgenda(actorBefore actor: Actor) {
    guard agenda.awaitsActors else { return }
    let (left, entered) = (ActorKind(actor), ActorKind(currentActor))
    if left != entered, agenda.noteActor(left: left, entered: entered) {
      schedule.isStale = true
      reschedule()
    }
  }

  // MARK: The script's own stop

  /// Makes ``run(until:)`` return ``MachineStop/appointment`` each time that `moment` comes; nil: not any more.
  public func stop(at moment: Moment?) throws(MachineError) {
    if let scriptAppointment { cancel(scriptAppointment) }
    scriptAppointment = nil
    guard let moment else { return }
    scriptAppointment = try appoint(at: moment) { machine in
      machine.isAppointmentReached = true
      switch moment {
      case .time, .instruction, .event: return nil
      default: return moment
      }
    }
  }
}
