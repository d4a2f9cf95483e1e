/// What a ladder is made of: something that was kept of a run at one of its instructions.
public protocol LadderRung {
  /// Instructions retired.
  var instructions: UInt64 { get }
}

/// Snapshots of one run in the order of their instructions, of which the nearest before a place is asked for.
///
/// It never holds more than ``capacity`` rungs: when it is full, every second one is given up, and those that follow come at
/// twice the distance. So a run of any length can be followed, and what is taken of memory stays bounded: snapshots share the
/// pages that are the same in them.
public final class SnapshotLadder<Rung: LadderRung> {
  /// The most rungs that are held; at least 2.
  public let capacity: Int
  /// Instructions from one rung to the next, at least.
  public private(set) var spacing: UInt64
  public private(set) var rungs: [Rung] = []

  public init(capacity: Int = 64, spacing: UInt64 = Machine.syncInterval) {
    precondition(capacity >= 2 && spacing > 0, "a ladder of nothing")
    self.capacity = capacity
    self.spacing = spacing
  }

  /// Adds a rung above the others. One that is nearer than ``spacing`` to the last one is left out.
  public func add(_ snapshot: Rung) {
    if let last = rungs.last {
      precondition(last.instructions <= snapshot.instructions, "a ladder is of one run")
      guard snapshot.instructions - last.instructions >= spacing else { return }
    }
    if rungs.count == capacity {
      rungs = stride(from: 0, to: capacity, by: 2).map { rungs[$0] }
      spacing *= 2
      guard snapshot.instructions - rungs[rungs.count - 1].instructions >= spacing else { return }
    }
    rungs.append(snapshot)
    assert(_checkInvariants())
  }

  /// The last rung at or before an instruction's number; nil if there is none.
  public func nearest(atOrBefore instruction: UInt64) -> Rung? {
    rungs.last { $0.instructions <= instruction }
  }

  func _checkInvariants() -> Bool {
    rungs.count <= capacity && zip(rungs, rungs.dropFirst()).allSatisfy { $0.instructions + spacing <= $1.instructions }
  }
}

extension MachineSnapshot: LadderRung {
  /// Instructions retired.
  public var instructions: UInt64 { state.cpu.instructionsRetired }
}

extension SnapshotLadder where Rung == MachineSnapshot {
  /// Takes snapshots of a run from here on, until the appointment is cancelled. Nothing in the run tells.
  ///
  /// - Throws: on an engine that can't give all of its state.
  @discardableResult
  public func follow(_ machine: Machine) throws(MachineError) -> AppointmentID {
    add(try machine.snapshot())
    return try machine.appoint(at: .instruction(machine.instructions + spacing)) { [self] machine in
      // The first one could be taken, and the engine is the same.
      add(try! machine.snapshot())
      return .instruction(machine.instructions + spacing)
    }
  }
}
