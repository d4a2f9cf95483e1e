import SimMachine

/// Follows a run from its beginning and keeps snapshots of it, from each of which it can be gone on from.
///
/// The record of what the script asked and of the events is there once for all of them.
public final class RunClimb {
  struct Rung: LadderRung {
    let machine: MachineSnapshot
    /// How much of the record was there.
    let calls: Int
    let events: UInt64
    var instructions: UInt64 { machine.instructions }
  }

  private let next: (UInt64) -> UInt64?
  private var taken: [Rung] = []
  private var record: (calls: [ScriptCall], events: [UInt8]) = ([], [])

  /// - Parameter next: the first instruction after one with a number before which a snapshot is taken; nil: none is any more.
  public init(next: @escaping (UInt64) -> UInt64?) {
    self.next = next
  }

  func follow(_ machine: Machine, _ position: @escaping () -> (calls: Int, events: UInt64)) {
    func take(_ machine: Machine) -> Moment? {
      let (calls, events) = position()
      // The engine is the simulator's own, which can give its state.
      taken.append(Rung(machine: try! machine.snapshot(), calls: calls, events: events))
      return next(machine.instructions).map { .instruction($0) }
    }
    guard let first = take(machine) else { return }
    do {
      try machine.appoint(at: first, take)
    } catch {
      preconditionFailure("instructions are always counted: \(error)")
    }
  }

  func finish(calls: [ScriptCall], events: [UInt8]) { record = (calls, events) }

  /// The snapshots in the order of their instructions, when the run is over. The first one is at its beginning.
  public var snapshots: [RunSnapshot] {
    taken.map {
      RunSnapshot(
        machine: $0.machine, calls: Array(record.calls.prefix($0.calls)), events: record.events,
        eventCount: $0.events)
    }
  }
}
