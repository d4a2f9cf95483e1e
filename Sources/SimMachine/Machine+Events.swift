import SimEvents

/// What the machine tells of itself.
extension Machine {
  /// Adds an event to the stream, at the present moment.
  public func record(_ payload: EventPayload) { record(payload, by: nil) }

  /// - Parameters:
  ///   - actor: who answers for it; nil: who acts now.
  ///   - place: the address of its instruction, for kinds that have one; nil: of the next.
  public func record(_ payload: EventPayload, by actor: Actor?, at place: UInt64? = nil) {
    emit(payload, by: actor, at: place)
    // Between two instructions the moment of an appointment is now.
    if !isRunning { keepAppointments() }
  }

  /// - Parameters:
  ///   - actor: nil: who acts now.
  ///   - place: nil: the next instruction.
  func emit(_ payload: EventPayload, by actor: Actor? = nil, at place: UInt64? = nil) {
    let now = instructions
    let time = time(at: now)
    let place = knowsPlaces && payload.kind.hasPlace ? place ?? nextPlace : 0
    let actor = actor ?? currentActor
    stream._withUnsafeGuaranteedRef {
      $0.emit(payload, time: time, instruction: now, actor: actor, instructionPointer: place)
    }
    if agenda.awaitsEvents {
      noteForAgenda(
        Event(time: time, instruction: now, payload: payload, actor: actor, instructionPointer: place))
    }
  }

  /// An access to a device's register, when `now` instructions have retired.
  @inline(__always)
  func emitDeviceAccess(_ address: UInt64, size: Int, value: UInt64, isWrite: Bool, at now: UInt64) {
    guard !agenda.awaitsEvents else {
      return emit(.mmioAccess(address: address, size: UInt8(size), value: value, isWrite: isWrite))
    }
    let time = time(at: now)
    let place = knowsPlaces ? nextPlace : 0
    let actor = currentActor
    stream._withUnsafeGuaranteedRef {
      $0.emitDeviceAccess(
        address: address, size: UInt8(truncatingIfNeeded: size), value: value, isWrite: isWrite, time: time,
        instruction: now, actor: actor, instructionPointer: place)
    }
  }
}
