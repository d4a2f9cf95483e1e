import SimCPU
import SimMemory

/// Names a watcher, for ``Machine/unwatch(_:)``.
public struct WatcherID: Hashable, Sendable {
  let number: UInt64
}

/// Somebody who is told of each hit of a watch, without stopping the run.
struct Watcher {
  let id: WatcherID
  let watch: MemoryWatch
  let onHit: (Machine, MemoryHit) -> Void
}

extension Machine {
  /// Tells of each access that `watch` sees, at once. Any number of watches may lie over each other; pages without one are
  /// not slowed. Like appointments they belong to the machine's user: snapshots and forks have none.
  ///
  /// - Parameter onHit: may read the machine, and make and cancel appointments.
  /// - Throws: on an engine that can't watch memory.
  @discardableResult
  public func watch(
    _ watch: MemoryWatch, _ onHit: @escaping (Machine, MemoryHit) -> Void
  ) throws(MachineError) -> WatcherID {
    try requireWatches()
    let id = WatcherID(number: watchersMade)
    watchersMade += 1
    watchers.append(Watcher(id: id, watch: watch, onHit: onHit))
    stopsChanged()
    return id
  }

  /// Ends a watch. Nothing happens if it has ended before.
  public func unwatch(_ id: WatcherID) {
    watchers.removeAll { $0.id == id }
    stopsChanged()
  }

  public func watched(_ hit: MemoryHit) {
    for watcher in watchers where watcher.watch.matches(hit) { watcher.onHit(self, hit) }
    if agenda.note(hit) {
      schedule.isStale = true
      reschedule()
    }
  }
}

/// What comes into memory by other ways than the processor's.
extension Machine: MemoryObserver {
  private func isWatched(_ address: UInt64, _ count: Int) -> Bool {
    if areStopsStale, !isRunning { renewStops() }
    return stops.watches.contains { $0.isOfPhysicalWrites && $0.meets(address, count: UInt64(count)) }
  }

  public func willWrite(_ address: UInt64, count: Int) {
    bytesBeforeWrite = isWatched(address, count) ? memory.read(address, count: count) : nil
  }

  public func didWrite(_ address: UInt64, count: Int) {
    guard let old = bytesBeforeWrite, let new = memory.read(address, count: count) else { return }
    bytesBeforeWrite = nil
    watched(
      MemoryHit(
        origin: .outside, access: .write, address: nil, physicalAddress: address, count: UInt64(count),
        instruction: instructions, instructionPointer: engine.instructionPointer, pkru: engine.keyRights, old: old,
        new: new)
    )
  }
}
