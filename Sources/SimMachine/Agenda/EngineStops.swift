import SimCPU

/// What the engine has been told to stop at or to tell of, for the agenda and for watchers.
struct EngineStops: Equatable {
  var breakpoints: Set<UInt64> = []
  var watches: [MemoryWatch] = []
  var hasDomains = false
}

extension Machine {
  private var wantedStops: EngineStops {
    var watches = agenda.watches
    for watcher in watchers where !watches.contains(watcher.watch) { watches.append(watcher.watch) }
    let addresses = agenda.addresses.union(witness?.gates.returns ?? [])
    return EngineStops(breakpoints: addresses, watches: watches, hasDomains: domains != nil)
  }

  /// The engine is told of changes before it runs on. In the middle of an instruction it stops first, if there are any.
  func stopsChanged() {
    areStopsStale = isRunning ? wantedStops != stops : true
    if !isRunning { memory.observer = hasWatchedWrites ? self : nil }
    reschedule()
  }

  /// Somebody wants to know of writes to physical memory, whoever makes them.
  private var hasWatchedWrites: Bool {
    watchers.contains { $0.watch.isOfPhysicalWrites } || agenda.watches.contains { $0.isOfPhysicalWrites }
  }

  func renewStops() {
    let wanted = wantedStops
    for address in stops.breakpoints.subtracting(wanted.breakpoints).sorted() { engine.removeBreakpoint(address) }
    for address in wanted.breakpoints.subtracting(stops.breakpoints).sorted() { engine.addBreakpoint(address) }
    if let observing = engine as? any ObservingEngine {
      if wanted.watches != stops.watches { observing.setWatches(wanted.watches) }
      if wanted.hasDomains != stops.hasDomains { observing.setDomains(domains.map { UnsafePointer($0) }) }
    }
    memory.observer = hasWatchedWrites ? self : nil
    stops = wanted
    areStopsStale = false
  }

  /// An engine has been made: it knows of nothing yet.
  func tellStops() {
    stops = EngineStops()
    renewStops()
  }

  func refuseWhatTheEngineHasNot(_ moment: Moment) throws(MachineError) {
    switch moment {
    case .watch, .entry, .exit: try requireWatches()
    case .enter, .leave: try requireWitness()
    default: break
    }
  }

  private func requireWitness() throws(MachineError) {
    guard isWitnessed else { throw MachineError("nobody can tell who acts in this image, or on this engine") }
  }

  func requireWatches() throws(MachineError) {
    guard engine.capabilities.contains(.watches) else {
      throw MachineError("this engine can't watch memory; the simulator can")
    }
  }
}
