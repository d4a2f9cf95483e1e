import SimCPU
import SimEvents

/// Runs forks one after the other on one machine, so that its engine is made once: going back to a snapshot costs only the pages
/// in which the two differ, and what the engine translated of the others stays.
///
/// For one thread. A fork is over when the next one is asked for.
public final class ForkWorker {
  private var machine: Machine?
  private let engineMaker: EngineMaker

  public init(engine engineMaker: EngineMaker) {
    self.engineMaker = engineMaker
  }

  /// There is a machine, with its memory and its engine.
  public var isAtWork: Bool { machine != nil }

  /// A machine that goes on where `snapshot` was taken, with no appointments and no watches.
  ///
  /// - Parameter events: takes the fork's events, which count from the snapshot's moment.
  /// - Throws: for a snapshot that no machine can have been in.
  public func fork(_ snapshot: MachineSnapshot, events: EventStream = EventStream()) throws(MachineError) -> Machine {
    if let machine, machine.configuration == snapshot.state.configuration, machine.isReusable {
      machine.forgetObservers()
      try machine.restore(snapshot, events: events)
      assert(machine.stands(at: snapshot), "a fork on an engine that was used before is another machine")
      return machine
    }
    let made = try Machine(forking: snapshot, events: events, engine: engineMaker)
    machine = made
    return made
  }
}

extension Machine {
  /// The engine still works: a defect may have left it in any state.
  fileprivate var isReusable: Bool { if case .defect = end { false } else { true } }

  /// What the engine tells of itself is what it was given.
  fileprivate func stands(at snapshot: MachineSnapshot) -> Bool {
    guard let engine = engine as? any RestorableEngine else { return false }
    return engine.engineState == snapshot.state.cpu && extraCycles == snapshot.state.extraCycles
      && time == snapshot.state.time
  }

  /// Takes back all appointments and watches.
  fileprivate func forgetObservers() {
    agenda = Agenda()
    watchers = []
    interruptFaults = []
    interruptWitness = nil
    afterAcknowledge = nil
    for slot in slots { slot.faults = nil }
    scriptAppointment = nil
    forgetDomains()
    stopsChanged()
  }
}
